"""Service images under other names than this homeport's: a base that stands on them is one that `setup` upgrades.

A machine that trusts one more private authority builds its images under other tags. So the environment names a bundle
with one more, and the images of this machine get those tags; each with a label of its own, so that it is another image.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import docker

from homeport.events import ignore
from homeport.machine import ensure_images
from homeport.machine.authorities import private_authorities
from homeport.machine.recipes import recipes


@contextmanager
def other_service_images(folder: Path, name: str, *, broken: str = "") -> Iterator[dict[str, str]]:
    """The environment in which homeport wants these images, and the images, for as long as the context lasts.

    The image called `broken` ends as soon as it is started.
    """
    client = docker.APIClient()
    ensure_images(client, ignore, source="built")
    environment = {**os.environ, "PIP_CERT": str(_bundle(folder, name))}
    here, there = (recipes(private_authorities(environment=one)) for one in (os.environ, environment))
    pairs = [(here.base, there.base), *((here.services[key], there.services[key]) for key in here.services)]
    made = []
    try:
        for ours, other in pairs:
            extra = 'ENTRYPOINT ["false"]' if ours.name == broken else ""
            _label(client, ours.image, other.image, f'LABEL homeport.test="{name}"\n{extra}')
            made.append(other.image)
        yield {"PIP_CERT": environment["PIP_CERT"]}
    finally:
        for image in made:
            client.remove_image(image, force=True)
        client.close()


def _bundle(folder: Path, name: str) -> Path:
    present = Path(os.environ.get("PIP_CERT", os.devnull)).read_text()
    bundle = folder / f"{name}.pem"
    bundle.write_text(f"{present}\n-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n")
    return bundle


def _label(client: docker.APIClient, image: str, other: str, lines: str) -> None:
    dockerfile = f"FROM {image}\n{lines}\n".encode()
    steps: Iterator[Mapping[str, str]] = client.build(fileobj=io.BytesIO(dockerfile), tag=other, rm=True, decode=True)
    errors = [step["error"] for step in steps if "error" in step]
    assert [] == errors
