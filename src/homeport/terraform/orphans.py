"""The plugins of a Terraform that was killed: they wait for it for ever, and hold what it held."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

PLUGIN = "terraform-provider-"


def end_orphans(lock: Path) -> None:
    """End those that have this file open, and whose Terraform is gone. Where there is no /proc, none is found."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile, or is somebody else's
            if _is_orphan(process) and any(one.readlink() == lock for one in (process / "fd").iterdir()):
                os.kill(int(process.name), signal.SIGKILL)


def _is_orphan(process: Path) -> bool:
    """Terraform leads the session of its plugins."""
    return (process / "exe").readlink().name.startswith(PLUGIN) and not _runs(os.getsid(int(process.name)))


def _runs(pid: int) -> bool:
    """Whether a process is there that has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
