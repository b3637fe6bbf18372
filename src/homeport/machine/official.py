"""The official images, and what stands in for those that an application's Dockerfile names.

Pinned by the digest of the manifest list, with the tag that it had beside it. Registry 2.8 because it
is the one that Debian has too, so that both sources read the same configuration file.
"""

from urllib.parse import quote

import docker
import requests
from docker.errors import APIError

from homeport import transfer
from homeport.errors import EngineFailed
from homeport.events import Emit, Event
from homeport.machine.builder import is_there

OFFICIAL = {
    # postgres:17.10-trixie
    "postgres": "postgres@sha256:7958605b474b3d264a969cb3a123d6aa00ad1e1fe9da8a69984dabb704d93317",
    # registry:2.8.3
    "registry": "registry@sha256:a3d8aaa63ed8681a604f1dea0aa03f100d5895b6a58ace528858a7b332415373",
    # haproxy:3.0.29-alpine
    "gateway": "haproxy@sha256:56b887da77428b7a6621e59e480cdbd330cc805c22d3cedb66ceea76ffdea2c6",
    # flyway/flyway:12.4.0
    "flyway": "flyway/flyway@sha256:5be18367a9b3979a9f37234c371b80da457a448fb9577bd94d4bf24d923fafac",
}

# Recipe -> names in a FROM line that it stands in for where images are built. Debian trixie has one Python
# and one nginx, so the neighbouring versions get these.
SUBSTITUTES = {
    "base": ("debian:trixie-slim", "debian:13-slim", "debian:trixie", "debian:13"),
    "python": (
        *("python:3", "python:3-slim", "python:3.13", "python:3.13-slim", "python:3.13-slim-trixie"),
        *("python:3.13-slim-bookworm", "python:3.12", "python:3.12-slim", "python:3.12-slim-bookworm"),
    ),
    "nginx": (
        *("nginx:latest", "nginx:stable", "nginx:alpine", "nginx:stable-alpine", "nginx:alpine-slim"),
        *("nginx:1.26-alpine", "nginx:1.27-alpine", "nginx:1.28-alpine", "nginx:1.29-alpine"),
        *("nginxinc/nginx-unprivileged:latest", "nginxinc/nginx-unprivileged:alpine"),
        *("nginxinc/nginx-unprivileged:stable", "nginxinc/nginx-unprivileged:stable-alpine"),
        *("nginxinc/nginx-unprivileged:1.28-alpine", "nginxinc/nginx-unprivileged:1.29-alpine"),
    ),
}

TRY_SECONDS = 6


def can_reach(client: docker.APIClient, image: str = OFFICIAL["postgres"]) -> bool:
    """Whether the engine gets an answer about the image from the public registry within a few seconds.

    Source: Engine API, "Get image information from the registry".
    """
    try:
        answer = client.get(f"{client.base_url}/distribution/{quote(image, safe='/:@')}/json", timeout=TRY_SECONDS)
    except requests.exceptions.Timeout:
        return False
    return answer.status_code == 200


def pull(client: docker.APIClient, name: str, emit: Emit) -> None:
    """Pull the official image of that name if it is not there."""
    image = OFFICIAL[name]
    if is_there(client, image):
        return
    emit(Event("image", name, "pulling", "start"))
    try:
        transfer.finish(client.pull(image, stream=True, decode=True))
    except APIError as error:
        raise _failed(image, str(error.explanation or error)) from error
    except EngineFailed as error:
        raise _failed(image, error.message) from error
    emit(Event("image", name, "pulled", "done"))


def _failed(image: str, reason: str) -> EngineFailed:
    return EngineFailed(
        f"The engine could not pull {image}.",
        detail=reason,
        next_step="Run it again, or choose the images that homeport builds itself.",
    )
