"""`setup` again, with another Postgres, under an application that reads and writes in every request."""

import http.client
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.support.installation import Installation
from tests.support.other_images import other_service_images
from tests.support.threads import going_on

pytestmark = pytest.mark.docker
EXAMPLE = Path(__file__).parents[3] / "examples" / "notes"
HOST = "notes.localhost"
NOTES = "/api/notes"
WAITS = "/api/waits"
DATABASE = "notes_home"
# The example's pool gets over a restart by itself, if it has some seconds. This one notices every moment of it.
CONNECTIONS = """
import os

import psycopg
from psycopg.rows import dict_row


class pool:
    open = close = staticmethod(lambda: None)

    @staticmethod
    def connection(timeout=1):
        return psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row, connect_timeout=5)
"""
# What the example does not have: a request that is with the database for a second.
MORE = """

@app.get("/api/waits")
def wait() -> None:
    with pool.connection() as connection:
        connection.execute("SELECT pg_sleep(1)")
"""


@dataclass
class Notes:
    """Clients on connections that are kept alive: each adds notes, reads the tags, and waits in the database at times.
    `kept` are the notes whose adding was answered, `failed` is all that was not answered as it should be."""

    port: int
    kept: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, clients: int = 6) -> Iterator["Notes"]:
        with going_on(self.ended, [partial(self._ask_on, f"client {number}") for number in range(clients)]):
            yield self

    def _ask_on(self, name: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        number = 0
        while not self.ended.is_set():
            number += 1
            body = f"{name}: {number}"
            try:
                added = self._ask(connection, "POST", NOTES, json.dumps({"body": body}))
                if added == 201:
                    self.kept.add(body)
                read = self._ask(connection, "GET", "/api/tags" if number % 20 else WAITS)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
                connection.close()
                continue
            self.failed += [f"{expected}: {said}" for said, expected in ((added, 201), (read, 200)) if said != expected]
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> int:
        connection.request(method, path, body, {"Host": HOST, "Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A base with the example's API and its database, without a model or a site."""
    folder = tmp_path_factory.mktemp("installation")
    made = Installation(folder)
    for part in ("api", "db"):
        shutil.copytree(EXAMPLE / part, folder / "notes" / part)
    api = folder / "notes" / "api" / "notes" / "api.py"
    api.write_text(api.read_text() + MORE)
    api.with_name("database.py").write_text(CONNECTIONS)
    manifest = {
        "name": "notes",
        "database": {
            "postgres": 17,
            "migrations": "db/migrations",
            "extensions": ["pg_trgm"],
            "placeholders": {"longest_tag": "24"},
        },
        "services": {"api": {"build": "api", "port": 8000, "route": "/api", "healthcheck": "/healthz"}},
    }
    (folder / "notes" / "homeport.yaml").write_text(json.dumps(manifest))
    try:
        made.setup("--images", "built")
        made.homeport("up", "--yes", cwd=folder / "notes")
        yield made
    finally:
        made.remove()


def _kept(installation: Installation) -> set[str]:
    return set(installation.psql("SELECT body FROM notes", DATABASE).splitlines())


def test_no_request_that_needs_the_database_fails(installation: Installation, tmp_path: Path) -> None:
    """Those in flight are answered before Postgres stops, all others wait until the new one answers. Each note whose
    adding was answered is there."""
    before = installation.inspect(f"{installation.instance}-postgres")["Id"]
    with other_service_images(tmp_path, installation.instance) as variables:
        with Notes(installation.http).running() as asked:
            installation.variables = variables
            installation.setup()
            here = len(asked.kept)
            while len(asked.kept) < here + 20 and not asked.failed:
                asked.ended.wait(0.1)
        assert before != installation.inspect(f"{installation.instance}-postgres")["Id"]
        assert [] == asked.failed
        assert set() == asked.kept - _kept(installation)
        installation.variables = {}
        installation.setup()


def test_nor_does_one_when_the_new_postgres_does_not_start(installation: Installation, tmp_path: Path) -> None:
    """The old one runs again before anybody waits no more."""
    with (
        other_service_images(tmp_path, f"{installation.instance}-broken", broken="postgres") as variables,
        Notes(installation.http).running() as asked,
    ):
        installation.variables = variables
        failed = installation.setup(returncode=1).stderr
        installation.variables = {}
        assert "was not replaced: the old one runs again" in failed
        here = len(asked.kept)
        while len(asked.kept) < here + 20 and not asked.failed:
            asked.ended.wait(0.1)
    assert [] == asked.failed
    assert set() == asked.kept - _kept(installation)
    installation.setup()
