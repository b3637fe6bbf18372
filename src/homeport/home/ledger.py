"""Numbered files on the server: the states of a root, and the releases of an application."""

import json
from dataclasses import dataclass

from homeport.home.home import Home

STATES_KEPT = 50
STATE = ".tfstate"
DAMAGED = ".damaged"
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

    def put_aside(self, number: int) -> None:
        """Keep it beside the others for whoever wants to look at it; it no longer counts."""
        self.home.host.files.write(self._path(number) + DAMAGED, self.read(number))
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

    def put_damaged_aside(self) -> list[int]:
        """Put aside the newest states that are none, down to the newest whole one; returns their numbers.

        An older state is enough to go on from: what it does not know of is found on the server, and adopted.
        """
        damaged: list[int] = []
        for number in reversed(self.files.numbers()):
            if _is_state(self.files.read(number)):
                break
            self.files.put_aside(number)
            damaged.append(number)
        return damaged


def _is_state(data: bytes) -> bool:
    """Whether it is a whole state of Terraform's."""
    try:
        read = json.loads(data)
    except ValueError:
        return False
    return isinstance(read, dict) and {"version", "serial", "lineage", "resources"} <= read.keys()


def states(home: Home, root: str) -> States:
    return States(NumberedFiles(home, home.path("state", root), STATE))


def releases(home: Home, application: str, target: str) -> NumberedFiles:
    return NumberedFiles(home, home.path("releases", f"{application}.{target}"), RELEASE)
