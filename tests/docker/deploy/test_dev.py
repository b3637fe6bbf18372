"""`homeport dev` on a real engine: a database of one application, without a base."""

import json
import shlex
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

import docker
import pytest

from homeport.deploy.dev_place import Place
from homeport.home import network, subnets
from homeport.host import connect
from homeport.manifest import load
from tests.support.images import service_images
from tests.support.installation import Installation, probe_application

pytestmark = pytest.mark.docker
DATABASE = {"database": {"postgres": 17, "migrations": "migrations", "extensions": ["pg_trgm"]}}


@dataclass
class Clone:
    """A clone of the probe's repository. The command line runs in it; no base is ever set up."""

    folder: Path
    runner: Installation
    client: docker.APIClient = field(default_factory=docker.APIClient)

    def dev(self, *arguments: str, returncode: int = 0) -> subprocess.CompletedProcess[str]:
        return self.runner.homeport("dev", *arguments, cwd=self.folder, returncode=returncode)

    def json(self) -> dict[str, object]:
        made: dict[str, object] = json.loads(self.dev("--json").stdout)
        return made

    def write(self, script: str, sql: str) -> None:
        (self.folder / "migrations" / script).write_text(sql)

    def psql(self, sql: str) -> str:
        """By a client outside of the database's container, with nothing but the variables in an .env file."""
        file = self.folder / ".env"
        if not file.exists():
            file.write_text(self.dev().stdout)
        words = ["docker", "run", "--rm", "-i", "--network=host", f"--env-file={file}"]
        words += ["--entrypoint=psql", service_images().postgres, "-XqAt"]
        done = subprocess.run(words, input=sql, capture_output=True, text=True, timeout=60)
        return (done.stdout + done.stderr).strip()

    def container(self) -> dict[str, object]:
        found: dict[str, object] = self.client.inspect_container(str(self.json()["container"]))
        return found

    def left(self) -> list[str]:
        """What the engine has of this clone: containers, networks, volumes and images."""
        label = {"label": f"homeport.folder={self.folder / '.homeport' / 'dev.database'}"}
        containers = [one["Names"][0] for one in self.client.containers(all=True, filters=label)]
        networks = [one["Name"] for one in self.client.networks(filters=label)]
        volumes = [one["Name"] for one in self.client.volumes(filters=label)["Volumes"] or ()]
        images = [name for one in self.client.images(filters=label) for name in one["RepoTags"] or ()]
        return [*containers, *networks, *volumes, *images]


