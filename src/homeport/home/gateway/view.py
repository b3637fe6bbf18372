"""One route as its files and the running HAProxy have it."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeport.home.gateway.folder import SLOTS, Contents, is_ours, parse_routes, render
from homeport.home.gateway.key import RouteKey
from homeport.home.gateway.slots import Slot, Snapshot


@dataclass(frozen=True, slots=True)
class View:
    """`text` is the route's file; `line` and `running_line` say where the map leads, on disk and running."""

    key: RouteKey
    slots: tuple[Slot, ...]
    text: str | None
    line: str | None
    running_line: str | None

    @property
    def ready(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if slot.is_ready)

    @property
    def address(self) -> str | None:
        """Of the ready slot; of both, joined by "+", when a switch was cut off; None when none is ready."""
        return "+".join(slot.address for slot in self.ready) or None

    @property
    def live(self) -> Mapping[str, str]:
        """The slot that the file must name: the first ready one."""
        return {slot.name: slot.address for slot in self.ready[:1]}

    @property
    def needs_reload(self) -> bool:
        """Whether HAProxy may run something else than `render` writes: no file, or one changed by hand."""
        names = tuple(slot.name for slot in self.slots)
        return names != SLOTS or not is_ours(self.key, self.text)

    @property
    def drift(self) -> str:
        """What is not as a switch leaves it; empty when all is. Only of a route that is served."""
        if self.text is None:
            return "drifted: the route's file is missing"
        if not is_ours(self.key, self.text):
            return "drifted: the route's file was changed"
        if self.text != render(self.key, self.live):
            return "drifted: the route's file does not say what HAProxy runs"
        if self.line != self.key.backend:
            return "drifted: the route's line in routes.map is missing or was changed"
        if self.running_line != self.key.backend:
            return "drifted: HAProxy does not run the route's line of routes.map"
        return ""

    @property
    def is_sound(self) -> bool:
        return not self.needs_reload and not (self.ready and self.drift)

    def serves_only(self, address: str) -> bool:
        return [slot.address for slot in self.ready] == [address]


def view(key: RouteKey, contents: Contents, snapshot: Snapshot) -> View:
    return View(
        key,
        snapshot.of(key),
        contents.files.get(key.file),
        parse_routes(contents.map).get(key.prefix),
        snapshot.routes.get(key.prefix),
    )
