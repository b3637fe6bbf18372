"""The Docker engine below an emulator: its bridge, the image of the databases, and what is removed at the end."""

import time
from collections.abc import Callable
from functools import partial
from ipaddress import ip_network
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import docker
from docker.errors import APIError, DockerException, NotFound

from homeport.aws.emulator.settings import LABEL, SOCKET, Settings, host_name
from homeport.aws.endpoints import EMULATED_PREFIX
from homeport.errors import EngineFailed

SETTLED_SECONDS = 0.3  # a request for a container that the emulator sent right before its end
LOCAL = build_opener(ProxyHandler({}))


def open_engine() -> docker.APIClient:
    """The engine of this machine. Raises EngineFailed when there is none."""
    try:
        client = docker.APIClient(base_url=SOCKET)
        client.ping()
    except DockerException as error:
        raise EngineFailed(
            "There is no Docker engine here, and the emulator of AWS runs its containers on one.",
            detail=str(error),
            next_step="Start Docker, or run: homeport setup home",
        ) from error
    return client


def bridge_address(client: docker.APIClient) -> str:
    """The address of this machine on the engine's default bridge."""
    for pool in client.inspect_network("bridge")["IPAM"]["Config"] or ():
        if gateway := pool.get("Gateway"):
            return str(gateway)
        return str(next(ip_network(pool["Subnet"]).hosts()))  # what an engine takes that was given no address
    raise EngineFailed("The Docker engine's network bridge has no address.", next_step="Restart the Docker engine.")


def offer_postgres(client: docker.APIClient, image: str) -> None:
    """Let the emulator's databases run from this image, under the name that it looks for."""
    try:
        found = client.inspect_image(image)  # type: ignore[no-untyped-call]  # its stub has no types
        settings = found["Config"]["Env"]
    except NotFound as error:
        raise EngineFailed(f"There is no image {image} for the emulator's databases.") from error
    major = next((entry.partition("=")[2] for entry in settings if entry.startswith("PG_MAJOR=")), "17")
    client.tag(image, f"{EMULATED_PREFIX}/postgres", f"{major}-alpine", force=True)


def sweep(client: docker.APIClient, settings: Settings) -> None:
    """Remove what one emulator made, also what was on its way when its process ended."""
    _sweep_instance(client, settings.instance)
    time.sleep(SETTLED_SECONDS)
    _sweep_instance(client, settings.instance)


def left_of(client: docker.APIClient, instance: str) -> list[str]:
    """The names of containers and networks that an emulator made and that are there."""
    made = {"label": f"{LABEL}={instance}"}
    containers = [container["Names"][0].lstrip("/") for container in client.containers(all=True, filters=made)]
    return containers + [str(network["Name"]) for network in client.networks(filters=made)]


def sweep_orphans(client: docker.APIClient) -> None:
    """Remove what emulators left that were killed: those of this machine whose port no emulator answers on."""
    labels = [container["Labels"].get(LABEL, "") for container in client.containers(all=True, filters={"label": LABEL})]
    for instance in {label for label in labels if label.startswith(f"{host_name()}:")}:
        if not is_alive(int(instance.rpartition(":")[2])):
            _sweep_instance(client, instance)


def is_alive(port: int) -> bool:
    """Whether an emulator answers on that port."""
    try:
        with LOCAL.open(f"http://127.0.0.1:{port}/_ministack/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except TimeoutError:
        return True  # busy, so there
    except (URLError, OSError):
        return False


def _sweep_instance(client: docker.APIClient, instance: str) -> None:
    made = {"label": f"{LABEL}={instance}"}
    registries = [f"localhost:{instance.rpartition(':')[2]}/"]
    for container in client.containers(all=True, filters=made):
        registries += [f"127.0.0.1:{port['PublicPort']}/" for port in container["Ports"] if "PublicPort" in port]
        volumes = [mount["Name"] for mount in container["Mounts"] if mount.get("Type") == "volume"]
        _quietly(partial(client.remove_container, container["Id"], force=True, v=True))
        for volume in volumes:
            _quietly(partial(client.remove_volume, volume))
    for network in client.networks(filters=made):
        _quietly(partial(client.remove_network, network["Id"]))
    forget_images(client, *registries)


def forget_images(client: docker.APIClient, *registries: str) -> None:
    """Remove the engine's names of images in registries (`localhost:4566/`), tags first: a digest goes with the last
    tag of its repository."""
    for kind in ("RepoTags", "RepoDigests"):
        for name in [name for image in client.images() for name in image.get(kind) or ()]:
            if name.startswith(registries):
                _quietly(partial(client.remove_image, name, force=True))


def _quietly(remove: Callable[[], object]) -> None:
    """Somebody else may remove it at the same time: gone is what was wanted."""
    try:
        remove()
    except APIError as error:
        if error.status_code not in (404, 409):
            raise
