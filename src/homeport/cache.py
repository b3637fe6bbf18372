"""What this login keeps from one command to the next, and can lose: `$XDG_CACHE_HOME`, else `~/.cache`."""

import os
from pathlib import Path


def folder() -> Path:
    """homeport's folder there. Source: XDG Base Directory Specification."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "homeport"
