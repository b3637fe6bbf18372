"""The inputs that the application's module has on both sides, from the manifest."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeport.manifest import Manifest
from homeport.stack.database import database_inputs
from homeport.stack.service import service_inputs
from homeport.stack.site import site_inputs


def shared_inputs(
    manifest: Manifest, *, target: str, hosts: Sequence[str], images: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, Any]:
    """`manifest` has the target's overrides merged; `images` maps a service's name (and `migrations`) to its reference
    by digest; `secrets` maps a secret's name to its version in the target's store."""
    given: dict[str, Any] = {"name": manifest.name, "target": target, "hosts": list(hosts)}
    if manifest.database is not None:
        given["database"] = database_inputs(manifest.database, images.get("migrations"))
    for kind, entries in (("services", manifest.services), ("models", manifest.models)):
        if entries:
            given[kind] = {name: service_inputs(service, images[name], secrets) for name, service in entries.items()}
    if manifest.sites:
        given["sites"] = {name: site_inputs(site, images[name]) for name, site in manifest.sites.items()}
    return given
