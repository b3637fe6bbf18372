"""`homeport rollback` on a real engine: an older release anew, and what is refused with nothing changed."""

import base64
import itertools
import json
import shutil
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.load import Load

pytestmark = pytest.mark.docker
NAMES = (f"probe{number}" for number in itertools.count())


@dataclass(frozen=True)
class Released:
    """An application whose releases are told apart by the version that they answer."""

    installation: Installation
    folder: Path
    database: bool = False

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def host(self) -> str:
        return f"{self.name}.localhost"

    def want(self, version: str, *, hosts: tuple[str, ...] = (), **service: Any) -> None:
        """A manifest whose release would serve this version."""
        environment = {"VERSION": version, **service.pop("environment", {})}
        services = {"api": {"route": "/", "environment": environment, **service}}
        targets = {"home": {"kind": "docker", "hosts": list(hosts)}}
        write_manifest(self.folder, self.name, services=services, database=self.database, targets=targets)

    def up(self, version: str, *, returncode: int = 0, **given: Any) -> None:
        self.want(version, **given)
        self.installation.homeport("up", "--yes", cwd=self.folder, returncode=returncode)

    def rollback(self, *arguments: str, returncode: int = 0, cwd: Path | None = None) -> str:
        done = self.installation.homeport(
            "rollback", "--yes", *arguments, cwd=cwd or self.folder, returncode=returncode
        )
        assert "\nTraceback" not in done.stderr
        return done.stdout + done.stderr

    def secret(self, verb: str, name: str, value: str = "") -> None:
        self.installation.homeport("secret", verb, name, cwd=self.folder, stdin=value)

    def write(self, script: str, sql: str) -> None:
        (self.folder / "migrations" / script).write_text(sql)

    def serves(self, host: str = "") -> str:
        return self.installation.get(host or self.host).body.strip()

    def newest(self) -> dict[str, Any]:
        """The newest record."""
        return self.installation.releases(self.folder)[0]

    def record(self, number: int) -> Path:
        """The file of a release on the server."""
        return self.installation.server_folder / "releases" / f"{self.name}.home" / f"{number:08d}.json"

    def edit(self, number: int, **changes: Any) -> None:
        """Say otherwise in a record."""
        found = json.loads(self.record(number).read_bytes())
        self.record(number).write_text(json.dumps(found | changes))

    def environment(self) -> list[str]:
        (container,) = self.installation.containers(self.name)
        return list(self.installation.inspect(container)["Config"]["Env"])


@pytest.fixture
def fresh(installation: Installation, tmp_path: Path) -> Released:
    """Never released, and without a database."""
    return Released(installation, probe_application(tmp_path, next(NAMES)))


@pytest.fixture
def migrated(installation: Installation, tmp_path: Path) -> Released:
    """With a database; released as version 1, and then as version 2."""
    return _twice(Released(installation, probe_application(tmp_path, next(NAMES)), database=True))


