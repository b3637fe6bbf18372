"""What a release's configuration says. Its keys are the inputs of the application module."""

from collections.abc import Collection, Mapping
from typing import Any

Configuration = Mapping[str, Any]
SECTIONS = ("services", "models", "sites")


def hosts(configuration: Configuration) -> tuple[str, ...]:
    """The host names on which all routes answer."""
    return tuple(configuration["hosts"])


def parts(configuration: Configuration) -> dict[str, Configuration]:
    """The inputs of every service, model and site, by name."""
    return {name: part for section in SECTIONS for name, part in configuration.get(section, {}).items()}


def paths(configuration: Configuration) -> dict[str, str]:
    """The route of everything that has one, by name."""
    return {name: part["route"] for name, part in parts(configuration).items() if part.get("route") is not None}


def secrets(configuration: Configuration) -> dict[str, str]:
    """The version of every secret that is named, by name."""
    return {
        name: version for part in parts(configuration).values() for name, version in part.get("secrets", {}).items()
    }


def at_present(
    configuration: Configuration, *, database: Configuration | None, secrets: Mapping[str, str]
) -> Configuration:
    """The configuration, but with what cannot be had back as it is now: the schema, and the values of secrets."""
    renewed = with_secrets(configuration, parts(configuration), secrets)
    if database is not None and "database" in configuration:
        renewed = {**renewed, "database": database}
    return renewed


def with_secrets(configuration: Configuration, names: Collection[str], versions: Mapping[str, str]) -> Configuration:
    """The configuration, but for these services, models and sites with other versions of the same secrets."""
    renewed: dict[str, Any] = {
        section: {
            name: _with_secrets(part, versions) if name in names else part
            for name, part in configuration[section].items()
        }
        for section in SECTIONS
        if section in configuration
    }
    return {**configuration, **renewed}


def _with_secrets(part: Configuration, versions: Mapping[str, str]) -> Configuration:
    return {**part, "secrets": {name: versions[name] for name in part["secrets"]}} if "secrets" in part else part
