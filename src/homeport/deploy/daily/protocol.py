"""What the daily verbs need of any kind of target."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from homeport.errors import Refused
from homeport.events import Emit
from homeport.stack import Root
from homeport.terraform import Change

EXPLAINING_LINES = 15  # of a log, beside a cause


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, and the terminal that it gets: none, or one with these variables (TERM).

    `insists` says that a terminal was asked for in so many words, and is not only given because there is one.
    """

    command: Sequence[str]
    terminal: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    insists: bool = False


class Session(Protocol):
    """A command that runs, with a person or a script at the other end."""

    @property
    def has_terminal(self) -> bool:
        """With one, its two outputs are one."""
        ...

    def output(self) -> Iterator[tuple[int, bytes]]:
        """Pieces of its output as they come: 1 and the bytes of standard output, 2 and those of standard error."""
        ...

    def exit_code(self) -> int:
        """Waits for the end."""
        ...

    def interrupt(self) -> None:
        """What Ctrl-C means without a terminal."""
        ...

    def send(self, data: bytes) -> None:
        """To its standard input."""
        ...

    def end_input(self) -> None:
        """Nothing more comes there."""
        ...

    def resize(self, rows: int, columns: int) -> None:
        """The size of its terminal."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """Where a browser finds an application. `leads_to` names a server that the URL leads to only while `serve` runs;
    it ends by a KeyboardInterrupt. Both are empty where the URL is the application's own."""

    url: str
    leads_to: str = ""
    serve: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something of an application that does not run as it should.

    `cause` is a sentence; `exit_code` is None where nothing exited; `log` are the last lines of what it is about.
    """

    service: str
    cause: str
    exit_code: int | None = None
    log: tuple[str, ...] = ()
    next_step: str = ""


class Daily(Protocol):
    """The daily verbs of one application on one open target.

    All raise NotSetUp without a base, and Refused for a service that there is not, or of which nothing was released.
    """

    def logs(self, service: str | None, *, lines: int, follow: bool) -> Iterator[tuple[str, str]]:
        """The last log lines of one service or of all, then, with `follow`, every further one: each with its
        service's name."""
        ...

    def run(self, service: str, asked: Asked, emit: Emit) -> AbstractContextManager[Session]:
        """A command beside a service, in an environment like its own, which is gone when it has ended."""
        ...

    def execute(self, service: str, asked: Asked) -> AbstractContextManager[Session]:
        """A command inside what serves."""
        ...

    def psql(self, asked: Asked, emit: Emit, *, as_owner: bool) -> AbstractContextManager[Session]:
        """psql with the options `asked.command`, on the application's database."""
        ...

    def page(self, service: str | None) -> Page:
        """Where the application is looked at: a service, or what a person means without one."""
        ...

    def troubles(self) -> tuple[Trouble, ...]:
        """What does not run as it should now."""
        ...

    # ------------------------------------------------------------- for a restart

    def renewable(self, configuration: Mapping[str, Any]) -> Mapping[str, str]:
        """What can be restarted of a release: by name, Terraform's address of what is made anew for it."""
        ...

    def renewing(self, configuration: Mapping[str, Any], names: Collection[str]) -> Root:
        """The root that makes them anew: as released, with the secrets that there are now."""
        ...

    def is_renewal(self, change: Change, names: Collection[str]) -> bool:
        """Whether a change of a plan is a part of that."""
        ...

    def not_released(self, name: str) -> Refused:
        """What to say of a service of which nothing was released here."""
        ...

    def release_command(self) -> str:
        """The command that releases here."""
        ...
