"""Databases and roles, on a real Postgres."""

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from homeport.database.sql import identifier, literal
from homeport.errors import DatabaseFailed, DatabaseNotReady, Refused
from homeport.home.execute import execute
from homeport.home.postgres import DatabaseSpec, Postgres
from homeport.home.roles import Seen, remedies
from homeport.host import Output
from homeport.secret import Secret
from tests.docker.home.conftest import SUPERUSER_PASSWORD
from tests.support.images import service_images
from tests.support.running import wait_until

pytestmark = pytest.mark.docker

REJECTING = 1  # pg_isready's exit code: it is there, and takes no session


def make_spec(prefix: str = "app") -> DatabaseSpec:
    name = f"{prefix}_{secrets.token_hex(3)}"
    return DatabaseSpec(
        name=name,
        owner=f"{name}_owner",
        app=f"{name}_app",
        belongs_to=f"{name}.home",
        owner_password=Secret(secrets.token_urlsafe(24)),
        app_password=Secret(secrets.token_urlsafe(24)),
    )


@pytest.fixture
def spec(cluster: Postgres) -> Iterator[DatabaseSpec]:
    made = make_spec()
    yield made
    cluster.drop(made.name, made.owner, made.app, belongs_to=made.belongs_to)


def over_tcp(cluster: Postgres, user: str, password: Secret, database: str, sql: str = "SELECT 1;") -> Output:
    """As an application would: by its address, with its password."""
    uri_free = ("env", f"PGPASSWORD={password.reveal()}", f"PGDATABASE={database}", f"PGUSER={user}")
    command = (*uri_free, "psql", "-X", "-At", "-h", "postgres", "-v", "ON_ERROR_STOP=1")
    return execute(cluster.home.docker, cluster.container, command, stdin=sql.encode())


def changes_of_roles(cluster: Postgres) -> str:
    """Differs as soon as any statement wrote to a role, a database or a comment on one."""
    return cluster.psql(
        "SELECT oid, xmin FROM pg_authid UNION ALL SELECT oid, xmin FROM pg_database "
        "UNION ALL SELECT objoid, xmin FROM pg_shdescription ORDER BY 1;"
    )


def test_a_cluster_that_ends_is_not_waited_for(cluster: Postgres) -> None:
    """The message says what Postgres said last."""
    client = cluster.home.docker
    name = f"{cluster.home.instance}-broken"
    client.create_container(service_images().postgres, name=name, labels=cluster.home.labels())
    client.start(name)
    client.wait(name)
    with pytest.raises(DatabaseNotReady, match="there is no password"):
        Postgres(cluster.home, name).wait_until_ready(timedelta(seconds=30))


@pytest.fixture
def recovering(cluster: Postgres) -> Postgres:
    """As after a crash with much to go over: it takes no session until it is told that there is no more."""
    client = cluster.home.docker
    name = f"{cluster.home.instance}-recovers-{secrets.token_hex(2)}"
    environment = {"POSTGRES_PASSWORD": SUPERUSER_PASSWORD, "PGDATA": "/var/lib/postgresql/kept"}
    host = client.create_host_config(network_mode="none")
    labels = cluster.home.labels()
    client.create_container(
        service_images().postgres, name=name, environment=environment, host_config=host, labels=labels
    )
    client.start(name)
    made = Postgres(cluster.home, name)
    made.wait_until_ready(timedelta(seconds=60))
    made.psql("ALTER SYSTEM SET hot_standby = off;\nALTER SYSTEM SET restore_command = 'false';")
    execute(client, name, ("touch", "/var/lib/postgresql/kept/standby.signal"))
    client.kill(name)
    client.start(name)
    return made


def _wait_until_it_recovers(cluster: Postgres) -> None:
    asked = lambda: execute(cluster.home.docker, cluster.container, ("pg_isready", "-q"))  # noqa: E731 - a question
    wait_until(lambda: asked().returncode == REJECTING, "the recovery")


def test_a_cluster_that_recovers_is_waited_for(recovering: Postgres) -> None:
    """Who asks before it takes sessions is answered when it does, and not refused."""
    client, name = recovering.home.docker, recovering.container
    with ThreadPoolExecutor() as threads:
        asked = [threads.submit(recovering.psql, "SELECT pg_is_in_recovery();") for _ in range(4)]
        _wait_until_it_recovers(recovering)
        time.sleep(1)
        assert not any(answer.done() for answer in asked)
        execute(client, name, ("su", "postgres", "-c", "pg_ctl promote -D /var/lib/postgresql/kept"))
        assert ["f"] * 4 == [answer.result() for answer in asked]