@pytest.fixture(scope="module")
def origin(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """The same for all the refusals: they change nothing of it."""
    folder = probe_application(tmp_path_factory.mktemp("origin"), "origin")
    return _twice(Released(installation, folder, database=True))


def _twice(application: Released) -> Released:
    application.up("1")
    application.up("2")
    return application


def test_back_and_forth_under_load(migrated: Released, tmp_path: Path) -> None:
    """Across a compatible migration, which stays. No request is lost; nothing is built and no sources are needed; `up`
    of the sources is the newer version."""
    migrated.write("V2__seen.sql", "ALTER TABLE things ADD COLUMN seen boolean;\n")
    migrated.up("3")
    bare = tmp_path / "bare" / migrated.name
    bare.mkdir(parents=True)
    shutil.copy(migrated.folder / "homeport.yaml", bare)
    with Load(migrated.installation.http, migrated.host, ["/", "/"]).running() as load:
        said = migrated.rollback(cwd=bare)
        assert "2" == migrated.serves()
        assert "0" == migrated.installation.psql("SELECT count(seen) FROM things", f"{migrated.name}_home")
        migrated.installation.homeport("up", "--yes", cwd=migrated.folder)
    assert [] == load.failures
    assert {"/": {"2", "3"}} == load.versions
    assert f"Release 4 of {migrated.name} serves on home" in said
    assert "goes back to release 2" in said
    assert " build " not in said
    assert "3" == migrated.serves()
    back = migrated.installation.releases(migrated.folder)[1]
    assert (4, 2, "succeeded") == (back["number"], back["of"], back["result"])
    assert "release 2" in migrated.installation.homeport("releases", cwd=migrated.folder).stdout


def test_what_serves_already_is_nothing_to_do(fresh: Released) -> None:
    """No container is touched and nothing is recorded; a number alone names a release of the only target."""
    released = _twice(fresh)
    before = released.installation.containers()
    assert "Nothing to do" in released.rollback("2")
    assert before == released.installation.containers()
    assert 2 == released.newest()["number"]


def test_a_second_rollback_goes_further_back(fresh: Released) -> None:
    """Not to what the first one took away."""
    released = _twice(fresh)
    released.up("3")
    released.rollback()
    released.rollback()
    assert "1" == released.serves()
    assert 1 == released.newest()["of"]


def test_the_database_stays_where_a_failed_release_brought_it(migrated: Released) -> None:
    """Its migrations ran, though nothing switched: the older release goes on with them."""
    migrated.write("V2__note.sql", "ALTER TABLE things ADD note text;\n")
    migrated.up("3", returncode=1, environment={"BEHAVIOUR": "exits"})
    migrated.rollback("home", "1")
    assert "1" == migrated.serves()
    assert ["V1__things.sql", "V2__note.sql"] == [one["script"] for one in migrated.newest()["migrations"]]
    assert "2" == migrated.newest()["schema"]
    assert "Nothing to do" in migrated.rollback("home", "1")
    migrated.up("3")
    assert "3" == migrated.serves()


def test_the_older_hosts_answer(fresh: Released) -> None:
    """Routes are the older configuration's, and the newer ones go; not where somebody else answers by now."""
    mine, other = f"mine.{fresh.host}", f"other.{fresh.host}"
    fresh.up("1", hosts=(mine,))
    fresh.up("2", hosts=(other,))
    fresh.rollback("home", "1")
    assert "1" == fresh.serves(mine)
    assert 404 == fresh.installation.get(other).status
    fresh.up("2", hosts=(other,))
    second = Released(fresh.installation, probe_application(fresh.folder.parent, f"{fresh.name}-two"))
    second.up("1", hosts=(mine,))
    assert f"{mine} is the host name of {second.name}.home" in fresh.rollback("home", "1", returncode=1)
    assert ("2", "1") == (fresh.serves(other), fresh.serves(mine))


def test_secrets_have_their_present_values(fresh: Released) -> None:
    """A value that was replaced is gone, and that is said; one that was removed is refused."""
    fresh.secret("set", "TOKEN", "old")
    fresh.up("1", secrets=["TOKEN"])
    fresh.secret("set", "TOKEN", "new")
    fresh.up("2", secrets=["TOKEN"])
    assert "TOKEN      as it is now (version 2); release 1 had version 1" in fresh.rollback()
    assert "TOKEN=new" in fresh.environment()
    fresh.up("3")
    fresh.secret("remove", "TOKEN")
    assert "secrets that are not set on home: TOKEN" in fresh.rollback("home", "1", returncode=1)
    assert "3" == fresh.serves()


def _no_such_number(origin: Released) -> str:
    return "99"


def _failed(origin: Released) -> str:
    origin.up("3", returncode=1, environment={"BEHAVIOUR": "exits"})
    return str(origin.newest()["number"])


def _another_postgres(origin: Released) -> str:
    origin.edit(1, postgres=16)
    return "1"


def _breaking(origin: Released) -> str:
    origin.write("V2__drop.sql", "ALTER TABLE things DROP name;\n")
    origin.up("4")
    return "2"


def _unrecorded(origin: Released) -> str:
    """`up` was killed after its migrations and before its record."""
    origin.write("V3__note.sql", "ALTER TABLE things ADD note text;\n")
    origin.up("5")
    origin.record(origin.newest()["number"]).unlink()
    return str(origin.newest()["number"])


def _image_gone(origin: Released) -> str:
    newest = origin.newest()
    (origin.folder / "api" / "Dockerfile").open("a").write("LABEL another=image\n")
    origin.up("6")
    repository, digest = newest["images"]["api"].split("@")
    _delete(origin.installation, f"/v2/{repository}/manifests/{digest}")
    return str(newest["number"])


def _delete(installation: Installation, path: str) -> None:
    """Of the registry, as pruning does it."""
    kept = json.loads((installation.server_folder / "secrets" / "base.json").read_bytes())
    login = base64.b64encode(f"homeport:{kept['passwords']['registry']}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{installation.registry}{path}", method="DELETE", headers={"Authorization": f"Basic {login}"}
    )
    urllib.request.urlopen(request, timeout=10).close()


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (_no_such_number, ("has no release 99",)),
        (_failed, ("failed: it never served",)),
        (_another_postgres, ("asks for Postgres 16; the base of this machine has 17",)),
        (_breaking, ("\nV2__drop.sql: ban-drop-column in line 1: ALTER TABLE things DROP name", "write a migration")),
        (_unrecorded, ("V3__note.sql: ran in a release that was cut off",)),
        (_image_gone, ("has no more, of release ", ":\n  api/origin-api@sha256:")),
    ],
)
def test_what_cannot_be_had_back_is_refused(
    origin: Released, case: Callable[[Released], str], expected: tuple[str, ...]
) -> None:
    """What serves is not touched, and no record is made."""
    number = case(origin)
    before = (origin.installation.containers(), origin.newest()["number"], origin.serves())
    said = origin.rollback("home", number, returncode=1)
    for words in expected:
        assert words in said
    assert before == (origin.installation.containers(), origin.newest()["number"], origin.serves())


def test_the_first_release_has_none_before(fresh: Released) -> None:
    """And without any there is none at all."""
    assert "none succeeded" in fresh.rollback(returncode=1)
    fresh.up("1")
    assert "no release before 1" in fresh.rollback(returncode=1)
