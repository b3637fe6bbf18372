"""Migrations, by the real Flyway on a real Postgres."""

import io
import secrets
import tarfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from homeport.database.flyway import migrate_arguments
from homeport.errors import DatabaseFailed, EngineFailed, HomeportError, Interrupted, MigrationFailed
from homeport.events import Event
from homeport.home.execute import execute
from homeport.home.migration import History, Migrated, history, migrate
from homeport.home.postgres import DatabaseSpec, Postgres
from homeport.releases.migrations import callbacks, checksum, migrations_dockerfile
from homeport.secret import Secret
from tests.support.images import service_images

pytestmark = pytest.mark.docker

NOTES = "CREATE TABLE notes (id int, text text);\nINSERT INTO notes VALUES (1, 'a'), (1, 'b');\n"


@dataclass
class Application:
    """A database of its own, and images of migrations for it."""

    cluster: Postgres
    spec: DatabaseSpec
    events: list[Event] = field(default_factory=list)
    images: list[str] = field(default_factory=list)

    @property
    def container(self) -> str:
        return f"{self.spec.name}-migrations"

    def image(self, files: Mapping[str, str | bytes]) -> str:
        """An image of these files below `sql`, built as a release builds it."""
        context = {"Dockerfile": migrations_dockerfile(service_images().flyway)}
        context |= {f"callbacks/{name}": text for name, text in callbacks().items()}
        content: dict[str, str | bytes] = {**context, "sql/.keep": ""}
        content |= {f"sql/{name}": text for name, text in files.items()}
        tag = f"{self.cluster.home.instance}/migrations:{secrets.token_hex(4)}"
        for line in self.cluster.home.docker.build(
            fileobj=archive(content), custom_context=True, tag=tag, rm=True, decode=True
        ):
            assert "error" not in line, line
        self.images.append(tag)
        return tag

    def migrate(
        self,
        files: Mapping[str, str | bytes],
        stopped: Callable[[], bool] = lambda: False,
        **placeholders: str,
    ) -> Migrated:
        return self.run(self.image(files), stopped, **placeholders)

    def run(self, image: str, stopped: Callable[[], bool] = lambda: False, **placeholders: str) -> Migrated:
        return migrate(
            self.cluster.home,
            name=self.container,
            database=self.spec.name,
            image=image,
            owner=self.spec.owner,
            password=self.spec.owner_password,
            placeholders={"homeport_app": self.spec.app, **placeholders},
            labels=self.cluster.home.labels(),
            stopped=stopped,
            emit=self.events.append,
        )

    def refusal(self, files: Mapping[str, str | bytes]) -> MigrationFailed:
        with pytest.raises(MigrationFailed) as caught:
            self.migrate(files)
        return caught.value

    def history(self) -> History:
        return history(self.cluster, self.spec.name, self.spec.owner)

    def sql(self, statements: str) -> str:
        return self.cluster.psql(statements, self.spec.name, user=self.spec.owner)

    def as_app(self, statements: str) -> bytes:
        """What Postgres says to the services' role, errors included."""
        user = (f"PGPASSWORD={self.spec.app_password.reveal()}", f"PGUSER={self.spec.app}")
        command = ("env", *user, f"PGDATABASE={self.spec.name}", "psql", "-X", "-At", "-h", "postgres")
        said = execute(self.cluster.home.docker, self.cluster.container, command, stdin=statements.encode())
        return said.stdout + said.stderr

    def told(self) -> str:
        return "\n".join(event.text for event in self.events)

    def is_gone(self) -> bool:
        return not self.cluster.home.docker.containers(all=True, filters={"name": self.container})

    def sessions(self) -> str:
        return self.cluster.psql(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'homeport-migration' "
            f"AND datname = '{self.spec.name}';"
        )


def archive(files: Mapping[str, str | bytes]) -> io.BytesIO:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    whole.seek(0)
    return whole


