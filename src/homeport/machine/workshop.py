"""One build of the service images at a time on this machine, and the folder it works in."""

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homeport.errors import HomeportError, Refused
from homeport.events import Emit, Event
from homeport.machine import root


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder that is empty at the start and removed at the end, and the descriptor of its lock."""

    folder: Path
    lock: int


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "homeport"


@contextlib.contextmanager
def workshop(emit: Emit, folder: Path | None = None) -> Iterator[Workshop]:
    """Hold the machine's build lock; waits for another build to end.

    The lock is the kernel's and is handed to the commands we start: what an interrupted build left behind
    is removed only when none of them runs any more.
    """
    place = (folder or cache_folder()) / "images"
    place.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, emit)
        work = place / "work"
        _clear(work)
        work.mkdir()
        try:
            yield Workshop(work, descriptor)
        finally:
            _clear(work)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, emit: Emit) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        emit(Event("image", "lock", "another homeport is building images here; waiting for it"))
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _clear(work: Path) -> None:
    # A half-made root may have the machine's own /dev mounted in it, which must not be emptied.
    remove = ("rm", "-rf", "--one-file-system", str(work))
    if subprocess.run(remove, capture_output=True, check=False).returncode == 0:
        return
    try:
        root.run(root.as_root(remove, purpose="Removing what an interrupted build left"))  # its files may be root's
    except HomeportError as error:
        raise Refused(
            f"What an interrupted build left in {work} cannot be removed.",
            detail=error.detail,
            next_step="Look at what is mounted there (grep homeport /proc/mounts), unmount it, and run this again.",
        ) from error
