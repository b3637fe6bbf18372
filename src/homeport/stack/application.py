"""The root of one application on a home server."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeport.manifest import Manifest
from homeport.stack.parts import shared_inputs
from homeport.stack.root import Root, root

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
    return shared_inputs(
        stack.manifest, target=stack.target, hosts=stack.hosts, images=stack.images, secrets=stack.secrets
    )


def container_addresses(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Terraform's address of each service's, model's and site's container in such a root, by name."""
    modules = {"services": "service", "models": "service", "sites": "site"}
    return {
        name: f'module.application.module.{module}["{name}"].homeport_container.this'
        for kind, module in modules.items()
        for name in configuration.get(kind, ())
    }
