"""`homeport up` with migrations that fail or may not run: nothing switches, and mended, `up` goes on by itself."""

import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application, write_manifest

pytestmark = pytest.mark.docker
NAMES = (f"probe{number}" for number in itertools.count())
SAME_TWICE = "INSERT INTO things (name) VALUES ('twin'), ('twin')"
CONCURRENTLY = "CREATE UNIQUE INDEX CONCURRENTLY things_name ON things (name);\n"


@dataclass(frozen=True)
class Released:
    """An application with a database, released as version 1 with one migration."""

    installation: Installation
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def database(self) -> str:
        return f"{self.name}_home"

    def write(self, script: str, sql: str) -> None:
        (self.folder / "migrations" / script).write_text(sql)

    def psql(self, sql: str) -> str:
        return self.installation.psql(sql, self.database)

    def want(self, version: str) -> None:
        """A manifest whose release would serve this version."""
        services = {"api": {"route": "/", "environment": {"VERSION": version}}}
        write_manifest(self.folder, self.name, services=services, database=True)

    def serves(self) -> str:
        return self.installation.get(f"{self.name}.localhost").body.strip()

    def up(self, *, returncode: int = 0) -> str:
        return self.installation.homeport("up", "--yes", cwd=self.folder, returncode=returncode).stderr

    def plan(self, *, returncode: int) -> str:
        return self.installation.homeport("plan", "--detailed-exitcode", cwd=self.folder, returncode=returncode).stderr

    def results(self) -> list[str]:
        """Of its releases, newest first."""
        return [release["result"] for release in self.installation.releases(self.folder)]

    def on_the_engine(self) -> list[str]:
        """What the engine has of the installation: containers, and images of its registry."""
        client, prefix = self.installation.client, f"127.0.0.1:{self.installation.registry}/"
        images = [name for image in client.images() for name in image["RepoTags"] or () if name.startswith(prefix)]
        return sorted([*self.installation.containers().values(), *images])


@pytest.fixture
def released(installation: Installation, tmp_path: Path) -> Released:
    """A database of its own for each test: what Flyway did cannot be taken back."""
    made = Released(installation, probe_application(tmp_path, next(NAMES), database=True))
    made.up()
    made.want("2")
    return made


@pytest.fixture(scope="module")
def origin(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """One release for all the refusals: they change nothing of it."""
    made = Released(installation, probe_application(tmp_path_factory.mktemp("origin"), "origin", database=True))
    made.up()
    return made


@pytest.fixture
def clone(origin: Released, tmp_path: Path) -> Released:
    """Another clone of it, to be changed."""
    return Released(origin.installation, Path(shutil.copytree(origin.folder, tmp_path / origin.name)))


def _syntax(released: Released) -> None:
    released.write("V2__note.sql", "ALTER TABLE things ADD note text;\n\nCREATE TABEL more (id int);\n")


def _mend_syntax(released: Released) -> None:
    released.write("V2__note.sql", "ALTER TABLE things ADD note text;\n\nCREATE TABLE more (id int);\n")


def _data(released: Released) -> None:
    released.psql(SAME_TWICE)
    released.write(
        "V2__number.sql",
        "-- squawk-ignore-file changing-column-type\nALTER TABLE things\n    ALTER name TYPE int USING name::int;\n",
    )


def _mend_data(released: Released) -> None:
    released.psql("UPDATE things SET name = '1'")


def _concurrently(released: Released) -> None:
    released.psql(SAME_TWICE)
    released.write("V2__note.sql", "ALTER TABLE things ADD note text;\n")
    released.write("V3__name.sql", CONCURRENTLY)


def _mend_concurrently(released: Released) -> None:
    released.psql("DELETE FROM things")


def _repeatable(released: Released) -> None:
    released.write("R__names.sql", "CREATE OR REPLACE VIEW names AS\nSELECT nam FROM things;\n")


def _mend_repeatable(released: Released) -> None:
    released.write("R__names.sql", "CREATE OR REPLACE VIEW names AS\nSELECT name FROM things;\n")


Change = Callable[[Released], None]
FAILURES: dict[str, tuple[Change, Change, tuple[str, ...]]] = {
    "syntax": (
        _syntax,
        _mend_syntax,
        ("V2__note.sql, line 3: ", "SQL state 42601", "CREATE TABEL more (id int);", "Nothing of it was kept."),
    ),
    "data": (
        _data,
        _mend_data,
        ("V2__number.sql, line 2: ", "SQL state 22P02", "ALTER TABLE things\n    ALTER name TYPE int"),
    ),
    "concurrently": (
        _concurrently,
        _mend_concurrently,
        ("V3__name.sql, line 1: ", "SQL state 23505", CONCURRENTLY, "Key (name)=(twin) is duplicated."),
    ),
    "repeatable": (
        _repeatable,
        _mend_repeatable,
        ("R__names.sql, line 1: ", "SQL state 42703", "SELECT nam FROM things;"),
    ),
}


@pytest.mark.parametrize("case", FAILURES)
def test_nothing_switches_when_a_migration_fails(released: Released, case: str) -> None:
    """The message has file, line, SQL state and statement, once; mended, `up` needs no other work by hand."""
    break_it, mend_it, expected = FAILURES[case]
    break_it(released)
    before = released.installation.containers(released.name)
    said = released.up(returncode=1)
    for words in expected:
        assert words in said
    assert 1 == said.count(expected[1])
    assert "release 1 goes on serving" in said
    assert "\nTraceback" not in said
    assert "1" == released.serves()
    assert before == released.installation.containers(released.name)
    assert ["failed", "succeeded"] == released.results()
    mend_it(released)
    released.up()
    assert "2" == released.serves()
    assert "0" == released.psql("SELECT count(*) FROM flyway_schema_history WHERE NOT success")
    assert "0" == released.psql("SELECT count(*) FROM pg_index WHERE NOT indisvalid")
    released.plan(returncode=0)


def test_an_index_is_made_concurrently(released: Released) -> None:
    """Flyway's default lock would wait for itself here."""
    released.write("V2__name.sql", CONCURRENTLY)
    released.up()
    assert "t" == released.psql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'things_name'::regclass")


def test_a_plan_shows_which_migrations_it_would_run(released: Released) -> None:
    """Files are named, new ones and repeatables that changed, and the plan changes nothing."""
    released.write("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT name FROM things;\n")
    released.up()
    before = released.on_the_engine()
    released.write("R__names.sql", "CREATE OR REPLACE VIEW names AS SELECT name, id FROM things;\n")
    released.write("V2__note.sql", "ALTER TABLE things ADD note text;\n")
    shown = released.plan(returncode=2)
    assert "V2__note.sql new" in shown
    assert "R__names.sql changed: it runs again" in shown
    assert "V1__things.sql" not in shown
    assert f"migration {released.database}" in shown
    assert "one to be built" in shown
    assert before == released.on_the_engine()


def _edited(clone: Released) -> None:
    clone.write("V1__things.sql", "SELECT 1;")


def _removed(clone: Released) -> None:
    (clone.folder / "migrations" / "V1__things.sql").unlink()


def _late(clone: Released) -> None:
    clone.write("V0__late.sql", "SELECT 1;")


def _lower_case(clone: Released) -> None:
    clone.write("v2__note.sql", "SELECT 1;")


def _one_underscore(clone: Released) -> None:
    clone.write("V2_note.sql", "SELECT 1;")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_edited, "V1__things.sql was edited after it was released; put it back as it was, and write the change"),
        (_removed, "V1__things.sql was released and is no longer there; put it back"),
        (_late, "V0__late.sql is new but comes before V1__things.sql, which was released; give it a higher version"),
        (_lower_case, "(did you mean V2__note.sql?)"),
        (_one_underscore, "should have two underscores after its version: V2__note.sql"),
    ],
)
def test_what_flyway_would_refuse_or_skip_is_refused_before_anything_is_built(
    clone: Released, change: Change, expected: str
) -> None:
    """Flyway skips a file whose name it does not know, with exit code 0; and nobody wants to build first."""
    clone.write("V3__more.sql", "CREATE TABLE more (id int);\n")
    change(clone)
    before = clone.on_the_engine()
    for refused in (clone.up(returncode=1), clone.plan(returncode=1)):
        assert refused.removeprefix("error: ").startswith("migrations/")
        assert expected in refused
        assert 1 == len(refused.splitlines()), "no step was begun"
    assert before == clone.on_the_engine()
    assert ["succeeded"] == clone.results()
    assert "1" == clone.serves()


