"""What every resource of ours shares: errors become diagnostics, and nothing is ever recorded that is not there."""

from __future__ import annotations

import traceback
from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from tf.iface import CreateContext, DeleteContext, PlanContext, ReadContext, Resource, UpdateContext
from tf.schema import Attribute, Schema
from tf.types import Unknown

from homeport.errors import HomeportError
from homeport.events import Event

if TYPE_CHECKING:
    from homeport.provider.provider import HomeportProvider

State = dict[str, Any]


class NounResource(Resource):  # type: ignore[misc]
    """A noun of ours. A subclass says its `noun`, its `attributes`, and how to make, look, change and remove one.

    A failed `make` leaves no object (Terraform would destroy a half-made one before it tries again); a failed `change`
    or `remove` leaves the state as it was.
    """

    noun: ClassVar[str]
    attributes: ClassVar[list[Attribute]]

    def __init__(self, provider: HomeportProvider) -> None:
        self.provider = provider

    # ------------------------------------------------- what a subclass answers

    @abstractmethod
    def make(self, planned: State) -> State:
        """Make it, or adopt what is there already; returns the state with every computed attribute."""

    @abstractmethod
    def look(self, current: State) -> State | None:
        """The object as it is now; None when it is gone."""

    @abstractmethod
    def remove(self, current: State) -> None:
        """Remove it; no error when it is gone."""

    def change(self, current: State, planned: State) -> State:
        """Change it in place. Nouns that cannot change say `requires_replace` on each attribute."""
        return planned

    def changes_in_place(self, current: State, planned: State) -> bool:
        """Whether `change` can bring it there after all: then no attribute makes Terraform destroy it first."""
        return False

    def recomputed(self, current: State, changed: set[str]) -> Iterable[str]:
        """Computed attributes that an in-place change may give another value."""
        return ()

    def replaced_by_drift(self, current: State) -> list[str]:
        """Computed attributes whose present value means that the object must be made anew."""
        return []

    # --------------------------------------------------- what the drivers need

    def stopped(self) -> bool:
        return self.provider.stopping.is_set()

    # -------------------------------------------------------------- tf's calls

    @classmethod
    def get_name(cls) -> str:
        return cls.noun

    @classmethod
    def get_schema(cls) -> Schema:
        return Schema(attributes=cls.attributes)

    def plan(self, ctx: PlanContext, current: State | None, planned: State) -> State:
        """Attributes that become known only by doing it are unknown in the plan."""
        if current is None:
            return planned
        unknown = {*self.recomputed(current, ctx.changed_fields), *self.replaced_by_drift(current)}
        return planned | {name: Unknown for name in unknown}

    def create(self, ctx: CreateContext, planned: State) -> State | None:
        return self._answer(ctx, planned, lambda: self.make(planned), None)

    def read(self, ctx: ReadContext, current: State) -> State | None:
        return self._answer(ctx, current, lambda: self.look(current), current)

    def update(self, ctx: UpdateContext, current: State, planned: State) -> State | None:
        return self._answer(ctx, planned, lambda: self.change(current, planned), current)

    def delete(self, ctx: DeleteContext, current: State) -> State | None:
        return self._answer(ctx, current, lambda: self.remove(current), current)

    def _answer(self, ctx: Any, state: State, do: Callable[[], State | None], otherwise: State | None) -> State | None:
        """The result of `do`, or `otherwise` with the error told to Terraform and to the person."""
        try:
            return do()
        except HomeportError as error:
            self._tell(ctx, state, error)
            return getattr(error, "state", otherwise)
        except Exception as error:
            self._tell(ctx, state, self.cause(error))
            return otherwise

    def cause(self, error: Exception) -> HomeportError:
        """What is told of an error that no driver foresaw."""
        return HomeportError(f"{type(error).__name__}: {error}", detail="".join(traceback.format_exception(error)))

    def _tell(self, ctx: Any, state: State, error: HomeportError) -> None:
        """The person hears of it now, and why when the whole run has ended: the reason is not said twice."""
        self.provider.emit(Event(self.noun, self.subject(state), "failed", "warning"))
        self.provider.tell(ctx.diagnostics, error)

    def subject(self, state: State) -> str:
        """What the object is called in progress and errors."""
        return str(state.get("name") or self.noun)