@pytest.fixture
def application(cluster: Postgres) -> Iterator[Application]:
    name = f"app_{secrets.token_hex(4)}"
    passwords = (Secret(secrets.token_urlsafe(24)), Secret(secrets.token_urlsafe(24)))
    spec = DatabaseSpec(name, f"{name}_owner", f"{name}_app", f"{name}.home", *passwords)
    cluster.ensure_database(spec)
    made = Application(cluster, spec)
    yield made
    assert made.is_gone(), "no migration's container is left, whatever happened"
    cluster.drop(spec.name, spec.owner, spec.app, belongs_to=spec.belongs_to)
    for image in made.images:
        cluster.home.docker.remove_image(image, force=True)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


class Background:
    """A migration in a thread, to look at while it runs."""

    def __init__(self, application: Application, image: str) -> None:
        self.stop = threading.Event()
        self.error: HomeportError | None = None
        self._thread = threading.Thread(target=self._run, args=(application, image))
        self._thread.start()

    def _run(self, application: Application, image: str) -> None:
        try:
            application.run(image, self.stop.is_set)
        except HomeportError as error:
            self.error = error

    def result(self) -> HomeportError | None:
        self._thread.join(60)
        assert not self._thread.is_alive()
        return self.error


def test_a_schema_is_made_and_then_left_alone(application: Application) -> None:
    """The second run applies nothing and says so; no container is left."""
    assert application.history() == History()
    files = {"V1__notes.sql": NOTES, "R__view.sql": "CREATE OR REPLACE VIEW texts AS SELECT text FROM notes;"}
    first = application.migrate(files)
    assert (first.version, first.applied) == ("1", ("V1__notes.sql", "R__view.sql"))
    assert "applied V1__notes.sql, R__view.sql; schema at version 1" in application.told()
    again = application.migrate(files)
    assert (again.version, again.applied) == ("1", ())
    assert "nothing to do; schema at version 1" in application.told()
    assert again.history == application.history()


def test_the_app_role_uses_what_migrations_made_and_no_more(application: Application) -> None:
    """Tables of later migrations too, from their commit on; Flyway's history it may only read."""
    first = {"V1__notes.sql": NOTES + "CREATE SEQUENCE numbers;"}
    application.migrate(first)
    assert application.as_app("UPDATE notes SET text = 'c'; DELETE FROM notes; SELECT nextval('numbers');").endswith(
        b"1\n"
    )
    assert b"permission denied" in application.as_app("CREATE TABLE mine (a int);")
    assert b"permission denied" in application.as_app("DELETE FROM flyway_schema_history;")
    assert b"must be owner" in application.as_app("DROP TABLE notes;")
    application.sql("CREATE TABLE public.by_default (a int);")
    assert application.as_app("INSERT INTO by_default VALUES (1);") == b"INSERT 0 1\n"


def test_placeholders_reach_flyway_whatever_is_in_them(application: Application) -> None:
    value = 'a=b, c d "e" $f ü -x'
    application.migrate({"V1__p.sql": "CREATE TABLE p AS SELECT '${word}' AS word;"}, word=value)
    assert application.sql("SELECT word FROM public.p;") == value


CONTENTS = {
    "V1__plain.sql": b"SELECT 1;\n",
    "V2__no_newline_at_the_end.sql": b"SELECT 1;\nSELECT 2;",
    "V3__windows_lines.sql": b"SELECT 1;\r\n\r\nSELECT 2;\r\n",
    "V4__byte_order_mark.sql": b"\xef\xbb\xbfSELECT 1;\n",
    "V5__unicode.sql": "SELECT 'ü — 漢字 🙂';\n".encode(),
    "V6__old_mac_lines.sql": b"SELECT 1;\rSELECT 2;\r",
    "V7__comment_only.sql": b"-- nothing yet\n\n\n",
    "V8__tabs_and_trailing_space.sql": b"\tSELECT 1;  \n\f\x0b\n",
    "V9__separators.sql": "SELECT 'a\u2028b\u0085c';\n".encode(),
    "R__repeatable.sql": b"SELECT 3;\n",
    "sub/V10__deeper.sql": b"SELECT 10;\n",
}


