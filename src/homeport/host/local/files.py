"""Files of this machine."""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from homeport.host.failures import absolute, file_failed
from homeport.host.unfinished import is_unfinished, unfinished_name


class LocalFiles:
    """See `Files`."""

    def read(self, path: str) -> bytes:
        with _failing(path, "read"):
            return Path(absolute(path)).read_bytes()

    def read_folder(self, path: str) -> dict[str, bytes]:
        with _failing(path, "read"):
            return dict(_contents(_plain_files(absolute(path))))

    def read_folders(self, paths: Sequence[str]) -> list[dict[str, bytes]]:
        return [self.read_folder(path) for path in paths]

    def read_newest(self, counts: Mapping[str, int]) -> list[dict[str, bytes | None]]:
        return [self._newest(path, count) for path, count in counts.items()]

    def _newest(self, path: str, count: int) -> dict[str, bytes | None]:
        with _failing(path, "read"):
            files = sorted(_plain_files(absolute(path)))
            return dict.fromkeys(file.name for file in files) | dict(_contents(files[len(files) - count :]))

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        target = Path(absolute(path))
        with _failing(path, "written"):
            make_parents(target)
            _replace(target, data, mode)

    def list(self, path: str) -> list[str]:
        with _failing(path, "read"):
            return sorted(entry.name for entry in _entries(absolute(path)))

    def remove(self, path: str) -> None:
        target = Path(absolute(path))
        with _failing(path, "removed"):
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)

    def make_folder(self, path: str, *, mode: int = 0o700) -> None:
        target = Path(absolute(path))
        with _failing(path, "made"):
            if target.is_dir():
                return
            make_parents(target)
            target.mkdir(exist_ok=True)
            target.chmod(mode)  # mkdir's own mode is cut by the umask


def make_parents(target: Path) -> None:
    """Every missing folder above `target`, 0700: pathlib gives such a mode to the last one only."""
    for parent in reversed(target.parents):
        parent.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def _failing(path: str, verb: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise file_failed("this machine", path, verb, error.strerror or str(error)) from error


def _entries(path: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            yield from (entry for entry in entries if not is_unfinished(entry.name))
    except FileNotFoundError:
        return


def _plain_files(path: str) -> list[Path]:
    return [Path(entry.path) for entry in _entries(path) if entry.is_file(follow_symlinks=False)]


def _contents(files: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        with suppress(FileNotFoundError):  # removed by another process since the folder was listed
            yield file.name, file.read_bytes()


def _replace(target: Path, data: bytes, mode: int) -> None:
    beside = target.with_name(unfinished_name(secrets.token_hex(4)))
    try:
        _write_synced(beside, data, mode)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _write_synced(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
