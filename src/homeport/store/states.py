"""Terraform's states of one root, with history."""

import json
from dataclasses import dataclass

from homeport.store.numbered import NumberedFiles

STATES_KEPT = 50


@dataclass(frozen=True, slots=True)
class States:
    """The states of one root, `base` or `<application>.<target>`: Terraform's, with history."""

    files: NumberedFiles

    def read(self) -> bytes | None:
        numbers = self.files.numbers()
        return self.files.read(numbers[-1]) if numbers else None

    def write(self, state: bytes) -> None:
        self.files.append(state, keep=STATES_KEPT)

    def put_damaged_aside(self) -> list[int]:
        """Put aside the newest states that are none, down to the newest whole one; returns their numbers.

        An older state is enough to go on from: what it does not know of is found at the target, and adopted.
        """
        damaged: list[int] = []
        for number in reversed(self.files.numbers()):
            if is_state(self.files.read(number)):
                break
            self.files.put_aside(number)
            damaged.append(number)
        return damaged


def is_state(data: bytes) -> bool:
    """Whether it is a whole state of Terraform's."""
    try:
        read = json.loads(data)
    except ValueError:
        return False
    return isinstance(read, dict) and {"version", "serial", "lineage", "resources"} <= read.keys()
