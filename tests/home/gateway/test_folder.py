import pytest

from homeport.home.gateway import RouteKey
from homeport.home.gateway.folder import (
    is_ours,
    key_of,
    live_servers,
    parse_routes,
    render,
    with_route,
    without_route,
)

KEY = RouteKey("notes.localhost", "/api")
FILE = f"""\
# Written by homeport for notes.localhost/api. A change by hand is undone by the next `homeport up`.
backend {KEY.backend}
  option forwardfor
  use-server blue if {{ var(txn.slot) -m str blue }}
  use-server green if {{ var(txn.slot) -m str green }}
  server blue 0.0.0.0:0 disabled
  server green 172.31.0.10:8000
"""


def test_render() -> None:
    """The file names the live slot's address, so that a reload serves the same; the other slot is disabled."""
    assert render(KEY, {"green": "172.31.0.10:8000"}) == FILE


@pytest.mark.parametrize("path", ["/", "/api", "/api/v1"])
def test_a_file_says_which_route_it_is_of(path: str) -> None:
    """A route that was begun and leads nowhere is known by its file alone."""
    key = RouteKey("notes.localhost", path)
    assert key_of(render(key, {})) == key


def test_a_file_that_a_person_wrote_is_of_no_route() -> None:
    """Whatever its first line says."""
    for text in ("", "backend mine\n", FILE + "  option httpclose\n", FILE.replace("/api. A", "//. A")):
        assert key_of(text) is None


def test_live_servers() -> None:
    """What a file would serve is read from any file, also from one that was changed by hand."""
    assert live_servers(FILE) == {"green": "172.31.0.10:8000"}
    assert live_servers("backend b\n\tserver x 10.0.0.1:1 maxconn 5\n server y 1.1.1.1:1 disabled\n") == {
        "x": "10.0.0.1:1"
    }


@pytest.mark.parametrize("text", [None, "", FILE + "  option httpclose\n", FILE.replace("forwardfor", "httpclose")])
def test_a_changed_file_is_not_ours(text: str | None) -> None:
    """A file that says anything else than homeport would write is seen as changed."""
    assert is_ours(KEY, FILE)
    assert not is_ours(KEY, text)


def test_map_lines() -> None:
    """Adding and removing one route leaves the lines of the others, comments included."""
    others = "# by hand\nnotes.localhost/ route-site\n"
    both = with_route(others, KEY)
    assert {"notes.localhost/": "route-site", "notes.localhost/api/": KEY.backend} == parse_routes(both)
    assert both == with_route(both, KEY)
    assert others == without_route(both, KEY)


def test_map_line_that_leads_elsewhere_is_replaced() -> None:
    """There is one line a route."""
    assert f"{KEY.prefix} {KEY.backend}\n" == with_route(f"{KEY.prefix} route-other\n", KEY)
