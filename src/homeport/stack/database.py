"""From the manifest's database to the inputs of `application-database`."""

from typing import Any

from homeport.manifest import Database


def database_inputs(database: Database, migrations: str | None) -> dict[str, Any]:
    """The module's inputs; `migrations` is the migrations image by digest, None where there are no migrations."""
    given: dict[str, Any] = {
        "extensions": list(database.extensions),
        "placeholders": dict(database.placeholders),
    }
    return given | ({"migrations": migrations} if migrations else {})
