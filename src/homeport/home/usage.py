"""What runs on a server uses: memory by container, disk by database."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from docker.errors import APIError

from homeport.home.home import Home
from homeport.home.postgres import Postgres

AT_ONCE = 8
MARK = "homeport "  # how the comment begins that says whose a database is
_SIZES = """
SELECT coalesce(json_agg(json_build_object('name', datname, 'size', pg_database_size(oid),
    'mark', coalesce(shobj_description(oid, 'pg_database'), '')) ORDER BY datname), '[]')
FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres';
"""


@dataclass(frozen=True, slots=True)
class DatabaseSize:
    """A database of the cluster: its bytes on disk, and whose it is (`notes.home`; empty for one made by hand)."""

    name: str
    size: int
    belongs_to: str


def database_sizes(postgres: Postgres) -> tuple[DatabaseSize, ...]:
    """Every database but the cluster's own, in one question."""
    found = json.loads(postgres.psql(_SIZES))
    return tuple(DatabaseSize(one["name"], one["size"], _whose(one["mark"])) for one in found)


def memory_in_use(home: Home, containers: Sequence[str]) -> dict[str, int]:
    """Bytes by container's name, as `docker stats` counts them: without the files that the kernel may drop.

    A container that does not run has none.
    """

    def ask(name: str) -> int:
        try:
            stats: dict[str, Any] = home.docker.stats(name, stream=False, one_shot=True)
        except (APIError, ValueError):
            return 0  # it ended since it was listed: the engine says so, or answers nothing at all
        return _used(stats.get("memory_stats") or {})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(containers, pool.map(ask, containers), strict=True))


def _used(memory: dict[str, Any]) -> int:
    """cgroup 1 calls the droppable files total_inactive_file, cgroup 2 inactive_file."""
    details = memory.get("stats") or {}
    droppable = details.get("total_inactive_file", details.get("inactive_file", 0))
    return max(int(memory.get("usage", 0)) - int(droppable), 0)


def _whose(mark: str) -> str:
    return mark.removeprefix(MARK) if mark.startswith(MARK) else ""
