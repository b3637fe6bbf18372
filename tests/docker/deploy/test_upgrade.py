"""`setup` again, with other service images: what those who use the base notice, and what is never lost."""

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.full_load import loaded
from tests.support.installation import Installation, kill_group, probe_application, registry_password
from tests.support.load import Load
from tests.support.other_images import other_service_images
from tests.support.running import wait_until
from tests.support.slow_requests import SlowRequests
from tests.support.threads import going_on
from tests.support.uploads import Uploads

pytestmark = pytest.mark.docker
HOST = "probe.localhost"
SERVICES = ("gateway", "postgres", "registry")
NOTHING = "Nothing to do: the base is as it should be."


@dataclass
class Writer:
    """Inserts rows one by one; `acknowledged` are the numbers whose commit Postgres has confirmed."""

    installation: Installation
    acknowledged: list[int] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        self.installation.psql("CREATE TABLE kept (number integer)")
        with going_on(self.ended, [self._write_on]):
            yield

    def _write_on(self) -> None:
        number = 0
        while not self.ended.is_set():
            number += 1
            try:
                self.installation.psql(f"INSERT INTO kept VALUES ({number})")
            except subprocess.CalledProcessError:
                continue
            self.acknowledged.append(number)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A base on images of other names, with an application; `upgrade` takes the names of this homeport."""
    folder = tmp_path_factory.mktemp("installation")
    made = Installation(folder)
    with other_service_images(folder, made.instance) as variables:
        try:
            made.variables = variables
            made.setup("--images", "built")
            made.homeport("up", "--yes", cwd=probe_application(folder, database=True))
            yield made
        finally:
            made.remove()


def _images(installation: Installation) -> dict[str, str]:
    return {name: installation.inspect(f"{installation.instance}-{name}")["Config"]["Image"] for name in SERVICES}


def blobs(installation: Installation) -> set[str]:
    """Digests that the registry has on its disk."""
    place = "/var/lib/registry/docker/registry/v2/blobs/sha256"
    command = ["docker", "exec", f"{installation.instance}-registry", "sh", "-c", f"ls {place}/*"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {f"sha256:{line}" for line in said.split()}


def _leftovers(installation: Installation) -> list[str]:
    return [name for name in installation.containers() if name.endswith(("-next", "-leaving"))]


def test_an_upgrade_loses_no_request_and_no_row(installation: Installation) -> None:
    """The plan says what it costs before the yes. Everybody is let in, requests that the old gateway has in hand are
    answered by it, and every row whose commit was confirmed is there. The front stays as it is."""
    before = _images(installation)
    front = installation.inspect(f"{installation.instance}-front")["Id"]
    installation.variables = {}
    plan = installation.homeport("setup", "--images", "built", cwd=installation.folder / "infrastructure", returncode=1)
    for name, said in (
        ("gateway", "nobody is turned away"),
        ("registry", "pushes and pulls wait"),
        ("postgres", "requests wait"),
    ):
        (line,) = (line for line in plan.stderr.splitlines() if f"container {name}" in line)
        assert said in line
    assert before == _images(installation), "nothing changed without a yes"
    writer = Writer(installation)
    uploads = Uploads(installation.registry, registry_password(installation))
    with loaded(installation.http, HOST, "--seconds=180") as seen, writer.running(), uploads.running():
        gateway = installation.inspect(f"{installation.instance}-gateway")["Id"]
        installation.setup()
        time.sleep(1)
    assert [] == seen.failures
    assert seen.slow, "some requests took longer than the switch"
    written = {int(number) for number in installation.psql("SELECT number FROM kept").split()}
    assert writer.acknowledged
    assert set() == set(writer.acknowledged) - written
    assert [] == uploads.failed
    assert len(uploads.done) > 6
    assert set(uploads.done) <= blobs(installation)
    assert {name for name, image in _images(installation).items() if before[name] == image} == set()
    assert gateway != installation.inspect(f"{installation.instance}-gateway")["Id"]
    assert front == installation.inspect(f"{installation.instance}-front")["Id"]
    assert NOTHING in installation.setup().stdout
    assert [] == _leftovers(installation)


def test_the_front_is_upgraded_when_it_is_asked_for(installation: Installation) -> None:
    """Requests in flight are answered while nobody else is let in. Until then doctor names it."""
    installation.variables = {}
    installation.setup()
    front, gateway = f"{installation.instance}-front", f"{installation.instance}-gateway"
    found = installation.homeport("doctor", returncode=None).stdout
    assert "the front runs another HAProxy than the gateway" in found
    assert "--with-front" in found
    plan = installation.homeport("setup", "--with-front", cwd=installation.folder / "infrastructure", returncode=1)
    (line,) = (line for line in plan.stderr.splitlines() if "container front" in line)
    assert "no new connection for about" in line
    requests = SlowRequests(installation.http, HOST)
    with requests.running():
        installation.setup("--with-front")
        time.sleep(1)
    assert [] == requests.cut
    assert any(sent < requests.refused[0] < answered for sent, answered in requests.answered), "some were in flight"
    assert installation.inspect(gateway)["Image"] == installation.inspect(front)["Image"]
    assert "another HAProxy" not in installation.homeport("doctor", returncode=None).stdout
    assert NOTHING in installation.setup().stdout


def test_an_upgrade_of_the_front_that_is_stopped_lets_everybody_in_again(
    installation: Installation, tmp_path: Path
) -> None:
    """Ctrl-C while the last requests through it end: there is no way back for HAProxy then but to start anew."""
    installation.variables = {}
    installation.setup()
    front = installation.inspect(f"{installation.instance}-front")["Id"]
    requests = SlowRequests(installation.http, HOST)
    with other_service_images(tmp_path, f"{installation.instance}-front") as variables, requests.running():
        installation.variables = variables
        running = installation.start("setup", "--yes", "--with-front", cwd=installation.folder / "infrastructure")
        try:
            until = time.monotonic() + 120
            while not requests.refused:
                assert time.monotonic() < until, "everybody was let in"
                time.sleep(0.01)
        finally:
            kill_group(running, signal.SIGINT)
            said, _ = running.communicate()
        assert 130 == running.returncode, said
        installation.get(HOST)
        assert front == installation.inspect(f"{installation.instance}-front")["Id"]
        installation.variables = {}
        installation.setup()


def test_an_image_that_does_not_start_leaves_the_old_one_serving(installation: Installation, tmp_path: Path) -> None:
    """The failure is told, with the log; nobody notices, and the next setup with a good image is quiet."""
    installation.variables = {}
    installation.setup()
    before = _images(installation)
    with (
        other_service_images(tmp_path, f"{installation.instance}-broken", broken="gateway") as variables,
        Load(installation.http, HOST, ("/",)).running() as load,
    ):
        installation.variables = variables
        failed = installation.setup(returncode=1).stderr
        installation.variables = {}
        assert "was not replaced: the old one goes on" in failed
        assert "gateway exited with code 1" in failed
        assert before["gateway"] == _images(installation)["gateway"]
        installation.setup()
    assert [] == load.failures
    assert before == _images(installation)


def test_a_registry_that_does_not_start_leaves_the_old_one_running(installation: Installation, tmp_path: Path) -> None:
    """It had to stop before the new one could start, and is started again."""
    installation.variables = {}
    installation.setup()
    before = _images(installation)
    with other_service_images(tmp_path, f"{installation.instance}-broken", broken="registry") as variables:
        installation.variables = variables
        failed = installation.setup(returncode=1).stderr
        installation.variables = {}
    assert "was not replaced: the old one runs again" in failed
    assert "registry exited with code 1" in failed
    assert before["registry"] == _images(installation)["registry"]
    assert installation.inspect(f"{installation.instance}-registry")["State"]["Running"]
    installation.setup()
    assert before == _images(installation)


@pytest.mark.parametrize("moment", ["created", pytest.param("running", marks=pytest.mark.long), "nameless", "leaving"])
def test_an_upgrade_of_the_gateway_that_is_killed_is_gone_on_with(
    installation: Installation, tmp_path: Path, moment: str
) -> None:
    """`kill -9` before the next one is started, before the old one has lost its name, before the next one has it, and
    while the old one ends what it has in hand: nobody notices, not even while the next setup goes on."""
    installation.variables = {}
    installation.setup()
    gateway = f"{installation.instance}-gateway"
    with other_service_images(tmp_path, f"{installation.instance}-{moment}") as variables:
        installation.variables = variables
        with loaded(installation.http, HOST, "--seconds=300") as seen:
            _kill_when(
                installation,
                f"{gateway}-leaving" if moment == "leaving" else f"{gateway}-next",
                "running" if moment == "nameless" else moment,
            )
            if moment == "nameless" and f"{gateway}-next" in installation.containers():  # else it was quicker
                installation.client.update_container(f"{gateway}-next", restart_policy={"Name": "always"})
                installation.client.update_container(gateway, restart_policy={"Name": "no"})
                installation.client.rename(gateway, f"{gateway}-leaving")
            if moment == "leaving":  # the old one does not come back with the server: the new one does
                serving = f"{gateway}-next" if f"{gateway}-next" in installation.containers() else gateway
                assert "always" == installation.inspect(serving)["HostConfig"]["RestartPolicy"]["Name"]
            installation.setup()
            assert NOTHING in installation.setup().stdout
            time.sleep(1)
        assert [] == seen.failures
        assert {gateway} == {name for name in installation.containers() if "gateway" in name}
        assert "always" == installation.inspect(gateway)["HostConfig"]["RestartPolicy"]["Name"]
        installation.variables = {}
        installation.setup()


def test_a_gateway_that_came_back_before_it_was_let_go_of(installation: Installation, tmp_path: Path) -> None:
    """After a `kill -9` the old one was started anew, and has taken its sockets back: the next setup sees to it."""
    installation.variables = {}
    installation.setup()
    gateway = f"{installation.instance}-gateway"
    with other_service_images(tmp_path, f"{installation.instance}-back") as variables:
        installation.variables = variables
        _kill_when(installation, f"{gateway}-next", "running")
        installation.client.restart(gateway, timeout=0)
        wait_until(lambda: installation.get(HOST).status == 200, "the old gateway")
        installation.setup()
        assert 200 == installation.get(HOST).status
        assert {gateway} == {name for name in installation.containers() if "gateway" in name}
        installation.variables = {}
        installation.setup()


def test_an_upgrade_of_postgres_that_is_killed_is_gone_on_with(installation: Installation, tmp_path: Path) -> None:
    """`kill -9` between the old one's stop and the new one's start."""
    installation.variables = {}
    installation.setup()
    postgres = f"{installation.instance}-postgres"
    with other_service_images(tmp_path, f"{installation.instance}-postgres") as variables:
        installation.variables = variables
        _kill_when(installation, postgres, "exited")
        installation.setup()
        assert NOTHING in installation.setup().stdout
        assert "1" == installation.psql("SELECT 1").strip()
        assert {postgres} == {name for name in installation.containers() if "postgres" in name}
        installation.variables = {}
        installation.setup()


def _kill_when(installation: Installation, name: str, state: str) -> None:
    """Run setup, and kill it when the container of that name is there, in that state of the engine's (`leaving`: in
    whatever state)."""
    running = installation.start("setup", "--yes", cwd=installation.folder / "infrastructure")
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            found = installation.client.containers(all=True, filters={"name": f"^/{name}$"})
            if found and state in ("leaving", found[0]["State"]):
                return
            time.sleep(0.005)
        raise TimeoutError(f"{name} was never {state}")
    finally:
        kill_group(running)
        running.communicate()
