import pytest

from homeport.home.gateway import RouteKey
from homeport.home.gateway.folder import Contents, render
from homeport.home.gateway.gateway import _says
from homeport.home.gateway.slots import Slot, Snapshot
from homeport.home.gateway.view import View, view

KEY = RouteKey("notes.localhost", "/api")
OLD, NEW = "172.31.0.10:8000", "172.31.0.11:8000"
READY, DRAIN, MAINT = 0x04, 0x0C, 0x05


def seen(
    blue: tuple[str, int] = (OLD, READY),
    green: tuple[str, int] = ("", MAINT),
    *,
    text: str | None = render(KEY, {"blue": OLD}),
    line: str = f"{KEY.prefix} {KEY.backend}\n",
    running: str = KEY.backend,
) -> View:
    slots = tuple(Slot(KEY.backend, name, *state, 0) for name, state in (("blue", blue), ("green", green)))
    files = {KEY.file: text} if text is not None else {}
    return view(KEY, Contents(files, line), Snapshot(slots, (), {KEY.prefix: running} if running else {}))


def test_one_ready_slot_is_the_address() -> None:
    """The address of a route is that of its one ready slot."""
    assert _says(seen()) == OLD


def test_a_draining_slot_does_not_count() -> None:
    """A switch that was cut off while draining is switched."""
    assert _says(seen(green=(NEW, DRAIN))) == OLD


def test_two_ready_slots_are_no_address() -> None:
    """A switch that was cut off between ready and drain is planned again."""
    assert f"{OLD}+{NEW}" == _says(seen(green=(NEW, READY)))


def test_no_ready_slot_is_no_route() -> None:
    """A route that nobody answers is to be made."""
    assert _says(seen(blue=(OLD, MAINT))) is None


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (seen(text=None), "file is missing"),
        (seen(text="backend x\n"), "file was changed"),
        (seen(text=render(KEY, {"blue": NEW})), "does not say what HAProxy runs"),
        (seen(blue=("10.0.0.1:1", READY)), "does not say what HAProxy runs"),
        (seen(line=""), "line in routes.map"),
        (seen(line=f"{KEY.prefix} route-other\n"), "line in routes.map"),
        (seen(running=""), "does not run the route's line"),
    ],
)
def test_what_was_changed_by_hand_is_said(found: View, words: str) -> None:
    """What a reload would change, or what nobody reaches, is not an address: so a plan puts it right."""
    says = _says(found)
    assert says is not None
    assert says.startswith("drifted: ")
    assert words in says
