"""Where a container listens, from the kernel's own table."""

import pytest

from homeport.home.container.listening import described

HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"


def table(*sockets: str, state: str = "0A") -> str:
    rows = [f"   {number}: {socket} 00000000:0000 {state} 00000000:00000000" for number, socket in enumerate(sockets)]
    return "\n".join([HEADING, *rows])


@pytest.mark.parametrize(
    ("expected", "tables"),
    [
        ("", [table("00000000:1F40")]),
        ("", [table(), table("00000000000000000000000000000000:1F40")]),
        ("", [table("0A01A8C0:1F40")]),
        ("; it listens on 9999", [table("00000000:270F")]),
        ("; it listens on 80, 9999", [table("00000000:270F"), table("00000000000000000000000000000000:0050")]),
        ("; it listens on its own loopback only", [table("0100007F:1F40")]),
        ("", [table("0B00007F:AB5B")]),
        ("", [table("00000000:270F", state="01")]),
    ],
    ids=["any", "any-6", "own", "another", "two", "loopback", "resolver", "connected"],
)
def test_words_for_a_port_that_does_not_answer(expected: str, tables: list[str]) -> None:
    """Port 8000 was asked. The engine's own resolver and open connections are no port of the program's."""
    assert expected == described(tables, 8000)