def test_our_checksums_are_flyways(application: Application) -> None:
    """So that an edited migration is refused before anything is built."""
    application.migrate(CONTENTS)
    flyways = {row.script: row.checksum for row in application.history().rows}
    assert {script: checksum(content) for script, content in CONTENTS.items()} == flyways


FAILURES = {
    "syntax": (
        "V2__bad.sql",
        "SELECT 1;\n\nCREATE TABLE bad (\n  a int;\n",
        (
            "V2__bad.sql, line 3",
            'syntax error at or near ";"',
            "SQL state 42601",
            "CREATE TABLE bad (\n  a int;",
        ),
    ),
    "data": (
        "V2__unique.sql",
        "-- one id each\nALTER TABLE notes\n  ADD UNIQUE (id);\n",
        (
            "V2__unique.sql, line 2",
            "could not create unique index",
            "23505",
            "Key (id)=(1) is duplicated",
            "ADD UNIQUE",
        ),
    ),
    "repeatable": (
        "R__view.sql",
        "CREATE OR REPLACE VIEW texts AS\n  SELECT nope FROM notes;\n",
        ("R__view.sql, line 1", 'column "nope" does not exist', "42703", "SELECT nope FROM notes;"),
    ),
    "in a subfolder": (
        "later/V2__gone.sql",
        "DROP TABLE nope;\n",
        ("later/V2__gone.sql, line 1", 'table "nope" does not exist', "42P01", "DROP TABLE nope;"),
    ),
    "placeholder without a value": (
        "V2__who.sql",
        "SELECT 1;\nSELECT '${who}';\n",
        ("V2__who.sql, line 2", "No value provided for placeholder: ${who}"),
    ),
    "with and without a transaction": (
        "V2__mixed.sql",
        "CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);\n",
        (
            "V2__mixed.sql, line 2",
            "both transactional and non-transactional",
            "CREATE INDEX CONCURRENTLY i ON t (a);",
        ),
    ),
}


@pytest.mark.parametrize("situation", FAILURES)
def test_a_failure_names_file_line_state_and_statement(application: Application, situation: str) -> None:
    """And nothing of the failed file is kept, so that the mended one simply runs."""
    script, content, expected = FAILURES[situation]
    files = {"V1__notes.sql": NOTES}
    application.migrate(files)
    error = application.refusal(files | {script: content})
    assert [part for part in expected if part not in str(error)] == [], str(error)
    assert "run the same command again" in error.next_step
    assert application.history().failed == ()
    assert script in application.migrate(files | {script: "SELECT 1;"}).applied


def test_what_ran_before_the_failed_file_is_kept(application: Application) -> None:
    application.refusal({"V1__notes.sql": NOTES, "V2__bad.sql": "SELECT nope;"})
    assert application.history().version == "1"


UNIQUE = 'CREATE UNIQUE INDEX CONCURRENTLY "Notes ${kind}" ON notes (id);\n'


def test_a_failed_concurrent_index_is_cleared_away_by_the_next_run(application: Application) -> None:
    """It leaves an invalid index and a failed row, which Flyway would never get past by itself."""
    files = {"V1__notes.sql": NOTES, "V2__unique.sql": UNIQUE}
    application.migrate({"V1__notes.sql": NOTES})
    with pytest.raises(MigrationFailed) as caught:
        application.migrate(files, kind="id")
    for part in ("V2__unique.sql, line 1", "23505", "public.Notes id", "nothing was rolled back"):
        assert part in str(caught.value)
    left = application.history()
    assert [row.script for row in left.failed] == ["V2__unique.sql"]
    assert [str(index) for index in left.invalid_indexes] == ["public.Notes id"]

    application.sql("DELETE FROM public.notes WHERE text = 'b';")
    assert application.migrate(files, kind="id").applied == ("V2__unique.sql",)
    assert "dropped what a failed run left invalid: public.Notes id" in application.told()
    assert "runs again from its start what failed half-way: V2__unique.sql" in application.told()
    assert application.history().invalid_indexes == ()


