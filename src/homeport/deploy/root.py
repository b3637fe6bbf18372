"""A root, with everything that Terraform needs around it: provider, state, lock, workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from homeport import shipped
from homeport.errors import HomeportError, Interrupted, TerraformFailed
from homeport.events import Emit, Event
from homeport.host import Lock
from homeport.stack import Root
from homeport.store import States
from homeport.targets import Target
from homeport.terraform import Plan, Workspace, find, serve_state

if TYPE_CHECKING:
    from homeport.provider import HomeportProvider


@dataclass(frozen=True, slots=True)
class OpenRoot:
    """A root that can be planned and applied."""

    target: Target
    name: str
    workspace: Workspace
    provider: HomeportProvider
    emit: Emit

    def look(self) -> Plan:
        """What applying the root would do, where nothing may be written."""
        with self._own_words(), self.target.looking_ahead(self.name):
            return self.workspace.plan()

    def plan(self, *, destroy: bool = False, replace: Sequence[str] = (), only: Sequence[str] = ()) -> Plan:
        """What applying the root would do. What an interrupted run made and could not note is taken up, not made again:
        what is known of it shows the next of it, so that is asked for until there is no more."""
        imports: dict[str, str] = {}
        with self._own_words(), self.target.looking_ahead(self.name):
            plan = self.workspace.plan(destroy=destroy, replace=replace, only=only)
            while found := self.target.left_behind(plan, self.emit):
                imports |= self._taken_up(plan, found)
                plan = self.workspace.plan(destroy=destroy, replace=replace, only=only, imports=imports)
        return plan

    def apply(self, plan: Plan) -> None:
        """Apply that very plan. Terraform notes what depends on a thing that it imports only when it looks once more:
        without that, it could not take it away again in order."""
        with self._own_words():
            self.workspace.apply(plan)
            if plan.has_imports and (seen := self.workspace.plan()).is_empty:
                self.workspace.apply(seen)

    def unnoted(self) -> list[str]:
        """What an interrupted run made of the root and could not note."""
        with self._own_words():
            return sorted(self.target.left_behind(self.workspace.plan(), self.emit).values())

    def _taken_up(self, plan: Plan, found: Mapping[str, str]) -> dict[str, str]:
        """What is in the state already needs no import: there it counts as half made, and does not any more."""
        left = [change for change in plan.changes if change.address in found]
        kinds = Counter(change.noun for change in left)
        listed = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in sorted(kinds.items()))
        self.emit(Event("state", self.name, f"an interrupted run left these, they are taken up: {listed}", "warning"))
        half_made = {change.address for change in left if change.is_tainted}
        for address in half_made:
            self.workspace.untaint(address)
        return {address: one for address, one in found.items() if address not in half_made}

    @contextmanager
    def _own_words(self) -> Iterator[None]:
        """What a driver failed with says more than Terraform's account of it."""
        self.provider.failures.clear()
        try:
            yield
        except Interrupted as error:
            error.detail = "\n".join(one.message for one in self.provider.failures if isinstance(one, Interrupted))
            raise
        except TerraformFailed as error:
            failures = [failure for failure in self.provider.failures if not isinstance(failure, Interrupted)]
            if not failures:
                error.next_step = error.next_step or self.target.way_out(error.detail)
                raise
            raise _together(failures) from error


@contextmanager
def open_root(target: Target, name: str, root: Root, folder: Path, lock: Lock, emit: Emit) -> Iterator[OpenRoot]:
    """Serve the target's provider and the state of the root `name`, and give the workspace in `folder`.

    What an interrupted run left there is taken up first, and a damaged state put aside.
    """
    from homeport.provider import serve

    provider = target.provider(emit)
    states = whole_states(target, name, emit)
    with serve(provider) as attach, serve_state(states, provider.failures.append) as state:
        workspace = Workspace(
            folder,
            root,
            modules=shipped.folder("modules"),
            binary=find(),
            variables={**attach, **state},
            descriptors=[lock.descriptor()],
            emit=emit,
        )
        workspace.heal(states)
        yield OpenRoot(target, name, workspace, provider, emit)


def whole_states(target: Target, name: str, emit: Emit) -> States:
    """The states of the root `name`, the damaged ones put aside: under its lock, and before the first look at one."""
    states = target.states(name)
    for number in states.put_damaged_aside():
        emit(Event("state", name, f"state {number} is damaged: put aside, and gone on from the one before", "warning"))
    return states


def _together(failures: list[HomeportError]) -> HomeportError:
    """One error that says all of them, of the first one's kind."""
    first, *others = failures
    for other in others:
        if str(other) not in str(first):
            first.detail = "\n\n".join(part for part in (first.detail, str(other)) if part)
    return first
