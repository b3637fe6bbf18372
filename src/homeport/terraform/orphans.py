"""The plugins of a Terraform that was killed: they wait for it for ever, and take up memory."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

PLUGIN = "terraform-provider-"


def end_orphans(folder: Path) -> None:
    """End those that work in a folder in which no Terraform does any more. Where /proc is not, none is found."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile, or is somebody else's
            pid = int(process.name)
            is_plugin = (process / "exe").readlink().name.startswith(PLUGIN)
            if is_plugin and (process / "cwd").readlink() == folder and not _runs(os.getsid(pid)):
                os.kill(pid, signal.SIGKILL)


def _runs(pid: int) -> bool:
    """Whether a process is there that has not ended; Terraform leads the session of its plugins."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
