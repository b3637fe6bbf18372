"""`setup` again, with other service images: what those who use the base notice, and what is never lost."""

import http.client
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.installation import Installation, kill_group, probe_application
from tests.support.other_images import other_service_images

pytestmark = pytest.mark.docker
HOST = "probe.localhost"
SERVICES = ("gateway", "postgres", "registry")
SLOW = "/slow?seconds=3"
TAKEN = 1.5  # seconds after which a request that was not refused was in flight
NOTHING = "Nothing to do: the base is as it should be."


@dataclass
class SlowRequests:
    """Requests of three seconds, each on a connection of its own. `answered` are (sent, answered) of those that were;
    `cut` says how those ended that had been taken and got no answer; `refused` is when others were not let in."""

    port: int
    answered: list[tuple[float, float]] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, threads: int = 6) -> Iterator[None]:
        asking = [threading.Thread(target=self._ask_on) for _ in range(threads)]
        for thread in asking:
            thread.start()
            time.sleep(3 / threads)
        try:
            yield
        finally:
            self.ended.set()
            for thread in asking:
                thread.join()

    def _ask_on(self) -> None:
        while not self.ended.is_set():
            sent = time.monotonic()
            try:
                status = self._ask()
            except (OSError, http.client.HTTPException) as error:
                self._failed(sent, repr(error))
            else:
                self.answered.append((sent, time.monotonic()))
                if status != 200:
                    self.cut.append(f"status {status}")

    def _failed(self, sent: float, reason: str) -> None:
        if time.monotonic() - sent > TAKEN:
            self.cut.append(reason)
        else:
            self.refused.append(sent)
            time.sleep(0.05)

    def _ask(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", SLOW, headers={"Host": HOST, "Connection": "close"})
            return connection.getresponse().status
        finally:
            connection.close()


@dataclass
class Writer:
    """Inserts rows one by one; `acknowledged` are the numbers whose commit Postgres has confirmed."""

    installation: Installation
    acknowledged: list[int] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        self.installation.psql("CREATE TABLE kept (number integer)")
        thread = threading.Thread(target=self._write_on)
        thread.start()
        try:
            yield
        finally:
            self.ended.set()
            thread.join()

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


def test_an_upgrade_cuts_no_request_and_loses_no_row(installation: Installation, tmp_path: Path) -> None:
    """The plan says what it costs before the yes. Requests in flight are answered by the old gateway while nobody else
    is let in; every row whose commit was confirmed is there."""
    before = _images(installation)
    installation.variables = {}
    plan = installation.homeport("setup", "--images", "built", cwd=installation.folder / "infrastructure", returncode=1)
    for name, said in (
        ("gateway", "no new connection for about"),
        ("registry", "no push"),
        ("postgres", "no database"),
    ):
        (line,) = (line for line in plan.stderr.splitlines() if f"container {name}" in line)
        assert said in line
    assert before == _images(installation), "nothing changed without a yes"
    requests, writer = SlowRequests(installation.http), Writer(installation)
    with requests.running(), writer.running():
        installation.setup()
        time.sleep(1)
    assert [] == requests.cut
    assert any(sent < requests.refused[0] < answered for sent, answered in requests.answered), "some were in flight"
    written = {int(number) for number in installation.psql("SELECT number FROM kept").split()}
    assert writer.acknowledged
    assert set() == set(writer.acknowledged) - written
    assert {name: image for name, image in _images(installation).items() if before[name] == image} == {}
    assert NOTHING in installation.setup().stdout
    assert not [name for name in installation.containers() if name.endswith(("-next", "-leaving"))]


def test_an_image_that_does_not_start_leaves_the_old_one_running(installation: Installation, tmp_path: Path) -> None:
    """The failure is told, with the log; routes and registry go on, and the next setup with a good image is quiet."""
    installation.variables = {}
    installation.setup()
    before = _images(installation)
    with other_service_images(tmp_path, f"{installation.instance}-broken", broken="gateway") as variables:
        installation.variables = variables
        failed = installation.setup(returncode=1).stderr
        installation.variables = {}
    assert "was not replaced: the old one runs again" in failed
    assert "gateway exited with code 1" in failed
    assert before["gateway"] == _images(installation)["gateway"]
    assert 200 == installation.get(HOST).status
    installation.setup()
    assert before == _images(installation)
    assert 200 == installation.get(HOST).status


@pytest.mark.parametrize(
    "moment",
    [pytest.param("created", marks=pytest.mark.long), "stopped", pytest.param("started", marks=pytest.mark.long)],
)
def test_an_upgrade_that_is_killed_is_gone_on_with(installation: Installation, tmp_path: Path, moment: str) -> None:
    """`kill -9` before the gateway is stopped, between the two, and before the new one has its name."""
    installation.variables = {}
    installation.setup()
    gateway = f"{installation.instance}-gateway"
    with other_service_images(tmp_path, f"{installation.instance}-{moment}") as variables:
        installation.variables = variables
        running = installation.start("setup", "--yes", cwd=installation.folder / "infrastructure")
        _wait_for(installation, gateway, moment)
        kill_group(running)
        running.communicate()
        installation.setup()
        assert NOTHING in installation.setup().stdout
        assert 200 == installation.get(HOST).status
        assert {gateway} == {name for name in installation.containers() if "gateway" in name}
        installation.variables = {}
        installation.setup()


def _wait_for(installation: Installation, gateway: str, moment: str) -> None:
    """Until the replacement of the gateway is as far as that, or further."""
    wanted = {"created": {"created"}, "stopped": {"exited"}, "started": {"running"}}[moment]
    name = gateway if moment == "stopped" else f"{gateway}-next"
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found = installation.client.containers(all=True, filters={"name": f"^/{name}$"})
        if found and found[0]["State"] in wanted:
            return
        time.sleep(0.005)
    raise TimeoutError(f"{name} was never {moment}")