def test_a_recovery_that_takes_too_long_is_told(recovering: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Postgres's words, whoever asks: it is not taken for a database that is not there, and asked once more."""
    _wait_until_it_recovers(recovering)
    monkeypatch.setattr("homeport.home.postgres.STARTS_WITHIN", timedelta(seconds=1))
    with pytest.raises(DatabaseNotReady, match="was not ready within 1 s") as caught:
        recovering.look(make_spec())
    assert "the database system is" in caught.value.detail.splitlines()[0]


def test_statements_stop_at_the_first_error_in_postgres_words(cluster: Postgres) -> None:
    """What came before the error stays done, what comes after is not done."""
    with pytest.raises(DatabaseFailed) as caught:
        cluster.psql("SELECT 1;\nSELECT nope;\nCREATE TABLE public.after (a int);")
    assert 'ERROR:  column "nope" does not exist' in caught.value.detail
    assert "psql:" not in caught.value.detail
    assert cluster.psql("SELECT to_regclass('public.after') IS NOT NULL;") == "f"


def test_megabytes_go_in_and_come_out(cluster: Postgres) -> None:
    """Neither side waits for the other when both have more than a socket holds."""
    text = "x" * 3_000_000
    assert text == cluster.psql(f"SELECT '{text}';")


def test_a_database_is_made_whole_and_then_left_alone(cluster: Postgres, spec: DatabaseSpec) -> None:
    """The second call changes nothing at all."""
    assert cluster.look(spec) is None
    assert cluster.ensure_database(spec)
    before = changes_of_roles(cluster)
    assert cluster.ensure_database(spec) == ()
    assert before == changes_of_roles(cluster)
    found = cluster.look(spec)
    assert found is not None and (found.owner, found.changed) == (spec.owner, ())


def test_text_sorts_by_the_builtin_locale(cluster: Postgres, spec: DatabaseSpec) -> None:
    """So that a volume reads the same whatever the C library."""
    cluster.ensure_database(spec)
    columns = "datlocprovider, datlocale, pg_encoding_to_char(encoding)"
    question = f"SELECT {columns} FROM pg_database WHERE datname = {literal(spec.name)};"
    assert cluster.psql(question) == "b|C.UTF-8|UTF8"


def test_both_roles_log_in_with_their_password_only(cluster: Postgres, spec: DatabaseSpec) -> None:
    cluster.ensure_database(spec)
    for user, password in ((spec.owner, spec.owner_password), (spec.app, spec.app_password)):
        assert over_tcp(cluster, user, password, spec.name).returncode == 0
        refused = over_tcp(cluster, user, Secret("wrong"), spec.name)
        assert b"password authentication failed" in refused.stderr


def test_no_password_is_in_a_statement(cluster: Postgres, spec: DatabaseSpec) -> None:
    """The log holds every statement: it has the control that was planted, and no password."""
    cluster.ensure_database(replace(spec, app_password=Secret("another-password-for-a-moment")))
    cluster.ensure_database(spec)
    cluster.psql("SELECT 'planted-control';")
    log = cluster.home.docker.logs(cluster.container).decode()
    assert "planted-control" in log
    for secret in (spec.owner_password.reveal(), spec.app_password.reveal(), "another-password-for-a-moment"):
        assert secret not in log


@pytest.mark.parametrize(
    "name",
    ["with space", "quo\"te's", "$OWNER", "back\\slash", "select", "ünïcode", "semi;--", "a=b", "%s{0}"],
)
def test_any_name_is_only_a_name(cluster: Postgres, name: str) -> None:
    """Quoting holds in every statement that is sent, and nothing is left after the drop."""
    plain = make_spec()
    nasty = replace(plain, name=name, owner=f"{name} owner", app=f"{name} app", belongs_to=f"{name}.home")
    cluster.ensure_database(nasty)
    found = cluster.look(nasty)
    assert found is not None and found.changed == ()
    assert cluster.psql(f"SELECT current_database() = {literal(name)};", name) == "t"
    cluster.drop(nasty.name, nasty.owner, nasty.app, belongs_to=nasty.belongs_to)
    assert cluster.look(nasty) is None


def test_a_name_that_postgres_would_cut_is_refused(cluster: Postgres) -> None:
    """Two long names must not become one."""
    with pytest.raises(DatabaseFailed, match="63 bytes"):
        cluster.ensure_database(replace(make_spec(), name="n" * 64))


def test_four_at_once_make_one_database(cluster: Postgres, spec: DatabaseSpec) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: cluster.ensure_database(spec), range(4)))
    found = cluster.look(spec)
    assert found is not None and found.changed == ()


