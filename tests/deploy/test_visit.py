"""What a forwarded request and its answer look like on the other side."""

from homeport.deploy.daily.home.visit import Names

NAMES = Names("notes.localhost:8080", "notes.home.lan", "http://notes.localhost:8080", "http://notes.home.lan")


def _lines(*lines: str) -> bytes:
    return "\r\n".join((*lines, "", "")).encode()


def test_a_request_asks_for_the_name_that_the_gateway_knows() -> None:
    """Its Host, and the Origin that a server compares with it; and it is the last on its connection."""
    asked = _lines(
        "POST /api/notes?at=http://notes.localhost:8080/ HTTP/1.1",
        "host:  Notes.localhost:8080 ",
        "Connection: keep-alive",
        "Origin: http://notes.localhost:8080",
        "Referer: http://notes.localhost:8080/new",
        "X-Host: notes.localhost:8080",
    )
    expected = _lines(
        "POST /api/notes?at=http://notes.localhost:8080/ HTTP/1.1",
        "Host: notes.home.lan",
        "Origin: http://notes.home.lan",
        "Referer: http://notes.home.lan/new",
        "X-Host: notes.localhost:8080",
        "Connection: close",
    )
    assert expected == NAMES.asked(asked)


def test_another_name_is_left_to_the_gateway() -> None:
    """A page of somebody else's that leads its own name to the loopback reaches no application."""
    asked = _lines("GET / HTTP/1.1", "Host: evil.example:8080", "Origin: http://evil.example:8080")
    expected = _lines(
        "GET / HTTP/1.1", "Host: evil.example:8080", "Origin: http://evil.example:8080", "Connection: close"
    )
    assert expected == NAMES.asked(asked)


def test_an_upgrade_stays_one() -> None:
    """A WebSocket is not closed after its first answer."""
    asked = _lines("GET /live HTTP/1.1", "Host: notes.localhost:8080", "Connection: Upgrade", "Upgrade: websocket")
    expected = _lines("GET /live HTTP/1.1", "Host: notes.home.lan", "Connection: Upgrade", "Upgrade: websocket")
    assert expected == NAMES.asked(asked)


def test_a_redirection_stays_here() -> None:
    """To the application's own name it is brought back; to any other, and to one that begins alike, it is not."""
    for place, expected in (
        ("http://notes.home.lan/login", "http://notes.localhost:8080/login"),
        ("http://notes.home.lan", "http://notes.localhost:8080"),
        ("/login", "/login"),
        ("http://notes.home.language/", "http://notes.home.language/"),
    ):
        answered = _lines("HTTP/1.1 302 Found", f"Location: {place}", "Set-Cookie: a=b")
        assert _lines("HTTP/1.1 302 Found", f"Location: {expected}", "Set-Cookie: a=b") == NAMES.answered(answered)
