"""The Terraform roots of an application on AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeport.deploy.application import Application
from homeport.deploy.checks import secret_versions
from homeport.deploy.ways.cloud.standing import standing
from homeport.releases.images import MIGRATIONS, NO_DIGEST, migrations_repository
from homeport.stack import CloudApplicationStack, CloudPlace, Root, cloud_inputs, render_cloud_inputs
from homeport.stack.cloud_application import render_cloud_data_only, render_cloud_nothing
from homeport.targets import CloudTarget


def place(target: CloudTarget) -> CloudPlace:
    """Where Terraform's provider works."""
    session = target.session
    return CloudPlace(session.account, session.region, session.endpoints.terraform_settings())


def configuration(application: Application, target: CloudTarget, images: Mapping[str, str]) -> dict[str, Any]:
    """The inputs of the application module, but for the base. Raises Refused for a secret that is not set."""
    return cloud_inputs(
        CloudApplicationStack(
            manifest=application.manifest,
            target=application.target_name,
            hosts=application.hosts(target),
            images=images,
            secrets=secret_versions(application, target, application.secrets),
        )
    )


def root_of(target: CloudTarget, given: Mapping[str, Any]) -> Root:
    """The root with these inputs, on the base as it is now."""
    return render_cloud_inputs(given, target.base.outputs, place(target))


def whole_root(application: Application, target: CloudTarget) -> Root:
    """With images that nothing has, and without secrets, which a person may not have set."""
    images = {image.name: f"{image.repository}@{NO_DIGEST}" for image in application.manifest.images()}
    images |= {MIGRATIONS: f"{migrations_repository(application.name)}@{NO_DIGEST}"}
    stack = CloudApplicationStack(
        manifest=application.manifest,
        target=application.target_name,
        hosts=application.hosts(target),
        images=images,
        secrets=dict.fromkeys(application.secrets, ""),
    )
    given = cloud_inputs(stack)
    for kind in ("services", "models"):
        for service in given.get(kind, {}).values():
            service["secrets"] = {}
    return root_of(target, given)


def roots_without(application: Application, target: CloudTarget, *, delete_data: bool) -> list[Root]:
    """What takes the application away, one applied after the other.

    AWS cannot forget an instance and find it again, as home does with a database: so it stays in the state, and the
    database's part of the root with it. It is deleted only once the state says that it may be.
    """
    nothing = render_cloud_nothing(application.name, application.target_name, place(target))
    if not standing(target.states(application.root).read()).instance:
        return [nothing]
    given = _with_database(application, target)
    kept = render_cloud_data_only(given, target.base.outputs, place(target), delete_data=delete_data)
    return [kept, nothing] if delete_data else [kept]


def _with_database(application: Application, target: CloudTarget) -> Mapping[str, Any]:
    """The newest configuration that an instance was made or changed with; the manifest's, where none was recorded."""
    newest = target.newest_releases(application.name, application.target_name)
    recorded = next((one.configuration for one in newest if "database" in one.configuration), None)
    return recorded or configuration(application, target, dict.fromkeys(application.images, ""))