def test_a_database_that_a_rival_makes_between_two_looks_is_seen(cluster: Postgres, spec: DatabaseSpec) -> None:
    class Beside(Postgres):
        """Whenever it is refused, a rival is done before it can look why."""

        def psql(self, sql: str, database: str = "postgres", *, user: str = "postgres") -> str:
            try:
                return cluster.psql(sql, database, user=user)
            except DatabaseFailed:
                cluster.ensure_database(spec)
                raise

    assert () == Beside(cluster.home, cluster.container).ensure_database(spec)


def statements(spec: DatabaseSpec) -> list[str]:
    """Everything that a first call runs outside of the database, one statement (or transaction) a line."""
    nothing = Seen(None, None, False, {}, ("postgres", "template1"), None)
    return [line for remedy in remedies(spec, nothing) for line in remedy.sql.splitlines()]


@pytest.mark.parametrize("done", range(len(statements(make_spec()))))
def test_what_was_interrupted_is_completed(cluster: Postgres, spec: DatabaseSpec, done: int) -> None:
    """After a kill behind any statement the next call takes what is there and completes it."""
    cluster.psql("\n".join(statements(spec)[:done]))
    cluster.ensure_database(spec)
    found = cluster.look(spec)
    assert found is not None and found.changed == ()


BY_HAND = {
    "role {app} may not log in": 'ALTER ROLE "{app}" NOLOGIN;',
    "role {app} is a superuser and may create databases": 'ALTER ROLE "{app}" SUPERUSER CREATEDB;',
    "role {owner} may create roles": 'ALTER ROLE "{owner}" CREATEROLE;',
    "role {app} has a password that ends": "ALTER ROLE \"{app}\" VALID UNTIL 'tomorrow';",
    "role {app} has another password": "ALTER ROLE \"{app}\" PASSWORD 'by hand';",
    "role {owner} has another password": 'ALTER ROLE "{owner}" PASSWORD NULL;',
    "role {app} is a member of {owner}": 'GRANT "{owner}" TO "{app}";',
    "role {app} is missing": 'DROP OWNED BY "{app}"; DROP ROLE "{app}";',
    "database {name} is open to every role": 'GRANT CONNECT ON DATABASE "{name}" TO PUBLIC;',
    "database {name} belongs to postgres": 'ALTER DATABASE "{name}" OWNER TO postgres;',
    "a role of database {name} may not connect to it": 'REVOKE CONNECT ON DATABASE "{name}" FROM "{app}";',
    "database {name} has no comment": 'COMMENT ON DATABASE "{name}" IS NULL;',
    "database postgres is open to every role": "GRANT CONNECT ON DATABASE postgres TO PUBLIC;",
    "schema public is open to every role": "GRANT CREATE ON SCHEMA public TO PUBLIC;",
    "role {app} may create in schema public": 'GRANT CREATE ON SCHEMA public TO "{app}";',
    "extension pg_trgm is missing": "DROP EXTENSION pg_trgm;",
}


@pytest.mark.parametrize("words", BY_HAND)
def test_what_was_changed_by_hand_is_seen_and_put_right(cluster: Postgres, spec: DatabaseSpec, words: str) -> None:
    spec = replace(spec, extensions=("pg_trgm",))
    cluster.ensure_database(spec)
    names = {"name": spec.name, "owner": spec.owner, "app": spec.app}
    cluster.psql(BY_HAND[words].format(**names), spec.name)
    found = cluster.look(spec)
    assert found is not None and words.format(**names) in found.changed
    cluster.ensure_database(spec)
    mended = cluster.look(spec)
    assert mended is not None and mended.changed == ()


def test_an_extension_that_is_not_there_is_named(cluster: Postgres, spec: DatabaseSpec) -> None:
    with pytest.raises(DatabaseFailed, match='extension "nope" is not available'):
        cluster.ensure_database(replace(spec, extensions=("nope",)))


@pytest.mark.parametrize("kind", ["database", "role"])
def test_what_somebody_else_made_is_not_taken(cluster: Postgres, kind: str) -> None:
    """Neither made ours nor dropped; nothing of the attempt is there afterwards."""
    foreign = make_spec("theirs")
    name = foreign.name if kind == "database" else foreign.app
    cluster.psql(f"CREATE {kind} {identifier(name)};")
    before = changes_of_roles(cluster)
    with pytest.raises(Refused, match=f"has a {kind} {name} already"):
        cluster.ensure_database(foreign)
    with pytest.raises(Refused):
        cluster.drop(foreign.name, foreign.owner, foreign.app, belongs_to=foreign.belongs_to)
    assert before == changes_of_roles(cluster)
    cluster.psql(f"DROP {kind} {identifier(name)};")


