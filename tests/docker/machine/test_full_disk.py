"""An engine whose disk is full: nobody who uses the application notices, and the next command goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.bare_machine import BareMachine, bare_machine, make_root

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.timeout(1800)]

REPOSITORY = Path(__file__).parents[3]
HOMEPORT = "homeport/.venv/bin/homeport"
NOTES = "http://notes.localhost/api/notes"
PLENTY = 8 << 30  # bytes
# Asks the application all the time: a line for each answer, the status of one that was none.
ASK = f"""
touch answers failures
while [ ! -e stop ]; do
  code=$(curl --silent --max-time 20 --output /dev/null --write-out '%{{http_code}}' {NOTES})
  echo "$code" >> answers; [ "$code" = 200 ] || echo "$code" >> failures
  sleep 0.05
done
"""


@dataclass(frozen=True)
class Disk:
    """The engine's disk: a file system in memory, whose size says what is free."""

    machine: BareMachine

    def leave(self, free: int) -> None:
        """So many bytes."""
        used = int(self.machine.run("df --block-size=1 --output=used /var/lib/docker | tail -1").stdout)
        self._resize(used + free)

    def grow(self) -> None:
        self._resize(PLENTY)

    def _resize(self, size: int) -> None:
        self.machine.run(f"mount -o remount,size={size} /var/lib/docker")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    """Of a machine on which the example answers."""
    archive = tmp_path_factory.mktemp("bare") / "root.tar"
    make_root(archive, packages=("mount", "curl"))
    with bare_machine(archive, "fulldisk", "10.254.80") as machine:
        machine.run(f"mkdir /var/lib/docker && mount -t tmpfs -o size={PLENTY} none /var/lib/docker")
        machine.put_checkout(REPOSITORY, "/root/homeport")
        machine.run("homeport/scripts/demo")
        machine.run(f'curl --fail --silent --json \'{{"body": "kept"}}\' {NOTES}')
        yield Disk(machine)


@contextmanager
def nobody_notices(machine: BareMachine) -> Iterator[None]:
    """Every request in the meantime is answered, and the row that was acknowledged is in the last answer."""
    machine.run("rm -f stop answers failures")
    machine.run(f"(setsid bash -c '{ASK.replace(chr(39), chr(34))}' > /dev/null 2>&1 < /dev/null &)")
    yield
    machine.run("touch stop")
    assert "" == machine.run("cat failures").stdout
    assert int(machine.run("wc --lines < answers").stdout) > 10
    assert '"body":"kept"' in machine.run(f"curl --fail --silent {NOTES}").stdout


def up(machine: BareMachine, *, floor: float, returncode: int) -> str:
    """With so many gigabytes that the owner wants to stay free."""
    command = f"HOMEPORT_DISK_FLOOR={floor} {HOMEPORT} up --yes -C homeport/examples/notes"
    said = machine.run(command, returncode=returncode)
    assert "Traceback" not in said.stderr
    return said.stdout + said.stderr


def new_code(machine: BareMachine) -> None:
    machine.run("date +'VERSION = \"%s%N\"' > homeport/examples/notes/api/notes/__init__.py")


def filling_build(machine: BareMachine) -> None:
    """More than the room that is left."""
    machine.run("echo 'RUN dd if=/dev/zero of=/tmp/filling bs=1M count=600' >> homeport/examples/notes/api/Dockerfile")


def new_environment(machine: BareMachine) -> None:
    """Nothing is built and nothing pulled: a container is made."""
    machine.run('sed -i "s/^    environment:$/&\\n      CHANGED: yes/" homeport/examples/notes/homeport.yaml')


def test_without_room_nothing_is_begun(disk: Disk) -> None:
    """What is kept free for Postgres and the registry is not built into."""
    machine = disk.machine
    new_code(machine)
    with nobody_notices(machine):
        disk.leave(500 << 20)
        said = up(machine, floor=1, returncode=1)
        assert "needs 1." in said and "/var/lib/docker has 0.5 GB" in said
        assert "homeport registry prune" in said
        disk.grow()
        up(machine, floor=1, returncode=0)
    assert "Nothing to do" in up(machine, floor=1, returncode=0)


@pytest.mark.parametrize(
    ("change", "free"), [(filling_build, 400 << 20), (new_environment, 0)], ids=["in_a_build", "in_an_apply"]
)
def test_a_disk_that_fills_up_is_told(disk: Disk, change: Callable[[BareMachine], None], free: int) -> None:
    """As what it is, with what can go; the old release serves, and once there is room the same command goes through."""
    machine = disk.machine
    change(machine)
    with nobody_notices(machine):
        disk.leave(free)
        said = up(machine, floor=0, returncode=1)
        assert "no space left on device" in said.lower()
        assert "homeport registry prune" in said
        disk.grow()
        up(machine, floor=1, returncode=0)
    assert "Nothing to do" in up(machine, floor=1, returncode=0)
