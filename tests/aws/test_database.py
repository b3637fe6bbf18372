"""A database on RDS: its roles, its migrations by real Flyway, and what a failing one says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import docker
import pytest

from homeport.aws import Session
from homeport.aws.drivers import AwsDrivers
from homeport.aws.emulator import Running
from homeport.aws.rds_roles import RolesSpec
from homeport.aws.registry import open_registry
from homeport.aws.tasks import Ended, TaskSpec
from homeport.errors import DatabaseFailed, MigrationFailed
from homeport.events import Event, ignore
from homeport.releases.migrations import callbacks, migrations_dockerfile
from tests.support.images import service_images
from tests.support.pushed import push
from tests.support.tasks import Cluster, Database, login_of, make_secret

NOTES = Path(__file__).parents[2] / "examples" / "notes" / "db" / "migrations"


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def account(emulator: Running) -> Session:
    return Session(emulator.region, emulator.account)


@pytest.fixture(scope="module")
def cluster(account: Session) -> Cluster:
    return Cluster.make(account)


@pytest.fixture(scope="module")
def instance(account: Session) -> Database:
    return Database.make(account)


@pytest.fixture
def drivers(account: Session) -> AwsDrivers:
    return AwsDrivers(account, "a test")


@pytest.fixture
def spec(account: Session, cluster: Cluster, instance: Database) -> RolesSpec:
    """A database of the test's own in the instance."""
    name = f"notes_{uuid4().hex[:8]}"
    owner, app = (make_secret(account, f"homeport/{name}/database-{role}") for role in ("owner", "app"))
    return RolesSpec(name, instance.host, instance.port, owner, app, ("pg_trgm",), instance.psql(cluster))


@pytest.fixture
def ask(
    account: Session, cluster: Cluster, instance: Database, drivers: AwsDrivers
) -> Callable[[str, str, str], Ended]:
    """Runs SQL by the login that a secret holds, in a database."""

    def do(arn: str, database: str, sql: str) -> Ended:
        login = login_of(account, arn)
        variables = {"PGHOST": instance.host, "PGPORT": str(instance.port), "PGSSLMODE": "require"}
        variables |= {"PGUSER": login["username"], "PGPASSWORD": login["password"], "PGDATABASE": database}
        query = ["psql", "-XAtc", sql]
        spec = cluster.define("asks", account.endpoints.client_image, query, environment=variables)
        return drivers.tasks.run(spec, stopped=never)

    return do


def test_roles_log_in_and_repeat_keeps_the_passwords(
    account: Session, drivers: AwsDrivers, spec: RolesSpec, ask: Callable[..., Ended]
) -> None:
    """The owner owns the database and is no superuser; a second run changes no login."""
    drivers.roles.ensure(spec, stopped=never, emit=ignore)
    before = login_of(account, spec.app_secret)
    drivers.roles.ensure(spec, stopped=never, emit=ignore)
    owner = ask(
        spec.owner_secret,
        spec.name,
        "SELECT current_user, rolsuper, pg_get_userbyid(datdba) FROM pg_roles, pg_database "
        "WHERE rolname = current_user AND datname = current_database()",
    )
    assert before == login_of(account, spec.app_secret)
    assert [f"{spec.owner}|f|{spec.owner}"] == list(owner.lines)
    assert ["pg_trgm"] == list(
        ask(spec.app_secret, spec.name, "SELECT extname FROM pg_extension WHERE oid > 16384").lines
    )
    assert drivers.roles.are_kept(spec)


def test_a_login_that_was_removed_is_not_kept(account: Session, drivers: AwsDrivers, spec: RolesSpec) -> None:
    """Only that it is there is looked at: who plans may read no value."""
    manager = account.client("secretsmanager")
    gone = manager.create_secret(Name="homeport/shop/production/database-gone", SecretString="{}")["ARN"]
    manager.delete_secret(SecretId=gone, ForceDeleteWithoutRecovery=True)
    assert not drivers.roles.are_kept(replace(spec, app_secret=gone))


def test_another_applications_database_is_closed(
    account: Session, drivers: AwsDrivers, spec: RolesSpec, ask: Callable[..., Ended]
) -> None:
    """A login opens its own database only."""
    other = replace(
        spec,
        name=f"{spec.name}_other",
        owner_secret=make_secret(account, f"homeport/{spec.name}_other/owner"),
        app_secret=make_secret(account, f"homeport/{spec.name}_other/app"),
    )
    for one in (spec, other):
        drivers.roles.ensure(one, stopped=never, emit=ignore)
    refused = ask(other.app_secret, spec.name, "SELECT 1")
    assert 2 == refused.exit_code
    assert "permission denied for database" in refused.output