def test_another_target_of_ours_is_not_taken(cluster: Postgres, spec: DatabaseSpec) -> None:
    cluster.ensure_database(spec)
    with pytest.raises(Refused, match=r"not made for other\.home"):
        cluster.ensure_database(replace(spec, belongs_to="other.home"))


def test_a_drop_ends_sessions_and_may_be_repeated(cluster: Postgres) -> None:
    spec = make_spec()
    cluster.ensure_database(spec)
    with ThreadPoolExecutor(1) as pool:
        asleep = pool.submit(over_tcp, cluster, spec.app, spec.app_password, spec.name, "SELECT pg_sleep(60);")
        while cluster.psql(f"SELECT count(*) FROM pg_stat_activity WHERE usename = {literal(spec.app)};") != "1":
            assert not asleep.done()
        cluster.drop(spec.name, spec.owner, spec.app, belongs_to=spec.belongs_to)
        assert asleep.result().returncode != 0
    assert cluster.look(spec) is None
    assert cluster.psql(f"SELECT count(*) FROM pg_roles WHERE rolname LIKE {literal(spec.name + '%')};") == "0"
    cluster.drop(spec.name, spec.owner, spec.app, belongs_to=spec.belongs_to)


@pytest.mark.parametrize("role", ["owner", "app"])
def test_an_application_cannot_reach_another(cluster: Postgres, spec: DatabaseSpec, role: str) -> None:
    """CONNECT, SELECT, SET ROLE and ALTER: each is refused, with Postgres's own reason."""
    other = make_spec("other")
    cluster.ensure_database(spec)
    cluster.ensure_database(other)
    user, password = (spec.owner, spec.owner_password) if role == "owner" else (spec.app, spec.app_password)

    def refusal(sql: str, database: str = spec.name) -> bytes:
        output = over_tcp(cluster, user, password, database, sql)
        assert output.returncode != 0
        return output.stderr

    for database in (other.name, "postgres", "template1"):
        assert b"permission denied for database" in refusal("SELECT 1;", database)
    assert b"cross-database references" in refusal(f'SELECT * FROM "{other.name}".public.notes;')
    for theirs in (other.owner, other.app, "postgres"):
        assert b"permission denied to set role" in refusal(f'SET ROLE "{theirs}";')
        assert b"permission denied to alter role" in refusal(f"ALTER ROLE \"{theirs}\" PASSWORD 'x';")
        assert b"permission denied" in refusal(f'GRANT "{theirs}" TO "{user}";')
    assert b"must be owner" in refusal(f'DROP DATABASE "{other.name}";')
    assert b"permission denied" in refusal("SELECT rolpassword FROM pg_authid;")
    assert b"permission denied" in refusal("COPY (SELECT 1) TO PROGRAM 'id';")
    assert b"permission denied" in refusal("CREATE DATABASE mine;")
    assert b"permission denied" in refusal("CREATE ROLE mine;")
    cluster.drop(other.name, other.owner, other.app, belongs_to=other.belongs_to)


def test_the_app_role_creates_nothing_but_temporary_tables(cluster: Postgres, spec: DatabaseSpec) -> None:
    cluster.ensure_database(spec)
    cluster.psql(f"GRANT USAGE ON SCHEMA public TO {identifier(spec.app)};", spec.name)
    refused = over_tcp(cluster, spec.app, spec.app_password, spec.name, "CREATE TABLE public.mine (a int);")
    assert b"permission denied for schema public" in refused.stderr
    assert over_tcp(cluster, spec.app, spec.app_password, spec.name, "CREATE TEMP TABLE t (a int);").returncode == 0


def test_an_owner_cannot_make_the_superuser_run_its_code(cluster: Postgres, spec: DatabaseSpec) -> None:
    """Operators and functions that stand in the database are never on the superuser's search path."""
    cluster.ensure_database(spec)
    trap = f"""
        CREATE FUNCTION public.trap(name, name) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN EXECUTE 'ALTER ROLE {identifier(spec.owner)} SUPERUSER'; RETURN true; END $$;
        CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.trap);
        ALTER DATABASE {identifier(spec.name)} SET search_path = public, pg_catalog;
        ALTER ROLE {identifier(spec.owner)} SET search_path = public, pg_catalog;
    """
    made = over_tcp(cluster, spec.owner, spec.owner_password, spec.name, trap)
    assert made.returncode == 0, made.stderr
    assert cluster.look(spec) is not None
    cluster.ensure_database(replace(spec, extensions=("pg_trgm",)))
    assert cluster.psql(f"SELECT rolsuper FROM pg_roles WHERE rolname = {literal(spec.owner)};") == "f"
