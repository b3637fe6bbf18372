"""Addresses of hosts."""

import pytest

from homeport.errors import Refused
from homeport.host import connect
from homeport.host.ssh.address import SshAddress, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ssh://server", SshAddress("ssh://server", "server")),
        ("ssh://ana@server", SshAddress("ssh://ana@server", "server", "ana")),
        ("ssh://ana@server:2222", SshAddress("ssh://ana@server:2222", "server", "ana", 2222)),
        ("ssh://ana@server/", SshAddress("ssh://ana@server/", "server", "ana")),
        ("ssh://10.0.0.1:22", SshAddress("ssh://10.0.0.1:22", "10.0.0.1", None, 22)),
        ("ssh://[fd00::1]:22", SshAddress("ssh://[fd00::1]:22", "fd00::1", None, 22)),
    ],
)
def test_an_address_is_taken_apart(text: str, expected: SshAddress) -> None:
    """What is not in it is left to the user's ssh configuration."""
    assert expected == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "ssh://-oProxyCommand=touch /tmp/x",
        "ssh://-oProxyCommand=x",
        "ssh://-l@server",
        "ssh://ana@-oProxyCommand=x",
        "ssh://ana@server -oProxyCommand=x",
        "ssh://ana@server;id",
        "ssh://ana@server\n",
        "ssh://$(id)@server",
        "ssh://ana:password@server",
        "ssh://ana@server:0",
        "ssh://ana@server:99999",
        "ssh://ana@server:port",
        "ssh://ana@server/folder",
        "ssh://",
        "ssh:server",
        "ana@server",
        "tcp://server:2375",
        "LOCAL",
        "",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """An option in the place of a host name would run a program on this machine."""
    with pytest.raises(Refused, match="is not the address of a host"):
        connect(text)
