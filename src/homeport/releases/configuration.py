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


def secrets(configuration: Configuration) -> dict[str, str]:
    """The version of every secret that is named, by name."""
    return {name: version for part in parts(configuration).values() for name, version in _secrets(part).items()}


def at_present(
    configuration: Configuration, *, database: Configuration | None, secrets: Configuration
) -> Configuration:
    """The configuration with what cannot be had back as it is now: the schema, and the values of secrets."""
    given = {section: configuration[section] for section in SECTIONS if section in configuration}
    renewed = {
        section: {name: _with_secrets(part, secrets) for name, part in entries.items()}
        for section, entries in given.items()
    }
    kept = {"database": database} if database is not None and "database" in configuration else {}
    return {**configuration, **renewed, **kept}


def _with_secrets(part: Configuration, versions: Configuration) -> Configuration:
    return {**part, "secrets": {name: versions[name] for name in part["secrets"]}} if "secrets" in part else part


def _secrets(part: Configuration) -> Mapping[str, str]:
    found: Mapping[str, str] = part.get("secrets", {})
    return found


def parts(configuration: Configuration) -> dict[str, Configuration]:
    """The inputs of every service, model and site, by name."""
    return {name: part for section in SECTIONS for name, part in configuration.get(section, {}).items()}
