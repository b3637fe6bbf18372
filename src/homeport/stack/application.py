"""The root of one application on one target."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeport.manifest import Manifest
from homeport.stack.database import database_inputs
from homeport.stack.root import Root, root
from homeport.stack.service import service_inputs
from homeport.stack.site import site_inputs

SOURCE = "./modules/home/application"


@dataclass(frozen=True, slots=True)
class ApplicationStack:
    """All that the root depends on.

    `manifest` has the target's overrides merged; `images` maps a service's name (and `migrations`) to its reference by
    digest; `secrets` maps a secret's name to its version in the target's store.
    """

    manifest: Manifest
    target: str
    host: str
    instance: str
    hosts: tuple[str, ...]
    images: Mapping[str, str]
    secrets: Mapping[str, str]


def render(stack: ApplicationStack) -> Root:
    """The root that composes the application's modules."""
    return render_inputs(inputs(stack), host=stack.host, instance=stack.instance)


def render_inputs(given: Mapping[str, Any], *, host: str, instance: str) -> Root:
    """The same from the inputs of the application module, as a release's record keeps them."""
    return root("application", SOURCE, given, host=host, instance=instance)


def render_data_only(stack: ApplicationStack) -> Root:
    """The root of the application's database alone, marked to be dropped: what is applied before data is deleted."""
    given = {"name": stack.manifest.name, "target": stack.target, "hosts": list(stack.hosts)}
    return root(
        "application",
        SOURCE,
        {**given, "database": {"delete_data": True}},
        host=stack.host,
        instance=stack.instance,
    )


def inputs(stack: ApplicationStack) -> dict[str, Any]:
    """The inputs of the application module: what a release's configuration is."""
    manifest, images = stack.manifest, stack.images
    given: dict[str, Any] = {"name": manifest.name, "target": stack.target, "hosts": list(stack.hosts)}
    if manifest.database is not None:
        given["database"] = database_inputs(manifest.database, images.get("migrations"))
    for kind, entries in (("services", manifest.services), ("models", manifest.models)):
        if entries:
            given[kind] = {
                name: service_inputs(service, images[name], stack.secrets) for name, service in entries.items()
            }
    if manifest.sites:
        given["sites"] = {name: site_inputs(site, images[name]) for name, site in manifest.sites.items()}
    return given


def container_addresses(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Terraform's address of each service's, model's and site's container in such a root, by name."""
    modules = {"services": "service", "models": "service", "sites": "site"}
    return {
        name: f'module.application.module.{module}["{name}"].homeport_container.this'
        for kind, module in modules.items()
        for name in configuration.get(kind, ())
    }
