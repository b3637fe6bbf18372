"""Numbered files on the server: the states of a root, and the releases of an application."""

from dataclasses import dataclass

from homeport.home.home import Home

STATES_KEPT = 50
STATE = ".tfstate"
RELEASE = ".json"


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

    def append(self, data: bytes) -> int:
        """Keep `data` under the next number, which is returned."""
        number = max(self.numbers(), default=0) + 1
        self.home.host.files.write(self._path(number), data)
        return number

    def keep_newest(self, count: int) -> None:
        for number in self.numbers()[:-count]:
            self.home.host.files.remove(self._path(number))

    def _path(self, number: int) -> str:
        return f"{self.folder}/{number:08d}{self.suffix}"


@dataclass(frozen=True, slots=True)
class States:
    """The states of one root, `base` or `<application>.<target>`: Terraform's, with history."""

    files: NumberedFiles

    def read(self) -> bytes | None:
        numbers = self.files.numbers()
        return self.files.read(numbers[-1]) if numbers else None

    def write(self, state: bytes) -> None:
        self.files.append(state)
        self.files.keep_newest(STATES_KEPT)


def states(home: Home, root: str) -> States:
    return States(NumberedFiles(home, home.path("state", root), STATE))


def releases(home: Home, application: str, target: str) -> NumberedFiles:
    return NumberedFiles(home, home.path("releases", f"{application}.{target}"), RELEASE)
