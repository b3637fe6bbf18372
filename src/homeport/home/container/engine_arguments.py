"""From a spec to the arguments of the Engine API, and from an inspection back to what differs. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import docker

from homeport.home.container.spec import ContainerSpec

NANO = 1_000_000_000
PROCESS_LIMIT = 1024
LOG_CONFIG = {"type": "json-file", "config": {"max-size": "10m", "max-file": "3"}}


def host_arguments(spec: ContainerSpec, binds: Iterable[str], network: str) -> dict[str, Any]:
    """Arguments of `APIClient.create_host_config`: limits, mounts, and the least rights."""
    return {
        "binds": sorted(binds),
        "port_bindings": _port_bindings(spec.publish),
        "mem_limit": spec.memory,
        "memswap_limit": spec.memory,
        "nano_cpus": int(spec.cpus * NANO),
        "pids_limit": PROCESS_LIMIT,
        "shm_size": spec.memory // 2,
        "read_only": spec.read_only,
        "tmpfs": {path: "mode=1777" for path in spec.tmpfs},
        "cap_drop": ["ALL"],
        "cap_add": list(spec.cap_add),
        "security_opt": ["no-new-privileges"],
        "network_mode": network,
        "log_config": LOG_CONFIG,
        # The engine may restart it only once it was seen healthy: until then an exit is the answer we wait for.
        "restart_policy": {"Name": "no"},
    }


def create_arguments(spec: ContainerSpec, environment: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of `APIClient.create_container` that do not depend on the server."""
    return {
        "image": spec.image,
        "command": list(spec.command) or None,
        "user": spec.user or None,
        "environment": dict(environment),
        "ports": [container_port(published) for published in spec.publish],
        "hostname": spec.service,
        "stop_signal": None,
    }


def container_port(published: str) -> int:
    """The container's port of Compose's short form `[address:]port:container port`."""
    return int(published.rsplit(":", 1)[1])


def _port_bindings(publish: Iterable[str]) -> dict[int, Any]:
    bindings: dict[int, Any] = {}
    for published in publish:
        outside, _, inside = published.rpartition(":")
        address, _, port = outside.rpartition(":")
        bindings[int(inside)] = (address, int(port)) if address else int(port)
    return bindings


def differences(
    spec: ContainerSpec,
    found: Mapping[str, Any],
    *,
    environment: Mapping[str, str],
    ignored: Collection[str] = (),
    image: Mapping[str, Any] | None,
    binds: Iterable[str],
    networks: Iterable[str],
) -> list[str]:
    """What of a running container is not as the spec says, in words; empty when all is.

    `found` is the engine's inspection of the container, `image` that of the spec's image (None when the image is
    no longer on the engine, so that only what the spec itself says can be compared), `ignored` are variables to
    leave out.
    """
    host, config = found["HostConfig"], found["Config"]
    expected: dict[str, tuple[Any, Any]] = {
        "memory limit": (spec.memory, host["Memory"]),
        "CPU limit": (int(spec.cpus * NANO), host["NanoCpus"]),
        "read-only root": (spec.read_only, host["ReadonlyRootfs"]),
        "mounts": (sorted(binds), sorted(host["Binds"] or [])),
        "capabilities": (sorted(spec.cap_add), sorted(host["CapAdd"] or [])),
        "networks": (sorted(networks), sorted(found["NetworkSettings"]["Networks"])),
    }
    if spec.user:
        expected["user"] = (spec.user, config["User"])
    if spec.command:
        expected["command"] = (list(spec.command), config["Cmd"])
    changed = [name for name, (wanted, is_now) in expected.items() if wanted != is_now]
    variables = [name for name in _changed_variables(environment, config["Env"] or [], image) if name not in ignored]
    return changed + [f"environment {name}" for name in variables] + _image_difference(found, image)


def _changed_variables(
    environment: Mapping[str, str], found: Iterable[str], image: Mapping[str, Any] | None
) -> list[str]:
    now = dict(entry.partition("=")[::2] for entry in found)
    if image is None:
        return [name for name, value in environment.items() if now.get(name) != value]
    from_image = dict(entry.partition("=")[::2] for entry in image["Config"]["Env"] or [])
    wanted = from_image | dict(environment)
    return [name for name in sorted(wanted.keys() | now.keys()) if wanted.get(name) != now.get(name)]


def _image_difference(found: Mapping[str, Any], image: Mapping[str, Any] | None) -> list[str]:
    return ["image"] if image is not None and found["Image"] != image["Id"] else []


def host_config(client: docker.APIClient, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The Engine API's HostConfig of `host_arguments`."""
    made: dict[str, Any] = client.create_host_config(**arguments)
    return made
