"""An application on a stage: a command of ours that has reached one of its steps, and what cuts it off there."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGCONT, SIGINT, SIGKILL, SIGSTOP
from typing import Any

from homeport.home.gateway.slots import Slot, parse_slots, replies
from tests.support.installation import Installation, write_manifest
from tests.support.running import Running, wait_until

HOST = "probe.localhost"
PATHS = {"api": "/", "second": "/second"}


@dataclass
class Stage:
    """The probe with two routes on an installation; `old` and `new` are versions that nothing else has."""

    installation: Installation
    folder: Path
    old: str = field(default_factory=lambda: f"old-{uuid.uuid4().hex[:6]}")
    new: str = field(default_factory=lambda: f"new-{uuid.uuid4().hex[:6]}")

    def write(self, version: str, **environment: str) -> None:
        given = {"environment": {"VERSION": version, **environment}, "cpus": 1}
        write_manifest(self.folder, services={name: {**given, "route": path} for name, path in PATHS.items()})

    def up(self) -> str:
        return self.installation.homeport("up", "--yes", cwd=self.folder).stderr

    def start(self, *arguments: str, cwd: Path | None = None) -> Running:
        return Running(self.installation.start(*arguments, cwd=cwd or self.folder))

    def manifest(self) -> str:
        return (self.folder / "homeport.yaml").read_text()

    def slots(self) -> tuple[Slot, ...]:
        """The slots of all routes, as HAProxy runs them."""
        with socket.socket(socket.AF_UNIX) as master:
            master.connect(str(self.installation.server_folder / "gateway" / "run" / "master.sock"))
            master.sendall(b"@1 show stat -1 4 -1\n@1 show servers state\n")
            master.shutdown(socket.SHUT_WR)
            text = b"".join(iter(lambda: master.recv(65536), b"")).decode()
        return parse_slots(*replies(text))

    def objects(self) -> list[dict[str, Any]]:
        """What the newest state knows of; nothing before the first."""
        states = sorted((self.installation.server_folder / "state" / "probe.home").glob("*.tfstate"))
        resources = json.loads(states[-1].read_text())["resources"] if states else []
        return [one for resource in resources for one in resource["instances"]]


# ------------------------------------------------------------------------------------------- the steps

Step = Callable[[Stage], AbstractContextManager[Running]]


@contextmanager
def building(stage: Stage) -> Iterator[Running]:
    dockerfile = stage.folder / "api" / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text() + f"ENV RELEASE={stage.new}\nRUN sleep 2\n")
    stage.write(stage.new)
    running = stage.start("up", "--yes")
    running.wait_for("RUN sleep")
    yield running


@contextmanager
def creating(stage: Stage) -> Iterator[Running]:
    stage.write(stage.new, START_DELAY="1.5")
    running = stage.start("up", "--yes")
    running.wait_for(" started", times=len(PATHS))
    yield running


@contextmanager
def all_healthy(stage: Stage) -> Iterator[Running]:
    """Terraform is held while the last candidate becomes healthy, so that it switches nothing yet."""
    stage.write(stage.new, START_DELAY="0.5")
    running = stage.start("up", "--yes")
    running.wait_for(" started", times=len(PATHS))
    held = running.terraform()
    assert held is not None
    os.killpg(held, SIGSTOP)
    running.wait_for(" healthy after", times=len(PATHS))
    yield running
    if Path(f"/proc/{held}").exists():
        os.killpg(held, SIGCONT)


@contextmanager
def asking(stage: Stage) -> Iterator[Running]:
    stage.write(stage.new, ANSWER_DELAY="1")
    running = stage.start("up", "--yes")
    running.wait_for(" healthy after", times=len(PATHS))
    wait_until(lambda: any(slot.sessions and not slot.is_ready for slot in stage.slots()), "a question")
    yield running


@contextmanager
def switching(stage: Stage) -> Iterator[Running]:
    """The host-wide lock of the gateway is held, so that a route which has answered waits to be switched."""
    stage.write(stage.new)
    with (stage.installation.server_folder / "locks" / "gateway").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        running = stage.start("up", "--yes")
        running.wait_for("through the gateway", times=len(PATHS))
        yield running


@contextmanager
def draining(stage: Stage) -> Iterator[Running]:
    """A slow request to the old version is in flight, and gets its answer."""
    stage.write(stage.new, START_DELAY="0.5")
    answers = []
    slow = threading.Thread(target=lambda: answers.append(stage.installation.get(HOST, "/slow?seconds=3")))
    running = stage.start("up", "--yes")
    running.wait_for(" started", times=len(PATHS))
    slow.start()
    running.wait_for("new requests go to", times=len(PATHS))
    yield running
    slow.join()
    assert [(200, f"{stage.old}\n")] == [(answer.status, answer.body) for answer in answers]


@contextmanager
def removing(stage: Stage) -> Iterator[Running]:
    old = stage.installation.containers("probe")
    stage.write(stage.new)
    running = stage.start("up", "--yes")
    wait_until(lambda: any(b"stops" in stage.installation.client.logs(one) for one in old.values()), "a removal")
    yield running


@contextmanager
def switched(stage: Stage) -> Iterator[Running]:
    """One route is switched; the other may be or not."""
    stage.write(stage.new)
    running = stage.start("up", "--yes")
    running.wait_for("new requests go to")
    yield running


STEPS: dict[str, Step] = {
    step.__name__: step for step in (building, creating, all_healthy, asking, switching, draining, removing)
}


# ----------------------------------------------------------------------------------------- the signals


def kill_all(running: Running) -> int:
    running.signal_terraform(SIGKILL)
    running.signal_command(SIGKILL)
    return -SIGKILL


def kill_command(running: Running) -> int:
    running.signal_command(SIGKILL)
    return -SIGKILL


def kill_terraform(running: Running) -> int:
    running.signal_terraform(SIGKILL)
    return 1


def interrupt(running: Running) -> int:
    running.signal_command(SIGINT)
    return 130


SIGNALS = {send.__name__: send for send in (kill_all, kill_command, kill_terraform, interrupt)}


# ------------------------------------------------------------------------------------------- afterwards


def assert_whole(stage: Stage, version: str) -> None:
    """One live slot a route, one container a service, nothing to do, and a state that says the same."""
    installation = stage.installation
    assert [version] * len(PATHS) == [installation.get(HOST, path).body.strip() for path in PATHS.values()]
    ready = [slot.backend for slot in stage.slots() if slot.is_ready and HOST in slot.backend]
    assert len(PATHS) == len(ready) == len(set(ready))
    assert len(PATHS) == len(installation.containers("probe"))
    assert installation.homeport("plan", "--detailed-exitcode", cwd=stage.folder).returncode == 0
    released = next(one for one in installation.releases(stage.folder) if one["result"] == "succeeded")
    assert version == released["configuration"]["services"]["api"]["environment"]["VERSION"]
    assert not [one for one in stage.objects() if one.get("status") == "tainted"]
    # Terraform forgets a deposed object whose container is gone only with its next apply.
    deposed = {one["attributes"].get("name") for one in stage.objects() if "deposed" in one}
    assert not deposed & set(installation.containers("probe"))
    assert not (stage.folder / ".homeport" / "home" / "errored.tfstate").exists()


def assert_gone(stage: Stage) -> None:
    """No container, no route, and a state that knows of nothing."""
    assert stage.installation.containers("probe") == {}
    assert stage.slots() == ()
    assert stage.installation.get(HOST).status == 404
    assert stage.objects() == []
