"""Releases of an application that never was, for the rules over them."""

from collections.abc import Sequence
from typing import Any

from homeport.releases.migrations import Migration, version_order
from homeport.releases.record import Release, Result
from homeport.releases.rollback import Ran


def migration(name: str, *, breaking: str = "", checksum: int = 0) -> Migration:
    """`V2` or `R` and a description of its own: `V2`, `Rview`."""
    is_versioned = name.startswith("V")
    version, description = (name[1:], f"step {name[1:]}") if is_versioned else (None, name[1:])
    script = f"{name}__step_{version}.sql" if is_versioned else f"R__{description}.sql"
    return Migration(script, "versioned" if is_versioned else "repeatable", version, description, checksum, breaking)


def ran(*migrations: Migration, failed: Sequence[Migration] = ()) -> tuple[Ran, ...]:
    """Flyway's history after these."""
    every = [*((one, True) for one in migrations), *((one, False) for one in failed)]
    return tuple(Ran(one.script, one.version, one.description, succeeded) for one, succeeded in every)


def release(number: int, *migrations: Migration, result: Result = "succeeded", **given: Any) -> Release:
    """A release whose one service is at version `number`, unless said otherwise: version=, secrets=, of=."""
    version, secrets = given.pop("version", number), given.pop("secrets", {})
    last = max((one.version for one in migrations if one.version), key=version_order, default="")
    image = {"migrations": given.pop("image", f"api/x-migrations@{last}")} if migrations else {}
    service = {"image": f"api/x-api@{version}", "route": "/", "secrets": secrets}
    configuration: dict[str, Any] = {"name": "x", "hosts": ["x.localhost"], "services": {"api": service}}
    return Release(
        number=number,
        result=result,
        started="2026-11-25T10:00:00+00:00",
        seconds=1.0,
        by="ana@laptop",
        commit=f"commit{number}",
        manifest="hash",
        images={"api": service["image"], **image},
        configuration=configuration | ({"database": image} if image else {}),
        migrations=migrations,
        schema=last,
        **given,
    )