def test_a_folder_without_migrations_is_refused(clone: Released) -> None:
    """For Flyway, no file is a success with nothing to do."""
    _removed(clone)
    assert "there is no migration in it" in clone.up(returncode=1)


def test_a_migration_that_would_lock_a_table_is_refused_before_a_build_unless_it_is_meant(released: Released) -> None:
    """`check`, `plan` and `up` say the same; what a comment lets pass is recorded as breaking all the same."""
    released.write("V2__number.sql", "ALTER TABLE things\n    ALTER name TYPE varchar(80);\n")
    before = released.on_the_engine()
    refused = released.up(returncode=1)
    assert "migrations/V2__number.sql:2: changing-column-type: writes the whole table anew" in refused
    assert 2 == len(refused.splitlines()), "no step was begun"
    assert refused == released.plan(returncode=1)
    checked = released.installation.homeport("check", "home", "--json", cwd=released.folder, returncode=1)
    assert refused == checked.stderr
    findings = json.loads(checked.stdout)["findings"]
    assert [(2, True)] == [(one["line"], one["locks"]) for one in findings if one["rule"] == "changing-column-type"]
    assert before == released.on_the_engine()
    meant = "-- squawk-ignore changing-column-type -- a handful of rows\n"
    released.write("V2__number.sql", f"ALTER TABLE things\n{meant}    ALTER name TYPE varchar(80);\n")
    assert "counts as breaking: changing-column-type in line 3" in released.up()
    newest, oldest = released.installation.releases(released.folder)
    assert [""] == [migration["breaking"] for migration in oldest["migrations"]]
    assert ["", True] == [
        newest["migrations"][0]["breaking"],
        newest["migrations"][1]["breaking"].startswith("changing-column-type in line 3: ALTER TABLE things ALTER name"),
    ]
    assert "2" == released.serves()


def test_a_history_that_was_changed_by_hand_is_refused_by_flyway(released: Released) -> None:
    """Flyway's own validation ends with exit code 0 in JSON; a release runs `migrate`, which does not."""
    released.psql("UPDATE flyway_schema_history SET checksum = 1 WHERE version = '1'")
    released.write("V2__note.sql", "ALTER TABLE things ADD note text;\n")
    said = released.up(returncode=1)
    assert "V1__things.sql was edited after it had run" in said
    assert "1" == released.serves()
    assert "0" == released.psql("SELECT count(*) FROM flyway_schema_history WHERE version = '2'")
