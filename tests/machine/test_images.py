"""Which images are chosen. The engine is a small HTTP server that answers as Docker's does."""

import http.server
import threading
from collections.abc import Iterator

import docker
import pytest

from homeport.errors import Refused
from homeport.events import Event, ignore
from homeport.machine import official
from homeport.machine.images import choose_source, ensure_images


class FakeEngine(http.server.BaseHTTPRequestHandler):
    """Knows every image when `status` is 200, and none else."""

    status = 200
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"message": "No such image"}')

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(params=[200])
def engine(request: pytest.FixtureRequest) -> Iterator[tuple[docker.APIClient, type[FakeEngine]]]:
    handler = type("Engine", (FakeEngine,), {"status": request.param, "asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield docker.APIClient(base_url=f"tcp://127.0.0.1:{server.server_port}", version="1.41"), handler
    server.shutdown()
    server.server_close()


def test_official_images_are_chosen_where_the_registry_answers(engine: tuple[docker.APIClient, type]) -> None:
    """The engine, not this machine, is asked: it is the one that pulls."""
    client, handler = engine
    assert choose_source(client, ignore) == "official"
    assert [f"/distribution/{official.OFFICIAL['postgres']}/json"] == handler.asked


@pytest.mark.parametrize("engine", [403, 404, 500], indirect=True)
def test_images_are_built_where_the_registry_does_not_answer(engine: tuple[docker.APIClient, type]) -> None:
    """Whatever is wrong with the registry, there is another way; the choice is said."""
    said: list[Event] = []
    assert choose_source(engine[0], said.append) == "built"
    assert [event.level for event in said] == ["start", "done"]


def test_given_source_is_obeyed_without_a_try(engine: tuple[docker.APIClient, type]) -> None:
    """The choice is made once; later runs do not ask the registry again, nor pull what is there."""
    client, handler = engine
    said: list[Event] = []
    images = ensure_images(client, said.append, source="official")
    assert (said, images.source, images.substitutes) == ([], "official", {})
    assert [path for path in handler.asked if "distribution" in path] == []


def _no_room(doing: str, size: int) -> None:
    raise Refused(f"{doing}: {size}")


@pytest.mark.parametrize("engine", [404], indirect=True)
def test_nothing_is_pulled_without_room_for_all_of_it(engine: tuple[docker.APIClient, type]) -> None:
    """All missing images count together, and the disk is asked before the first of them is begun."""
    said: list[Event] = []
    with pytest.raises(Refused, match=r"postgres, registry, gateway, flyway: 1105000000$"):
        ensure_images(engine[0], said.append, source="official", room=_no_room)
    assert [] == said


def test_the_disk_is_not_asked_when_nothing_is_missing(engine: tuple[docker.APIClient, type]) -> None:
    """A second setup on a full disk has nothing to pull, and mends what it can."""
    assert "official" == ensure_images(engine[0], ignore, source="official", room=_no_room).source


def test_official_images_are_pinned_by_digest() -> None:
    """A tag moves; a digest does not."""
    assert [image for image in official.OFFICIAL.values() if "@sha256:" not in image] == []
