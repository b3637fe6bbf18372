"""The lock of a root on AWS: an object in the state bucket that one process may write, for as long as it goes on.

It is a lease: its holder renews it, and one that was not renewed in time belongs to whoever comes next. How old it is,
S3 says by its own clock, so that the clocks of two machines need not agree. On this machine a kernel lock comes first;
its descriptor goes to Terraform, so that a Terraform that outlives a killed process of ours keeps it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from homeport import cache
from homeport.aws.bucket import Bucket, Object
from homeport.errors import CloudFailed, HomeportError, Locked, Refused
from homeport.events import Emit, Event
from homeport.host import Host, Lock, connect
from homeport.targets.holder import has_ended, locked, was_killed
from homeport.targets.lease import Lease
from homeport.terraform.orphans import end_orphans

LEASE = timedelta(seconds=60)
RENEWED_EACH = timedelta(seconds=15)
GIVEN_BACK_WITHIN = 5.0  # seconds, after which the lease is left to end
LEFTOVER_WAIT = timedelta(seconds=30)  # a Terraform that nobody reads ends with its next line, one in ten seconds
DENIED = {"AccessDenied", "403"}


class CloudLock:
    """A held lock, which is renewed until it is released."""

    def __init__(self, bucket: Bucket, root: str, lease: Lease, tag: str, local: Lock) -> None:
        self.holder = lease.holder
        self._bucket, self._root, self._lease, self._tag, self._local = bucket, root, lease, tag, local
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name=f"lock {root}", daemon=True)
        self._renewing.start()

    def is_held(self) -> bool:
        return not self._lost.is_set() and self._local.is_held()

    def descriptor(self) -> int:
        return self._local.descriptor()

    def check(self) -> None:
        """Raises Locked when somebody else has taken it, because it could not be renewed in time."""
        if self._lost.is_set():
            raise Locked(
                f"The lock of {self._root} in {self._bucket.called} was lost: it could not be renewed for "
                f"{LEASE.total_seconds():.0f} s, and another process has taken it. Nothing more is written.",
                next_step=f"See what stands there: {self._bucket.session.command('status')}\n"
                "Then run the same command again.",
            )

    def release(self) -> None:
        """Give it back. Where AWS does not answer, it ends by itself."""
        self._ended.set()
        self._renewing.join(GIVEN_BACK_WITHIN)
        if self._lost.is_set():
            return
        free = Lease("", self._lease.since, 0, "")
        with _unless_silent():
            self._bucket.replace(key(self._root), free.to_json(), self._tag)

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED_EACH.total_seconds()):
            with _unless_silent():
                self._renew_once()
            if self._lost.is_set():
                return

    def _renew_once(self) -> None:
        data = self._lease.to_json()
        tag = self._bucket.replace(key(self._root), data, self._tag)
        if tag is None and (found := self._bucket.look(key(self._root))) and found.data == data:
            tag = found.tag  # written, and the answer was lost
        if tag is None:
            self._lost.set()
        else:
            self._tag = tag


class Looking:
    """What is held by credentials that may only read: the lock of this machine alone."""

    def __init__(self, root: str, local: Lock) -> None:
        self.holder = local.holder
        self._root, self._local = root, local

    def is_held(self) -> bool:
        return self._local.is_held()

    def descriptor(self) -> int:
        return self._local.descriptor()

    def check(self) -> None:
        """Raises Refused: this is asked before anything is written."""
        raise Refused(
            f"Something in the state or the records of {self._root} must be put right first, and these credentials may "
            "only read.",
            next_step="Run the same command with credentials that may deploy: it says what it puts right.",
        )


CheckedLock = CloudLock | Looking


@contextmanager
def looked_at(bucket: Bucket, root: str, holder: str, doing: str, emit: Emit) -> Iterator[CheckedLock]:
    """The lock of a root for a look, held as by `held` where the credentials may. Where they may only read, nobody is
    kept out; that is told. Raises Locked, naming the holder, while another holds it."""
    with _here(bucket, root, holder, doing, emit) as local:
        try:
            lock = _take(bucket, root, holder, doing, local)
        except CloudFailed as error:
            if error.code not in DENIED:
                raise
            emit(Event("lock", root, "not taken: these credentials may only read"))
            yield Looking(root, local)
            return
        try:
            yield lock
        finally:
            lock.release()


@contextmanager
def held(bucket: Bucket, root: str, holder: str, doing: str, emit: Emit) -> Iterator[CloudLock]:
    """Hold the lock of a root. Raises Locked, naming the holder, while another does; `doing` is told of it."""
    with _here(bucket, root, holder, doing, emit) as local:
        lock = _take(bucket, root, holder, doing, local)
        try:
            yield lock
        finally:
            lock.release()


@contextmanager
def _here(bucket: Bucket, root: str, holder: str, doing: str, emit: Emit) -> Iterator[Lock]:
    """The lock of this machine. A Terraform outlives a killed process of ours for a moment: that is waited for."""
    path = _path(bucket, root)
    with closing(connect("local")) as host, ExitStack() as held:
        try:
            lock = held.enter_context(host.lock(path, holder))
        except Locked as error:
            if not has_ended(error.holder, holder):
                raise locked(doing, error.holder) from error
            emit(was_killed(root, error.holder))
            lock = _outlived(host, path, holder, doing, error.holder, held)
        yield lock


def _outlived(host: Host, path: str, holder: str, doing: str, killed: str, held: ExitStack) -> Lock:
    """The lock once the Terraform of a killed process has ended; raises Locked if it goes on. Its plugins never end."""
    until = time.monotonic() + LEFTOVER_WAIT.total_seconds()
    while time.monotonic() < until:
        end_orphans(Path(path).resolve())
        with suppress(Locked):
            return held.enter_context(host.lock(path, holder, wait=timedelta(seconds=1)))
    raise locked(doing, f"the Terraform of {killed}, which was killed")


def _take(bucket: Bucket, root: str, holder: str, doing: str, local: Lock) -> CloudLock:
    """By a conditional write: of two at the same moment, one gets it."""
    lease = Lease.begun(holder, LEASE)
    data = lease.to_json()
    found = bucket.look(key(root))
    if found is not None:
        _check_ended(found, holder, doing)
    tag = bucket.replace(key(root), data, found.tag) if found else bucket.write_new(key(root), data)
    if tag is None:
        now = bucket.look(key(root))
        if now is None or now.data != data:
            raise locked(doing, Lease.of(now.data).called if now else "another process")
        tag = now.tag
    return CloudLock(bucket, root, lease, tag, local)


def _check_ended(found: Object, holder: str, doing: str) -> None:
    lease = Lease.of(found.data)
    if not lease.has_ended(found.age, holder):
        left = max(0.0, lease.seconds - found.age.total_seconds())
        raise locked(doing, lease.called, f" Was it killed? Then its lock ends in {left:.0f} s by itself.")


@contextmanager
def _unless_silent() -> Iterator[None]:
    """What AWS does not answer to is asked again at the next renewal; the lease lasts that long."""
    try:
        yield
    except HomeportError:
        return


def key(root: str) -> str:
    """The object that is the lock of a root."""
    return f"locks/{root}"


def _path(bucket: Bucket, root: str) -> str:
    return str(cache.folder() / "aws" / bucket.name / "locks" / root)
