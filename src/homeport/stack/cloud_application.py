"""The root of one application on AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeport.manifest import Manifest
from homeport.stack.cloud_root import CloudPlace, cloud_root, empty_cloud_root
from homeport.stack.parts import shared_inputs
from homeport.stack.root import Root

SOURCE = "./modules/aws/application"


@dataclass(frozen=True, slots=True)
class CloudApplicationStack:
    """All that a release's configuration depends on; see `shared_inputs` for each."""

    manifest: Manifest
    target: str
    hosts: tuple[str, ...]
    images: Mapping[str, str]
    secrets: Mapping[str, str]


def cloud_inputs(stack: CloudApplicationStack) -> dict[str, Any]:
    """The inputs of the application module, but for the base: that is as it stands when the root is made."""
    manifest = stack.manifest
    given = shared_inputs(
        manifest, target=stack.target, hosts=stack.hosts, images=stack.images, secrets=stack.secrets
    ) | {"platform": manifest.platform}
    if manifest.database is not None:
        given["database"]["postgres"] = manifest.database.postgres
    for kind, entries in (("services", manifest.services), ("models", manifest.models)):
        for name, service in entries.items():
            given[kind][name]["replicas"] = service.replicas
    return given


def render_cloud_inputs(given: Mapping[str, Any], base: Mapping[str, Any], place: CloudPlace) -> Root:
    """The root from such inputs, as a release's record keeps them, and the base's outputs."""
    return cloud_root(_name(given), "application", SOURCE, {**given, "base": base}, place)


def render_cloud_data_only(
    given: Mapping[str, Any], base: Mapping[str, Any], place: CloudPlace, *, delete_data: bool
) -> Root:
    """The root of the application's database alone, of the configuration that serves: its instance is kept, or marked
    to be deleted with its data by whatever is applied next."""
    kept = {key: given[key] for key in ("name", "target", "hosts", "platform") if key in given}
    database = {key: value for key, value in given["database"].items() if key != "migrations"}
    return render_cloud_inputs({**kept, "database": {**database, "delete_data": delete_data}}, base, place)


def render_cloud_nothing(application: str, target: str, place: CloudPlace) -> Root:
    """The root of an application that is to be away altogether."""
    return empty_cloud_root(f"{application}.{target}", place)


def repository_addresses(given: Mapping[str, Any]) -> dict[str, str]:
    """Terraform's address of every repository that the images of such inputs need, by its name in ECR."""
    services = [*given.get("services", {}).values(), *given.get("models", {}).values()]
    of_services = {one["image"]: f'aws_ecr_repository.this["{_repository(one["image"])}"]' for one in services}
    of_sites = {
        site["image"]: f'module.site["{name}"].aws_ecr_repository.this' for name, site in given.get("sites", {}).items()
    }
    migrations = given.get("database", {}).get("migrations")
    of_database = {migrations: "module.database[0].aws_ecr_repository.migrations[0]"} if migrations else {}
    found = {**of_services, **of_sites, **of_database}
    return {f"{_repository(image)}/{given['target']}": f"module.application.{at}" for image, at in found.items()}


def _repository(image: str) -> str:
    return image.partition("@")[0]


def task_definition_addresses(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Terraform's address of each service's and model's task definition in such a root, by name."""
    return {
        name: f"{_service(name)}.aws_ecs_task_definition.this"
        for kind in ("services", "models")
        for name in configuration.get(kind, ())
    }


def is_of_service(address: str, name: str) -> bool:
    """Whether Terraform's address is of something in a service's or model's module."""
    return address.startswith(f"{_service(name)}.")


def _service(name: str) -> str:
    return f'module.application.module.service["{name}"]'


def _name(given: Mapping[str, Any]) -> str:
    return f"{given['name']}.{given['target']}"
