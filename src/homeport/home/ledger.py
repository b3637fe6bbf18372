"""Numbered files on the server: the states of a root, and the releases of an application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from homeport.errors import HomeportError
from homeport.home.home import Home
from homeport.store import States

RELEASES_AHEAD = 3  # how many a release usually asks for
STATE = ".tfstate"
DAMAGED = ".damaged"
RELEASE = ".json"
Content = TypeVar("Content", bytes, bytes | None)


@dataclass(frozen=True, slots=True)
class NumberedFiles:
    """Files `000001<suffix>`, `000002<suffix>`, … in one folder; a number is never used again."""

    home: Home
    folder: str
    suffix: str

    def numbers(self) -> list[int]:
        names = self.home.host.files.list(self.folder)
        return sorted(int(name.removesuffix(self.suffix)) for name in names if name.endswith(self.suffix))

    def read(self, number: int) -> bytes:
        return self.home.host.files.read(self._path(number))

    def read_all(self) -> dict[int, bytes]:
        """Every one by its number, oldest first, in one round trip."""
        found = _by_number(self.home.host.files.read_folder(self.folder), self.suffix)
        return dict(sorted(found.items()))

    def append(self, data: bytes, *, keep: int | None = None) -> int:
        """Keep `data` under the next number, which is returned, and of all the `keep` newest."""
        numbers = self.numbers()
        number = max(numbers, default=0) + 1
        self.home.host.files.write(self._path(number), data)
        for old in [*numbers, number][:-keep] if keep else ():
            self.remove(old)
        return number

    def remove(self, number: int) -> None:
        self.home.host.files.remove(self._path(number))

    def put_aside(self, number: int) -> None:
        """Keep it beside the others for whoever wants to look at it; it no longer counts."""
        self.home.host.files.write(self._path(number) + DAMAGED, self.read(number))
        self.home.host.files.remove(self._path(number))

    def _path(self, number: int) -> str:
        return f"{self.folder}/{number:08d}{self.suffix}"


@dataclass(frozen=True, slots=True)
class HeldFiles(NumberedFiles):
    """Those of a root whose lock is held: nobody else writes them, so nothing is asked for twice.

    `_known` has what was read by its number, and None for what was not read yet.
    """

    _known: dict[int, bytes | None] = field(default_factory=dict)

    def numbers(self) -> list[int]:
        if not self._known:
            self._known.update(dict.fromkeys(NumberedFiles.numbers(self)))
        return sorted(self._known)

    def read(self, number: int) -> bytes:
        data = self._known.get(number)
        if data is None:
            data = self._known[number] = NumberedFiles.read(self, number)
        return data

    def append(self, data: bytes, *, keep: int | None = None) -> int:
        try:
            number = NumberedFiles.append(self, data, keep=keep)
        except BaseException:
            self._known.clear()  # whether it is there now has to be asked
            raise
        self._known[number] = data
        return number

    def remove(self, number: int) -> None:
        NumberedFiles.remove(self, number)
        self._known.pop(number, None)

    def put_aside(self, number: int) -> None:
        NumberedFiles.put_aside(self, number)
        self._known.pop(number, None)


@dataclass(frozen=True, slots=True)
class Held:
    """The numbered files of a root whose lock is held."""

    states: States
    releases: NumberedFiles


def states(home: Home, root: str) -> States:
    return States(NumberedFiles(home, home.path("state", root), STATE))


def releases(home: Home, application: str, target: str) -> NumberedFiles:
    return NumberedFiles(home, home.path("releases", f"{application}.{target}"), RELEASE)


def held(home: Home, root: str) -> Held:
    """What there is now, the newest of it read: with the root's lock held, and for no longer than that."""
    folders = {home.path("state", root): STATE, home.path("releases", root): RELEASE}
    found = home.host.files.read_newest(dict(zip(folders, (1, RELEASES_AHEAD), strict=True)))
    states, releases = (
        HeldFiles(home, folder, suffix, _by_number(files, suffix))
        for (folder, suffix), files in zip(folders.items(), found, strict=True)
    )
    return Held(States(states), releases)


def _by_number(files: Mapping[str, Content], suffix: str) -> dict[int, Content]:
    return {int(name.removesuffix(suffix)): data for name, data in files.items() if name.endswith(suffix)}


def everything(home: Home) -> dict[str, list[str]]:
    """The paths of all numbered files by their folder (`state/base`, `releases/notes.home`), newest first; asked for in
    one round trip, however many applications there are."""
    kept = (home.folder, home.path("state*"), home.path("releases*"))
    elsewhere = [word for path in kept for word in ("!", "-path", path)]
    found = _output(home, ["find", home.folder, *elsewhere, "-prune", "-o", "-type", "f", "-print"]).decode()
    paths = [path for path in found.splitlines() if path.endswith((STATE, RELEASE))]
    folders: dict[str, list[str]] = {}
    for path in sorted(paths, reverse=True):
        folders.setdefault(path.removeprefix(f"{home.folder}/").rpartition("/")[0], []).append(path)
    return folders


def read_together(home: Home, paths: Sequence[str]) -> list[bytes]:
    """What those files hold, in one round trip."""
    read = 'for file; do wc -c <"$file" && cat "$file" || exit; done'
    rest = _output(home, ["sh", "-c", read, "sh", *paths])
    contents: list[bytes] = []
    while rest:
        length, _, rest = rest.partition(b"\n")
        contents.append(rest[: int(length)])
        rest = rest[int(length) :]
    return contents


def _output(home: Home, command: Sequence[str]) -> bytes:
    done = home.host.run(command)
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip()
        raise HomeportError(f"The folder {home.folder} on {home.called} cannot be read.", detail=words)
    return done.stdout


def all_releases(home: Home) -> dict[str, dict[str, bytes]]:
    """The records of every application's target: file name to content, by `<application>.<target>`."""
    folder = home.path("releases")
    return {root: _records(home.host.files.read_folder(f"{folder}/{root}")) for root in home.host.files.list(folder)}


def _records(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name.endswith(RELEASE)}