def test_only_an_index_of_a_file_that_did_not_run_is_dropped(application: Application) -> None:
    """An invalid index of somebody else's making is said, and left."""
    application.migrate({"V1__notes.sql": NOTES})
    with pytest.raises(HomeportError):
        application.sql("CREATE UNIQUE INDEX CONCURRENTLY theirs ON public.notes (id);")
    application.migrate({"V1__notes.sql": NOTES, "V2__x.sql": "SELECT 1;"})
    assert "left alone, but invalid and of no use: public.theirs" in application.told()
    assert [str(index) for index in application.history().invalid_indexes] == ["public.theirs"]


def test_a_migration_that_was_edited_after_it_ran_is_refused(application: Application) -> None:
    """By its file's name; its checksum in the history stays, however often it is tried."""
    application.migrate({"V1__notes.sql": NOTES, "V1_1__more.sql": "SELECT 1;"})
    before = application.history()
    for _ in range(2):
        error = application.refusal({"V1__notes.sql": NOTES, "V1_1__more.sql": "SELECT 2;"})
        assert "V1_1__more.sql was edited after it had run" in error.message
    assert before == application.history()


def test_a_failed_index_does_not_excuse_an_edited_file(application: Application) -> None:
    """The failed row goes, the edited file is refused all the same."""
    application.migrate({"V1__notes.sql": NOTES})
    application.refusal({"V1__notes.sql": NOTES, "V2__u.sql": "CREATE UNIQUE INDEX CONCURRENTLY u ON notes (id);"})
    error = application.refusal({"V1__notes.sql": f"-- edited\n{NOTES}", "V2__u.sql": "SELECT 1;"})
    assert "V1__notes.sql was edited after it had run" in error.message


def test_a_migration_below_the_schemas_version_is_refused(application: Application) -> None:
    application.migrate({"V2__notes.sql": NOTES})
    error = application.refusal({"V2__notes.sql": NOTES, "V1_5__late.sql": "SELECT 1;"})
    assert "V1_5__late.sql comes before what ran already" in error.message


def test_a_migration_that_is_missing_is_refused(application: Application) -> None:
    application.migrate({"V1__notes.sql": NOTES, "V2__more.sql": "SELECT 1;"})
    error = application.refusal({"V2__more.sql": "SELECT 1;"})
    assert "version 1 ran in this database, but there is no file of it any more" in error.message


def test_an_older_release_meets_a_newer_schema(application: Application) -> None:
    """Put back, it finds versions and a repeatable that it does not know, and leaves them."""
    old = {"V1__notes.sql": NOTES}
    application.migrate(old | {"V2__more.sql": "SELECT 1;", "R__view.sql": "SELECT 2;"})
    back = application.migrate(old)
    assert (back.version, back.applied) == ("2", ())


@pytest.mark.parametrize("files", [{}, {"README.md": "# later"}], ids=["no file", "no migration"])
def test_an_image_without_migrations_is_an_error(application: Application, files: dict[str, str]) -> None:
    """Flyway would say success."""
    assert "holds no migration" in application.refusal(files).message


def test_a_name_that_flyway_would_skip_is_an_error(application: Application) -> None:
    error = application.refusal({"V1__notes.sql": NOTES, "V2_one_underscore.sql": "SELECT 1;"})
    assert "V2_one_underscore.sql" in str(error)


def test_an_image_that_is_not_there_is_said(application: Application) -> None:
    with pytest.raises(EngineFailed, match="is not on local"):
        application.run("localhost:1/nope:none")


