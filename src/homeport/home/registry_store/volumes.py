"""Work on the two volumes of a registry, on the server itself: what is asked of them, and done to them.

The bytes of an image never leave the server, and the registry goes on serving meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from homeport.errors import RegistryFailed
from homeport.home.execute import execute
from homeport.home.home import Home
from homeport.home.registry_store import layout
from homeport.home.registry_store.layout import Listing, Volume

SCRIPT = Path(__file__).with_name("volumes.sh")
CONFIG = "/etc/docker/registry"
SILENCE = timedelta(hours=6)  # one blob may be that large, and its disk that slow
BATCH = 256 * 1024 * 1024  # bytes between two lines of progress
TRIES = 3  # a listing while something is pushed may meet a file that is just being written

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of blobs that were to be copied: by digest."""

    copied: frozenset[str]
    missing: frozenset[str]
    damaged: frozenset[str]


@dataclass(frozen=True, slots=True)
class Volumes:
    """The open volumes, in a container that has both.

    Every method raises RegistryFailed with the server's own words (no space left on device).
    """

    home: Home
    container: str

    def listing(self) -> Listing:
        """What lies on both; asked again when a tag was just being written, or a file went while it was looked at."""
        for _ in range(TRIES - 1):
            with suppress(RegistryFailed):
                found = layout.parse(self._run("list").decode())
                if all(digest for tags in found.tags.values() for digest in tags.values()):
                    return found
        return layout.parse(self._run("list").decode())

    def read(self, files: Mapping[str, int]) -> dict[str, bytes]:
        """Files by path, given with their sizes."""
        text = self._run("read", files)
        content, at = {}, 0
        for path, size in files.items():
            content[path] = text[at : at + size]
            at += size
        return content

    def read_text(self, path: str) -> str:
        """A file; empty when there is none."""
        done = execute(self.home.docker, self.container, ["cat", path])
        return done.stdout.decode() if done.returncode == 0 else ""

    def broken(self, volume: Volume, blobs: Mapping[str, int], progress: Progress) -> set[str]:
        """Those of the blobs on a volume whose bytes do not have their digest, or cannot be read."""
        good: set[str] = set()
        for batch in _batches(blobs, progress):
            paths = {layout.blob(volume, digest): digest for digest in batch}
            # A file that cannot be read is an answer: it is not among the sums.
            said = self._run("sums", paths, is_answer=True).decode()
            sums = (line.split(maxsplit=1) for line in said.splitlines())
            good |= {paths[path] for hexadecimal, path in sums if paths[path] == f"sha256:{hexadecimal}"}
        return blobs.keys() - good

    def copy(self, source: Volume, to: Volume, blobs: Mapping[str, int], progress: Progress) -> Copied:
        """Copy blobs, each verified and whole before it gets its name. What is damaged at the source stays there."""
        done: dict[str, set[str]] = {"copied": set(), "missing": set(), "damaged": set()}
        for batch in _batches(blobs, progress):
            orders = (
                f"{digest.removeprefix('sha256:')} {layout.blob(source, digest)} {layout.blob(to, digest)}"
                for digest in batch
            )
            for line in self._run("copy", orders).decode().splitlines():
                outcome, _, name = line.partition(" ")
                done[outcome].add(f"sha256:{name}")
        return Copied(*(frozenset(done[name]) for name in ("copied", "missing", "damaged")))

    def write_lines(self, files: Mapping[str, str], *, keep: bool = False) -> list[str]:
        """Files of one line each, by path; returns those that said something else before, or were not there.

        `keep` leaves links that lead somewhere as they are.
        """
        lines = (f"{path} {content}" for path, content in files.items())
        said = self._run("lines", lines, "keep" if keep else "replace").decode()
        return [line.partition(" ")[2] for line in said.splitlines()]

    def write(self, path: str, data: bytes) -> None:
        """Whole or not at all."""
        self._run("write", (), path, data=data)

    def remove(self, paths: Iterable[str]) -> None:
        self._run("remove", paths)

    def forget(self, repositories: Iterable[str]) -> None:
        """Remove what is left of repositories without a manifest. Only while the registry is stopped."""
        self._run("forget", repositories)

    def used(self) -> dict[Volume, int]:
        """Bytes that each volume takes on its disk."""
        primary, backup = (int(line.split()[0]) * 1024 for line in self._run("used").decode().splitlines())
        return {"primary": primary, "backup": backup}

    def collect_garbage(self) -> None:
        """Distribution's own collection of what no manifest names. Only while the registry is stopped."""
        self._execute(["registry", "garbage-collect", f"{CONFIG}/config.yml"])

    def _run(
        self, verb: str, lines: Iterable[str] = (), *more: str, data: bytes | None = None, is_answer: bool = False
    ) -> bytes:
        stdin = "".join(f"{line}\n" for line in lines).encode() if data is None else data
        command = ["sh", "-c", SCRIPT.read_text(), "volumes", verb, *more]
        return self._execute(command, stdin, is_answer=is_answer)

    def _execute(self, command: Sequence[str], stdin: bytes = b"", *, is_answer: bool = False) -> bytes:
        done = execute(self.home.docker, self.container, command, stdin=stdin, timeout=SILENCE)
        if done.returncode != 0 and not is_answer:
            raise RegistryFailed(
                f"The registry's volumes on {self.home.called} could not be worked on.",
                detail=done.stderr.decode(errors="replace").strip(),
                next_step="What was done is kept: run the same command again to go on.",
            )
        return done.stdout


def _batches(blobs: Mapping[str, int], progress: Progress) -> Iterator[list[str]]:
    """Digests of about BATCH bytes together; `progress` hears how many bytes of how many are done."""
    total, done = sum(blobs.values()), 0
    batch: list[str] = []
    held = 0
    for digest, size in blobs.items():
        batch.append(digest)
        held += size
        if held >= BATCH:
            yield batch
            done += held
            progress(done, total)
            batch, held = [], 0
    if batch:
        yield batch
        progress(total, total)
