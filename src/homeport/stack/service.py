"""From a service or a model of the manifest to the inputs of `rest-service`."""

from collections.abc import Mapping
from typing import Any

from homeport.manifest import Service

MIB = 1024 * 1024


def service_inputs(service: Service, image: str, secrets: Mapping[str, str]) -> dict[str, Any]:
    """The module's inputs; a secret is its name and version, never its value."""
    given: dict[str, Any] = {
        "image": image,
        "environment": dict(service.environment),
        "secrets": {name: secrets[name] for name in service.secrets},
        "cpus": service.cpus,
        "memory": service.memory // MIB,
        "read_only": service.read_only,
        "tmpfs": list(service.tmpfs),
        "cap_add": list(service.cap_add),
    }
    if service.port is not None:
        given["port"] = service.port
    if service.route is not None:
        given["route"] = service.route
    if service.command is not None:
        given["command"] = list(service.command)
    if service.healthcheck is not None:
        given["healthcheck"] = service.healthcheck.path
        given["start_period"] = int(service.healthcheck.start_period)
    return given
