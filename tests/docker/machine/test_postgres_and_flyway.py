"""The built Postgres and Flyway, as they are used: without root, without capabilities, read-only."""

import json
from pathlib import Path

import pytest

from homeport.machine.images import ServiceImages
from tests.docker.machine.conftest import Bench, until

pytestmark = pytest.mark.docker

PASSWORD = "a-password"
URL = "jdbc:postgresql://postgres:5432/notes"


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("secret") / "password"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o444)
    for folder in (file.parent, file.parent.parent, file.parent.parent.parent):
        folder.chmod(0o755)
    return file


@pytest.fixture(scope="module", autouse=True)
def postgres(bench: Bench, images: ServiceImages, secret: Path) -> None:
    container = bench.start(
        images.postgres,
        name="postgres",
        user="999",
        tmpfs={"/tmp": "", "/var/run/postgresql": "uid=999,gid=999"},
        volumes=[f"{secret}:/run/secrets/password:ro"],
        environment={
            "POSTGRES_PASSWORD_FILE": "/run/secrets/password",
            "POSTGRES_USER": "owner",
            "POSTGRES_DB": "notes",
        },
    )
    until(lambda: container.exec_run(["pg_isready", "-h", "127.0.0.1"]).exit_code == 0)


def psql(bench: Bench, images: ServiceImages, password: str, statement: str) -> tuple[int, str]:
    return bench.run(
        images.postgres,
        *("psql", "-h", "postgres", "-U", "owner", "-d", "notes", "-At", "-c", statement),
        user="999",
        environment={"PGPASSWORD": password},
    )


def flyway(bench: Bench, images: ServiceImages, migrations: Path, verb: str) -> tuple[int, dict[str, object]]:
    code, said = bench.run(
        images.flyway,
        *(f"-url={URL}", "-user=owner", "-locations=filesystem:/migrations", "-failOnMissingLocations=true"),
        *("-outputType=json", verb),
        user="65534:65534",
        tmpfs={"/tmp": ""},
        volumes=[f"{migrations}:/migrations:ro"],
        environment={"FLYWAY_PASSWORD": PASSWORD},
    )
    return code, json.loads(said)


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    (tmp_path / "V1__notes.sql").write_text("CREATE TABLE notes (id int);\n")
    return tmp_path


def test_right_password_is_let_in(bench: Bench, images: ServiceImages) -> None:
    """The user, the password and the database are those that the environment names."""
    assert psql(bench, images, PASSWORD, "select current_user || current_database()") == (0, "ownernotes\n")


def test_wrong_password_is_refused(bench: Bench, images: ServiceImages) -> None:
    """Nobody on the network gets in without the password."""
    code, said = psql(bench, images, "another", "select 1")
    assert (code, "password authentication failed" in said) == (2, True)


def test_database_sorts_by_the_builtin_locale(bench: Bench, images: ServiceImages) -> None:
    """The same order under every C library, so a volume stays readable when the image changes."""
    answer = psql(bench, images, PASSWORD, "select datlocprovider, datlocale from pg_database where datname='notes'")
    assert answer == (0, "b|C.UTF-8\n")


def test_migration_is_applied(bench: Bench, images: ServiceImages, migrations: Path) -> None:
    """Standard output is one JSON document, and the exit code is 0."""
    code, said = flyway(bench, images, migrations, "migrate")
    assert (code, said["success"], said["migrationsExecuted"]) == (0, True, 1)


def test_failing_migration_exits_with_1(bench: Bench, images: ServiceImages, migrations: Path) -> None:
    """Without the flyway-reports jar, Flyway exits 0 on a failed migration."""
    (migrations / "V2__wrong.sql").write_text("SELECT nonsense FROM nowhere;\n")
    code, said = flyway(bench, images, migrations, "migrate")
    assert (code, said["success"]) == (1, False)


def test_missing_folder_exits_with_1(bench: Bench, images: ServiceImages, tmp_path: Path) -> None:
    """A migration that finds no folder must not pass for one with nothing to do."""
    code, _ = bench.run(
        images.flyway,
        *(f"-url={URL}", "-user=owner", "-locations=filesystem:/nowhere", "-failOnMissingLocations=true", "migrate"),
        tmpfs={"/tmp": ""},
        environment={"FLYWAY_PASSWORD": PASSWORD},
    )
    assert code == 1


def test_start_without_a_password_is_refused(bench: Bench, images: ServiceImages) -> None:
    """A cluster without a password is made only on request; the message names the variable."""
    code, said = bench.run(images.postgres, user="999", tmpfs={"/tmp": ""})
    assert (code, "POSTGRES_PASSWORD_FILE" in said) == (1, True)