def test_a_wrong_password_is_said_in_postgres_words(application: Application) -> None:
    application.cluster.psql(f"ALTER ROLE \"{application.spec.owner}\" PASSWORD 'by hand';")
    assert "password authentication failed" in str(application.refusal({"V1__notes.sql": NOTES}))


def test_a_stop_rolls_back_what_was_open(application: Application) -> None:
    """At once, though Postgres is in the middle of a statement; the same command goes on afterwards."""
    slow = application.image({"V1__slow.sql": "CREATE TABLE half (a int);\nSELECT pg_sleep(60);\n"})
    run = Background(application, slow)
    until(lambda: application.sessions() != "0" and "pg_sleep" in running(application))
    run.stop.set()
    assert isinstance(run.result(), Interrupted)
    assert (application.sessions(), application.is_gone()) == ("0", True)
    assert application.sql("SELECT to_regclass('public.half') IS NULL;") == "t"
    assert application.migrate({"V1__slow.sql": "SELECT 1;"}).version == "1"


def running(application: Application) -> str:
    return application.cluster.psql(
        f"SELECT query FROM pg_stat_activity WHERE datname = '{application.spec.name}' AND state = 'active';"
    )


def test_the_run_of_a_killed_release_is_let_finish(application: Application) -> None:
    """Its container goes on by itself; the next release waits for it, and finds its work done."""
    files = {"V1__slow.sql": "SELECT pg_sleep(2);\nCREATE TABLE slow (a int);\n"}
    image = application.image(files)
    start_and_leave(application, image)
    done = application.run(image)
    assert (done.version, done.applied) == ("1", ())
    assert "waits for the migration of an interrupted release" in application.told()


def test_a_stop_also_ends_the_run_of_a_killed_release(application: Application) -> None:
    """Whoever waits for it may give up, and then nothing of it goes on."""
    image = application.image({"V1__slow.sql": "SELECT pg_sleep(60);\n"})
    start_and_leave(application, image)
    until(lambda: "pg_sleep" in running(application))
    with pytest.raises(Interrupted):
        application.run(image, stopped=lambda: True)
    assert (application.sessions(), application.history().rows) == ("0", ())


def test_a_killed_concurrent_index_does_not_stand_in_the_way(application: Application) -> None:
    """Postgres notices that its Flyway is gone and ends the build; what that leaves goes at the next run."""
    files = {"V1__notes.sql": NOTES, "V2__i.sql": "CREATE INDEX CONCURRENTLY i ON notes (id);"}
    application.migrate({"V1__notes.sql": NOTES})
    image = application.image(files)
    with in_the_way(application):
        start_and_leave(application, image)
        until(lambda: "CONCURRENTLY" in running(application))
        application.cluster.home.docker.kill(application.container)
        until(lambda: application.sessions() == "0")
    assert [str(index) for index in application.history().invalid_indexes] == ["public.i"]
    assert application.run(image).applied == ("V2__i.sql",)
    assert application.history().invalid_indexes == ()


@contextmanager
def in_the_way(application: Application) -> Iterator[None]:
    """A transaction that a concurrent index has to wait for."""

    def hold() -> None:
        with pytest.raises(DatabaseFailed, match="terminating connection"):
            application.sql("BEGIN; UPDATE public.notes SET id = 1; SELECT pg_sleep(50);")

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        until(lambda: "pg_sleep" in running(application))
        yield
        application.cluster.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(50)%'"
            " AND pid <> pg_backend_pid();"
        )
        held.result()


def start_and_leave(application: Application, image: str) -> None:
    """What a homeport that is killed right after the start leaves behind."""
    home, spec = application.cluster.home, application.spec
    home.docker.create_container(
        image,
        name=application.container,
        command=migrate_arguments(spec.name, spec.owner, {"homeport_app": spec.app}),
        environment={"FLYWAY_PASSWORD": spec.owner_password.reveal()},
        host_config=home.docker.create_host_config(network_mode=home.network("data")),
        labels=home.labels(),
    )
    home.docker.start(application.container)
