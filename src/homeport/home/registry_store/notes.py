"""What is kept in the installation's folder about the registry's volumes: small, and cheap to ask for."""

import json
from collections.abc import Collection
from datetime import UTC, datetime

from homeport.home import volume
from homeport.home.home import Home

BACKUP_MADE = "registry-backup.json"
DAMAGED = "registry-damaged.json"


def last_backup(home: Home) -> datetime | None:
    """When the newest complete backup of the registry was made; None if never, or if its volume is gone."""
    made = _read(home, BACKUP_MADE).get("made")
    return datetime.fromisoformat(made) if made and volume.look(home, "registry-backup") else None


def note_backup(home: Home) -> datetime:
    """A complete backup stands on the second volume now."""
    made = datetime.now(UTC).replace(microsecond=0)
    _write(home, BACKUP_MADE, {"made": made.isoformat()})
    return made


def damaged(home: Home) -> set[str]:
    """The digests that the last check found damaged on the backup: a backup reads these again, and no others."""
    return set(_read(home, DAMAGED).get("backup", ()))


def note_damaged(home: Home, digests: Collection[str]) -> None:
    if damaged(home) != set(digests):
        _write(home, DAMAGED, {"backup": sorted(digests)})


def _read(home: Home, name: str) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(home.host.files.read(home.path(name)))
    except FileNotFoundError:
        return {}
    return found


def _write(home: Home, name: str, value: object) -> None:
    home.host.files.write(home.path(name), json.dumps(value).encode())
