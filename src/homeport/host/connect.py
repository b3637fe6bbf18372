"""From an address in a manifest to a host."""

from collections.abc import Callable

from homeport.host.local import LocalHost
from homeport.host.protocol import Host
from homeport.host.ssh import SshHost
from homeport.host.ssh.address import parse
from homeport.host.ssh.connection import Connection


def connect(address: str) -> Host:
    """The host at `local` or `ssh://user@server:port`, connected.

    Raises Refused for anything else, HostUnreachable when the server does not let us in.
    """
    return begin(address)()


def begin(address: str, *, will_lock: bool = False) -> Callable[[], Host]:
    """Begin to connect; what is returned waits for the host. A login is half a second in which something else can be
    done, and who says that it `will_lock` waits less for the first lock. Both raise as `connect` does."""
    if address == "local":
        return LocalHost
    connection = Connection(parse(address))
    return lambda: SshHost(connection, will_lock=will_lock)
