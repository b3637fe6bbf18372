"""Which docker command on this machine can build with BuildKit."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from homeport.errors import BuildFailed

_PACKAGED = "/usr/bin/docker"  # a distribution's own, where another stands before it on PATH
_LAST_WITH_BUILDKIT = 22  # from 23 on, BuildKit is in the buildx plugin only
_FIRST_WITH_BUILDKIT = 19
_PROBE_SECONDS = 20

# What would lead the command to another engine or builder than the one we name.
_LEADS_ELSEWHERE = (
    "DOCKER_CONTEXT",
    "DOCKER_TLS",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
    "DOCKER_API_VERSION",
    "DOCKER_DEFAULT_PLATFORM",
    "BUILDKIT_HOST",
)


@dataclass(frozen=True, slots=True)
class Command:
    """A docker command and the words that begin a build with it."""

    path: Path
    words: tuple[str, ...]
    has_buildkit: bool = True

    def environment(self, socket: Path) -> dict[str, str]:
        """The process's environment for a build on the engine behind `socket`."""
        kept = {name: value for name, value in os.environ.items() if name not in _LEADS_ELSEWHERE}
        return kept | {
            "DOCKER_HOST": f"unix://{socket}",
            "DOCKER_BUILDKIT": "1" if self.has_buildkit else "0",
            # The builder of DOCKER_HOST itself: one in a container would not see the engine's images.
            "BUILDX_BUILDER": "default",
            # An attestation holds times, so that every build would have another digest.
            "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
        }


def find_command(environment: Mapping[str, str] = os.environ) -> Command:
    """The first docker command with the buildx plugin, else one with BuildKit built in, else one without it.

    Raises BuildFailed when there is none at all.
    """
    candidates = list(_candidates(environment))
    for path in candidates:
        if _answer(path, "buildx", "version") is not None:
            return Command(path, (str(path), "buildx", "build", "--load"))
    versions = {path: _major(path) for path in candidates}
    for path, major in versions.items():
        if _FIRST_WITH_BUILDKIT <= major <= _LAST_WITH_BUILDKIT:
            return Command(path, (str(path), "build"))
    for path, major in versions.items():
        if major:
            return classic(path)
    raise BuildFailed(
        "Images are built by the docker command, and there is none on this machine.",
        next_step="Install it (Debian and Ubuntu: docker-cli or docker-ce-cli, with the buildx plugin).",
    )


def classic(path: Path) -> Command:
    """The engine's older builder, by any docker command."""
    return Command(path, (str(path), "build"), has_buildkit=False)


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    folders = [folder for folder in environment.get("PATH", "").split(os.pathsep) if folder]
    seen = set[Path]()
    for path in (*(Path(folder, "docker") for folder in folders), Path(_PACKAGED)):
        if os.access(path, os.X_OK) and path.is_file() and path.resolve() not in seen:
            seen.add(path.resolve())
            yield path


def _major(path: Path) -> int:
    found = re.search(r"version (\d+)\.", _answer(path, "--version") or "")
    return int(found[1]) if found else 0


def _answer(path: Path, *words: str) -> str | None:
    """What a command prints; None when it fails or cannot be run: it is no candidate then."""
    try:
        done = subprocess.run([path, *words], capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