def test_an_extension_that_is_not_there_is_postgres_words(drivers: AwsDrivers, spec: RolesSpec) -> None:
    """What RDS does not allow fails before anything serves, in Postgres's own words."""
    with pytest.raises(DatabaseFailed) as failed:
        drivers.roles.ensure(replace(spec, extensions=("no_such",)), stopped=never, emit=ignore)
    assert 'extension "no_such" is not available' in failed.value.detail


def test_no_password_is_in_the_tasks_variables(account: Session, drivers: AwsDrivers, spec: RolesSpec) -> None:
    """A task's overrides are readable to whoever may describe it: they hold verifiers only. The search finds them."""
    drivers.roles.ensure(spec, stopped=never, emit=ignore)
    ecs = account.client("ecs")
    ran = ecs.list_tasks(cluster=spec.task.cluster, startedBy=spec.task.started_by, desiredStatus="STOPPED")["taskArns"]
    said = str(ecs.describe_tasks(cluster=spec.task.cluster, tasks=ran)["tasks"])
    assert "SCRAM-SHA-256$" in said and spec.name in said
    for arn in (spec.owner_secret, spec.app_secret):
        assert login_of(account, arn)["password"] not in said


@pytest.fixture
def migrations(
    account: Session, cluster: Cluster, instance: Database, drivers: AwsDrivers, spec: RolesSpec
) -> Iterator[Callable[[dict[str, str]], TaskSpec]]:
    """Makes an image of SQL files, and the task that runs it as the owner of a database that is there."""
    drivers.roles.ensure(spec, stopped=never, emit=ignore)
    client = docker.APIClient(timeout=120)
    repository = f"api/{spec.name}-migrations"
    account.client("ecr").create_repository(repositoryName=repository)

    def make(files: dict[str, str]) -> TaskSpec:
        context = {f"sql/{name}": text for name, text in files.items()}
        context |= {f"callbacks/{name}": text for name, text in callbacks().items()}
        context["Dockerfile"] = migrations_dockerfile(service_images().flyway)
        image = push(client, open_registry(account), repository, context)
        arguments = [
            f"-url=jdbc:postgresql://{instance.host}:{instance.port}/{spec.name}?sslmode=require",
            *("-outputType=json", "-locations=filesystem:/flyway/sql,filesystem:/flyway/callbacks"),
            *("-postgresql.transactional.lock=false", "-placeholders.longest_tag=24"),
            *(f"-placeholders.homeport_app={spec.app}", "migrate"),
        ]
        login = {"FLYWAY_USER": f"{spec.owner_secret}:username::", "FLYWAY_PASSWORD": f"{spec.owner_secret}:password::"}
        return cluster.define("flyway", image.at(account.registry_host), arguments, secrets=login)

    yield make
    client.close()


def test_the_examples_migrations_run_once(
    drivers: AwsDrivers, spec: RolesSpec, migrations: Callable[..., TaskSpec], ask: Callable[..., Ended]
) -> None:
    """Flyway brings the schema up, concurrent index and repeatable included; again it does nothing; the app role may
    write."""
    files = {file.name: file.read_text() for file in NOTES.iterdir()}
    task, events = migrations(files), []
    first = drivers.migrations.run(task, subject="notes", stopped=never, emit=events.append)
    again = drivers.migrations.run(task, subject="notes", stopped=never, emit=events.append)
    assert ("4", set(files)) == (first.version, set(first.applied))
    assert ("4", ()) == (again.version, again.applied)
    assert "nothing to do; schema at version 4" == events[-1].text
    assert isinstance(events[-1], Event)
    wrote = ask(spec.app_secret, spec.name, "INSERT INTO notes (body) VALUES ('on AWS') RETURNING body")
    assert "on AWS" == wrote.lines[0]


def test_a_failing_migration_names_file_line_and_state(
    drivers: AwsDrivers, migrations: Callable[..., TaskSpec]
) -> None:
    """The message is what a person needs to correct it: as at home, with the statement."""
    task = migrations({"V1__a.sql": "CREATE TABLE a (x int);\n\nINSERT INTO a\nVALUES ('no number');\n"})
    with pytest.raises(MigrationFailed) as failed:
        drivers.migrations.run(task, subject="notes", stopped=never, emit=ignore)
    assert failed.value.message.startswith("V1__a.sql, line 3: ERROR: invalid input syntax for type integer")
    assert "(SQL state 22P02)" in failed.value.message
    assert "INSERT INTO a\nVALUES ('no number');" in failed.value.detail
