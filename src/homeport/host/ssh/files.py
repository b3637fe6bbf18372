"""Files of a server, by the kept shell."""

import errno
import io
import os
import secrets
import tarfile
from collections.abc import Callable, Mapping, Sequence

from homeport.host.failures import absolute, file_failed
from homeport.host.ssh.shell import Answer
from homeport.host.unfinished import unfinished_name

MISSING = os.strerror(errno.ENOENT)


class RemoteFiles:
    """See `Files`. `ask` and `send` are the connection's: they raise HostUnreachable when it is gone."""

    def __init__(self, address: str, ask: Callable[..., Answer], send: Callable[..., Answer]) -> None:
        self._address = address
        self._ask = ask
        self._send = send

    def read(self, path: str) -> bytes:
        return self._done(self._ask("cat", "--", absolute(path)), path, "read").stdout

    def read_folder(self, path: str) -> dict[str, bytes]:
        return self.read_folders([path])[0]

    def read_folders(self, paths: Sequence[str]) -> list[dict[str, bytes]]:
        answer = self._done(self._ask("read_folders", *map(absolute, paths)), " and ".join(paths), "read")
        found = _unpack(answer.stdout)
        return [found.get(path.rstrip("/") or "/", {}) for path in paths]

    def read_newest(self, counts: Mapping[str, int]) -> list[dict[str, bytes | None]]:
        words = [word for path, count in counts.items() for word in (absolute(path), str(count))]
        answer = self._done(self._ask("read_newest", *words), " and ".join(counts), "read")
        listed, _, archive = (b"\0" + answer.stdout).partition(b"\0\0")
        found, names = _unpack(archive), [os.fsdecode(path).rpartition("/") for path in listed.split(b"\0")[1:]]
        return [
            {name: found.get(folder, {}).get(name) for folder, _, name in names if folder == path.rstrip("/")}
            for path in counts
        ]

    def write(self, path: str, data: bytes, *, mode: int = 0o600) -> None:
        folder = os.path.dirname(absolute(path)) or "/"  # noqa: PTH120 -- a path of the server, not of this machine
        beside = f"{folder}/{unfinished_name(secrets.token_hex(4))}"
        answer = self._send("write_file", folder, path, beside, f"{mode:o}", str(len(data)), data=data)
        self._done(answer, path, "written")

    def list(self, path: str) -> list[str]:
        try:
            answer = self._done(self._ask("list_folder", absolute(path)), path, "read")
        except FileNotFoundError:
            return []
        return sorted(os.fsdecode(name) for name in answer.stdout.split(b"\0") if name)

    def remove(self, path: str) -> None:
        self._done(self._ask("rm", "-rf", "--", absolute(path)), path, "removed")

    def make_folder(self, path: str, *, mode: int = 0o700) -> None:
        self._done(self._ask("make_folder", absolute(path), f"{mode:o}"), path, "made")

    def _done(self, answer: Answer, path: str, verb: str) -> Answer:
        if answer.returncode == 0:
            return answer
        reason = _reason(answer.words)
        if reason == MISSING:
            raise FileNotFoundError(errno.ENOENT, MISSING, path)
        raise file_failed(self._address, path, verb, reason)


def _reason(words: str) -> str:
    """`cat: /x: Permission denied` -> `Permission denied`."""
    last = words.strip().splitlines()[-1:] or ["no reason given"]
    return last[0].rsplit(": ", 1)[-1]


def _unpack(archive: bytes) -> dict[str, dict[str, bytes]]:
    """The files by folder and name."""
    files: dict[str, dict[str, bytes]] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None:
                folder, _, name = member.name.rpartition("/")
                files.setdefault(f"/{folder.lstrip('/')}", {})[name] = content.read()
    return files
