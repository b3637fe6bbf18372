"""What a release's configuration says. Its keys are the inputs of the application module."""

from collections.abc import Mapping
from typing import Any

Configuration = Mapping[str, Any]
SECTIONS = ("services", "models", "sites")


def hosts(configuration: Configuration) -> tuple[str, ...]:
    """The host names on which all routes answer."""
    return tuple(configuration["hosts"])


def paths(configuration: Configuration) -> dict[str, str]:
    """The route of everything that has one, by name."""
    return {name: part["route"] for name, part in parts(configuration).items() if part.get("route") is not None}


def parts(configuration: Configuration) -> dict[str, Configuration]:
    """The inputs of every service, model and site, by name."""
    return {name: part for section in SECTIONS for name, part in configuration.get(section, {}).items()}
