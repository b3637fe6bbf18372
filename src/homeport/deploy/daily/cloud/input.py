"""What comes on standard input for a task, which has none: it is known before the task starts, or refused."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from homeport.errors import Refused

LOOK = 0.1  # seconds


@dataclass
class Input:
    """Filled by one thread and read by another. `most` is how many bytes there may be, or else the refusal is raised.

    Not `is_read` is what nobody asks for: it may be anything.
    """

    most: int
    refusal: Refused
    is_read: bool = True
    _data: bytearray = field(default_factory=bytearray)
    _given: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)

    def send(self, data: bytes) -> None:
        if self.is_read:
            self._data += data[: self.most + 1]
        self._given.set()
        if len(self._data) > self.most:
            self._ended.set()

    def end(self) -> None:
        """Nothing more comes."""
        self._given.set()
        self._ended.set()

    def whole(self, given_up: threading.Event) -> bytes:
        """All of it, once it has ended or is too much. Raises the refusal."""
        while not self._ended.wait(LOOK) and not given_up.is_set():
            continue
        return self.checked()

    def checked(self, patience: float = 0.0) -> bytes:
        """What has come by now, or comes first within `patience` seconds. Raises the refusal."""
        self._given.wait(patience)
        if len(self._data) > self.most:
            raise self.refusal
        return bytes(self._data)
