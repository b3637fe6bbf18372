"""From an address in a manifest to a host."""

from homeport.host.local import LocalHost
from homeport.host.protocol import Host
from homeport.host.ssh import SshHost
from homeport.host.ssh.address import parse


def connect(address: str) -> Host:
    """The host at `local` or `ssh://user@server:port`, connected.

    Raises Refused for anything else, HostUnreachable when the server does not let us in.
    """
    return LocalHost() if address == "local" else SshHost(parse(address))
