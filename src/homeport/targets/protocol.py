"""What `deploy/` needs of any target, whatever its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, Self

from homeport.events import Emit, ignore

if TYPE_CHECKING:
    from homeport.host import Lock
    from homeport.oci import Registry
    from homeport.provider import HomeportProvider
    from homeport.releases.record import Release
    from homeport.releases.rollback import Schema
    from homeport.store import NumberedFiles, Secrets, States
    from homeport.terraform import Plan


class Target(Protocol):
    """An open target. Close it by leaving its `with` statement.

    A root is `base` or `<application>.<target>`: the name of a Terraform root, of its lock, of its records and of its
    scope of secrets.
    """

    @property
    def called(self) -> str:
        """The target as a sentence has it: `this machine`, `ssh://ana@server`, `AWS 123456789012, eu-west-1`."""
        ...

    @property
    def address(self) -> str:
        """The same for machines: `local`, `ssh://ana@server`, `aws://123456789012/eu-west-1`."""
        ...

    @property
    def holder(self) -> str:
        """How this process is named to whoever finds a lock held: `ana@laptop pid 4711`."""
        ...

    @property
    def base_id(self) -> str:
        """The id that `setup` gave the base once: the same for two targets of one base. Raises NotSetUp."""
        ...

    def usual_hosts(self, application: str) -> tuple[str, ...]:
        """The names on which an application answers that asks for none; empty where the target finds one later.
        Raises NotSetUp without a base."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: object, error: BaseException | None, *where: object) -> None: ...

    # ---------------------------------------------------- state, lock, provider

    def lock(self, name: str, doing: str, emit: Emit = ignore) -> AbstractContextManager[Lock]:
        """Hold the lock of a root; `doing` is told to a person who finds it held. Raises Locked."""
        ...

    def lock_to_look(self, name: str, doing: str, emit: Emit = ignore) -> AbstractContextManager[Lock]:
        """The same for a look that writes nothing: where the right to take the lock is lacking, it is told, and who
        holds it is refused all the same."""
        ...

    def looking_ahead(self, root: str) -> AbstractContextManager[None]:
        """Ask of what is in the state of a root at once, where Terraform would ask one after the other, and later."""
        ...

    def left_behind(self, plan: Plan, emit: Emit) -> Mapping[str, str]:
        """Of what a plan would make, what an interrupted run made and nobody noted: the ids to import it by, by its
        address. What is still being made is waited for."""
        ...

    def way_out(self, detail: str) -> str:
        """What a person can do about an error of Terraform's; empty where its own words are all that is known."""
        ...

    def provider(self, emit: Emit) -> HomeportProvider:
        """The provider with this target's drivers, whatever the root's provider block says."""
        ...

    def states(self, root: str) -> States:
        """Terraform's states of a root, with history."""
        ...

    def schema_version(self, root: str) -> str:
        """The schema version in the state of an application's root; empty without migrations."""
        ...

    def schema(self, root: str) -> Schema:
        """What stands in the database of an application's root."""
        ...

    # ----------------------------------------------------------------- releases

    def release_files(self, application: str, target: str) -> NumberedFiles:
        """The records of the releases."""
        ...

    def records(self, application: str, target: str) -> dict[int, Release | None]:
        """All kept releases by their numbers, oldest first; None where the record is damaged."""
        ...

    def releases(self, application: str, target: str) -> list[Release]:
        """All kept releases, oldest first; a damaged record is left out."""
        ...

    def newest_releases(self, application: str, target: str) -> Iterator[Release]:
        """The same, newest first, each read once it is asked for."""
        ...

    def last_release(self, application: str, target: str) -> Release | None:
        """The newest release that succeeded."""
        ...

    def last_attempt(self, application: str, target: str) -> Release | None:
        """The newest release, however it ended."""
        ...

    def next_number(self, application: str, target: str) -> int:
        """The number that the next release gets."""
        ...

    def record(self, application: str, target: str, release: Release) -> None:
        """Keep the record of a release."""
        ...

    # -------------------------------------------------------- images and secrets

    @property
    def secrets(self) -> Secrets:
        """The secrets of the applications."""
        ...

    def registry(self) -> Registry:
        """The registry of the target's images, reached from here."""
        ...
