"""Who does it, and from which commit."""

import getpass
import os
import socket
import subprocess
from pathlib import Path


def who() -> str:
    """`ana@laptop`, for releases."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


def holder() -> str:
    """`ana@laptop pid 4711`, for locks."""
    return f"{who()} pid {os.getpid()}"


def commit(folder: Path) -> str:
    """The commit that is checked out in the folder, with `+` when files differ from it; empty outside a repository."""
    head = _git(folder, "rev-parse", "--short=12", "HEAD")
    return head + "+" if head and _git(folder, "status", "--porcelain", "--", ".") else head


def _git(folder: Path, *arguments: str) -> str:
    try:
        output = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=False, timeout=10, text=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""  # no git here: a release without a commit
    return output.stdout.strip() if output.returncode == 0 else ""
