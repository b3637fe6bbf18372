"""The Terraform roots of an application on a home server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeport.deploy.application import Application
from homeport.deploy.checks import secret_versions
from homeport.stack import ApplicationStack, Root, empty_root, render_inputs
from homeport.stack.application import render_data_only
from homeport.targets import HomeTarget


def application_stack(application: Application, target: HomeTarget, images: Mapping[str, str]) -> ApplicationStack:
    """All that the application's root depends on. Raises Refused for a secret that is not set."""
    return _stack(application, target, images, secret_versions(application, target, application.secrets))


def root_of(target: HomeTarget, configuration: Mapping[str, Any]) -> Root:
    """The root with these inputs of the application module."""
    return render_inputs(configuration, host=target.address, instance=target.home.instance)


def roots_without(application: Application, target: HomeTarget, *, delete_data: bool) -> list[Root]:
    """What takes the application away, one applied after the other.

    A database is dropped only if its state says so: that is applied first, on what is left of the rest.
    """
    nothing = empty_root(host=target.address, instance=target.home.instance)
    if not delete_data or application.manifest.database is None:
        return [nothing]
    return [render_data_only(_stack(application, target, {}, {})), nothing]


def _stack(
    application: Application, target: HomeTarget, images: Mapping[str, str], secrets: Mapping[str, str]
) -> ApplicationStack:
    return ApplicationStack(
        manifest=application.manifest,
        target=application.target_name,
        host=target.address,
        instance=target.home.instance,
        hosts=application.hosts(target),
        images=images,
        secrets=secrets,
    )