@contextmanager
def cloned(folder: Path) -> Iterator[Clone]:
    """The probe with a database; nothing of it is left on the engine afterwards."""
    made = Clone(probe_application(folder, services={}, **DATABASE), Installation(folder))
    try:
        yield made
    finally:
        made.dev("--remove", "--yes")
        assert [] == made.left()


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    with cloned(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """One for the tests that only use it."""
    with cloned(tmp_path_factory.mktemp("shared")) as made:
        yield made


def test_a_services_role_works_as_in_a_release(shared: Clone) -> None:
    """It reads and writes what the migrations made, makes nothing itself, and finds the extensions."""
    assert "probe_dev_app" == shared.psql("SELECT current_user")
    assert "a" == shared.psql("INSERT INTO things (name) VALUES ('a'); SELECT name FROM things")
    assert "permission denied" in shared.psql("CREATE TABLE more (id int)")
    assert "pg_trgm" == shared.psql("SELECT extname FROM pg_extension WHERE extname = 'pg_trgm'")


def test_a_second_run_changes_nothing(shared: Clone) -> None:
    """The same container on the same port, published on the loopback only; it says so."""
    first, before = shared.dev().stdout, shared.container()
    second = shared.dev()
    assert first == second.stdout
    assert "unchanged, at version 1" in second.stderr
    assert before["Id"] == shared.container()["Id"]
    host = before["HostConfig"]
    assert isinstance(host, dict)
    assert ["127.0.0.1"] == [binding["HostIp"] for binding in host["PortBindings"]["5432/tcp"]]


def test_data_and_port_outlive_a_stop(clone: Clone) -> None:
    """Stopping is no loss, and a client's settings stay right."""
    clone.psql("INSERT INTO things (name) VALUES ('kept')")
    before = (clone.folder / ".env").read_text()
    clone.dev("--stop")
    assert "did not run" in clone.dev("--stop").stderr
    assert before == clone.dev().stdout
    assert "kept" == clone.psql("SELECT name FROM things")


def test_an_edited_migration_is_refused_until_the_data_goes(clone: Clone) -> None:
    """Nothing is dropped unasked; `--reset` says what it takes, and takes it."""
    clone.psql("INSERT INTO things (name) VALUES ('old')")
    clone.write("V1__things.sql", "CREATE TABLE things (name text, edited bool);")
    refused = clone.dev(returncode=1).stderr
    assert "V1__things.sql was edited after it had run" in refused
    assert "homeport dev --reset" in refused
    assert "Nobody is here to say yes" in clone.dev("--reset", returncode=1).stderr
    clone.dev("--reset", "--yes")
    assert "0" == clone.psql("SELECT count(edited) FROM things")


def test_a_new_migration_fails_with_file_and_line_and_goes_on_mended(clone: Clone) -> None:
    """As in a release; only what is new runs."""
    assert "migrated by V1__things.sql" in clone.dev().stderr
    clone.write("V2__more.sql", "\nCREATE TABEL more (id int);")
    assert "V2__more.sql, line 2" in clone.dev(returncode=1).stderr
    clone.write("V2__more.sql", "CREATE TABLE more (id int);")
    assert (["V2__more.sql"], "2") == itemgetter("applied", "version")(clone.json())


def test_a_command_has_the_variables_and_gives_its_exit_code(shared: Clone) -> None:
    """Its output is all there is on standard output, and its options are its own."""
    done = shared.dev("--", "sh", "-c", 'echo "$PGDATABASE ${DATABASE_URL%%:*}"; exit 7', returncode=7)
    assert "probe_dev postgresql\n" == done.stdout
    assert "nosuch cannot be run" in shared.dev("--", "nosuch", returncode=127).stderr


def test_a_shell_takes_the_export_lines(shared: Clone) -> None:
    script = f'eval "$({shlex.join(shared.runner.command("dev", "--export"))})"; printenv PGUSER'
    done = subprocess.run(["sh", "-c", script], cwd=shared.folder, capture_output=True, text=True, timeout=60)
    assert "probe_dev_app\n" == done.stdout


def test_two_at_once_and_two_clones(clone: Clone, tmp_path: Path) -> None:
    """Who comes second waits and finds it done; another clone has a database of its own."""
    copy = Path(shutil.copytree(clone.folder, tmp_path / "elsewhere" / "probe"))
    other = Clone(copy, clone.runner)
    try:
        running = [one.runner.start("dev", "--json", cwd=one.folder) for one in (clone, clone, other)]
        said = [process.communicate(timeout=120)[0] for process in running]
        assert [0, 0, 0] == [process.returncode for process in running], said
        assert clone.json()["container"] != other.json()["container"]
        assert clone.json()["port"] != other.json()["port"]
    finally:
        other.dev("--remove", "--yes")
        assert [] == other.left()


def test_passwords_stay_with_their_owner(shared: Clone) -> None:
    """Nobody else reads them, and git does not see them."""
    shared.dev()
    files = list((shared.folder / ".homeport" / "dev.database" / "secrets").iterdir())
    assert files
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in files}
    subprocess.run(["git", "init", "-q"], cwd=shared.folder, check=True)
    seen = subprocess.run(["git", "status", "--porcelain", "-uall"], cwd=shared.folder, capture_output=True, text=True)
    assert "homeport.yaml" in seen.stdout
    assert ".homeport" not in seen.stdout


def test_what_it_needs_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database in the manifest, and an engine on this machine."""
    without = Clone(probe_application(tmp_path, "without"), Installation(tmp_path))
    assert "has no database in homeport.yaml" in without.dev(returncode=1).stderr
    having = Clone(probe_application(tmp_path, "having", services={}, **DATABASE), Installation(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", "unix:///nosuch/docker.sock")
    assert "install it with: homeport setup" in having.dev(returncode=1).stderr


def test_a_subnet_that_another_was_quicker_to_take_is_chosen_anew(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that are started at once may choose the same."""
    made: list[str] = []

    def overtaken(present: list[subnets.Network], *, instance: str) -> str:
        subnet = choose(present, instance=instance)
        if not made:
            pool = {"Driver": "default", "Config": [{"Subnet": subnet}]}
            made.append(clone.client.create_network(f"{instance}-other", ipam=pool)["Id"])
        return subnet

    choose = subnets.choose
    monkeypatch.setattr(subnets, "choose", overtaken)
    place = Place.of(load(clone.folder / "homeport.yaml"), clone.folder, connect("local"), "test")
    try:
        place.ensure_network()
        assert network.look(place.home, "data")
    finally:
        for other in made:
            clone.client.remove_network(other)
