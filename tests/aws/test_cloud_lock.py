"""The lock of a root on AWS: one holds it, a dead one does not, and who has lost it writes nothing."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from homeport.aws import Session
from homeport.aws.bucket import Bucket
from homeport.deploy.identity import holder
from homeport.errors import Locked
from homeport.events import Event
from homeport.targets import CloudTarget, cloud_lock

DOING = "notes is being deployed to production"
STATE = b'{"version": 4, "serial": 1, "lineage": "x", "resources": []}'


@pytest.fixture
def bucket(session: Session) -> Bucket:
    bucket = Bucket(session)
    bucket.ensure()
    return bucket


@pytest.fixture
def target(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CloudTarget:
    """With a cache of its own, as on a machine of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return CloudTarget.on(bucket.session, holder=holder())


@contextmanager
def _other_process(session: Session, root: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that holds the lock, and what it is called."""
    words = [session.region, session.account, session.endpoints.api, root]
    command = [sys.executable, "-m", "tests.support.cloud_holder", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def _leased(seconds: float) -> bytes:
    """What a process of another machine has written."""
    since = "2026-11-28T09:00:00Z"
    return json.dumps({"holder": "bob@tower pid 1", "since": since, "seconds": seconds, "machine": "tower"}).encode()


def test_of_two_on_one_machine_one_waits(target: CloudTarget) -> None:
    """The second is told who the first is, and may come again."""
    with _other_process(target.session, "one.production") as (_, called):
        with pytest.raises(Locked, match=DOING) as refused, target.lock("one.production", DOING):
            pytest.fail("two hold the lock")
        assert called in refused.value.message
        assert "Wait until it has ended" in refused.value.next_step


def test_of_two_machines_one_waits(target: CloudTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is shared but the bucket."""
    with _other_process(target.session, "two.production") as (_, called):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
        with pytest.raises(Locked, match=DOING) as refused, target.lock("two.production", DOING):
            pytest.fail("two hold the lock")
        assert called in refused.value.message
        assert "its lock ends in" in refused.value.next_step


def test_other_roots_are_free(target: CloudTarget) -> None:
    """Two applications are deployed at once."""
    with target.lock("three.production", DOING), target.lock("four.production", DOING) as lock:
        assert lock.is_held()


def test_a_killed_holders_lock_is_taken_over_at_once(target: CloudTarget) -> None:
    """On its own machine it is known that it is gone: nobody waits for the lease to end."""
    with _other_process(target.session, "killed.production") as (process, _):
        process.kill()
        process.wait()
        with target.lock("killed.production", DOING) as lock:
            assert lock.is_held()


def test_a_lease_of_another_machine_is_taken_over_when_it_has_ended(target: CloudTarget) -> None:
    """Of a machine that was cut off; while it lasts, its holder is named."""
    target.bucket.write(cloud_lock.key("cut-off.production"), _leased(seconds=10))
    with pytest.raises(Locked, match="bob@tower pid 1 since"), target.lock("cut-off.production", DOING):
        pytest.fail("two hold the lock")

    time.sleep(12)  # S3 counts whole seconds

    with target.lock("cut-off.production", DOING) as lock:
        assert lock.is_held()


def test_it_is_given_back(target: CloudTarget) -> None:
    """The next one need not wait for the lease to end, wherever it is."""
    for _ in range(2):
        with target.lock("given-back.production", DOING) as lock:
            assert lock.descriptor() >= 0
            said = target.bucket.read(cloud_lock.key("given-back.production"))
            assert said is not None
            assert holder() == json.loads(said)["holder"]
    said = target.bucket.read(cloud_lock.key("given-back.production"))
    assert said is not None
    assert "" == json.loads(said)["holder"]


def test_it_is_renewed_for_as_long_as_it_is_held(target: CloudTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    """An apply takes longer than a lease."""
    monkeypatch.setattr(cloud_lock, "LEASE", timedelta(seconds=6))
    monkeypatch.setattr(cloud_lock, "RENEWED_EACH", timedelta(seconds=1))
    with target.lock("long.production", DOING) as lock:
        time.sleep(9)
        found = target.bucket.look(cloud_lock.key("long.production"))

        assert lock.is_held()
        assert found is not None
        assert found.age < timedelta(seconds=6)


def test_who_has_lost_it_writes_nothing_more(target: CloudTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop that slept: another has the lock by now, and keeps it."""
    monkeypatch.setattr(cloud_lock, "RENEWED_EACH", timedelta(seconds=0.2))
    root = "lost.production"
    with target.lock(root, DOING) as lock:
        target.states(root).write(STATE)
        target.bucket.write(cloud_lock.key(root), _leased(seconds=60))
        until = time.monotonic() + 20
        while lock.is_held() and time.monotonic() < until:
            time.sleep(0.1)

        assert not lock.is_held()
        with pytest.raises(Locked, match="was lost"):
            target.states(root).write(STATE)
    assert [1] == target.states(root).files.numbers()
    said = target.bucket.read(cloud_lock.key(root))
    assert said is not None
    assert "bob@tower pid 1" == json.loads(said)["holder"]


def test_a_lock_that_cannot_be_read_is_nobodys(target: CloudTarget) -> None:
    """Nothing needs to be removed by hand."""
    target.bucket.write(cloud_lock.key("garbled.production"), b"half a lo")
    with target.lock("garbled.production", DOING) as lock:
        assert lock.is_held()


def test_a_terraform_that_outlives_its_homeport_keeps_the_lock(target: CloudTarget) -> None:
    """It may still change something; it is waited for, and a person sees it."""
    root, told = "outlived.production", list[Event]()
    with target.lock(root, DOING) as lock:
        child = subprocess.Popen(["sleep", "2"], pass_fds=[lock.descriptor()])
    beside = cloud_lock.__dict__["_path"](target.bucket, root) + ".holder"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    who = holder().rpartition(" ")[0]
    Path(beside).write_text(f"{who} {gone.pid}\n2026-11-28T09:00:00Z\n")
    began = time.monotonic()
    with target.lock(root, DOING, told.append):
        child.wait()

    assert time.monotonic() - began > 1
    assert ["was killed" in event.text for event in told] == [True]
