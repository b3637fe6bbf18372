import re
from pathlib import Path

import pytest

from homeport.errors import Refused
from homeport.home.gateway import RouteKey

REFUSED = (Path(__file__).parent / "refused_keys.txt").read_text().splitlines()
LEGAL_IN_HAPROXY = re.compile(r"[A-Za-z0-9_.:-]+")


@pytest.mark.parametrize(
    ("host", "path", "prefix"),
    [
        ("notes.localhost", "/", "notes.localhost/"),
        ("notes.localhost", "/api", "notes.localhost/api/"),
        ("notes.localhost", "/api/", "notes.localhost/api/"),
        ("Notes.LOCALHOST.", "/API", "notes.localhost/API/"),
        ("192.168.1.7", "/a/b-c_d~e", "192.168.1.7/a/b-c_d~e/"),
    ],
)
def test_prefix(host: str, path: str, prefix: str) -> None:
    """The map's key is the host in lower case and the path with one slash at its end."""
    assert prefix == RouteKey(host, path).prefix


def test_names_are_readable() -> None:
    """A backend is recognised by a person who reads HAProxy's log."""
    assert re.fullmatch(r"route-notes\.localhost-api-[0-9a-f]{10}", RouteKey("notes.localhost", "/api").backend)


def test_names_are_unique_and_legal() -> None:
    """No two routes share a backend or a file, however alike they look or however long they are."""
    keys = [
        RouteKey(host, path)
        for host in ("a-b.test", "a.b.test", "a_b.test", "a.test", ".".join(["x" * 60] * 4))
        for path in ("/", "/a-b", "/a_b", "/a.b", "/a/b", "/A/b", "/b-test", "/" + "y" * 300)
    ]
    names = {key.backend for key in keys}
    assert len(keys) == len(names)
    assert all(LEGAL_IN_HAPROXY.fullmatch(name) and len(name) < 80 for name in names)
    assert {f"{name}.cfg" for name in names} == {key.file for key in keys}


@pytest.mark.parametrize("line", REFUSED)
def test_refuses_what_would_break_the_files(line: str) -> None:
    """A host or a path that could write another line, or that HAProxy would read otherwise, is refused."""
    host, _, path = line.encode().decode("unicode_escape").partition("|")
    with pytest.raises(Refused):
        RouteKey(host, path)
