"""A server, brought to where a base can be set up on it."""

from homeport.events import Emit, Event
from homeport.host import Host, connect
from homeport.machine import ensure_engine
from homeport.machine.engine import Confirm
from homeport.targets import HomeTarget


def open_server(address: str, emit: Emit, confirm: Confirm, *, instance: str, holder: str) -> HomeTarget:
    """The target on a host whose engine answers; what that needs is shown, asked, and done as root.

    Raises Refused, with the commands, where they may not be run from here; HostUnreachable.
    """
    host = connect(address)
    try:
        host = _with_engine(host, emit, confirm)
    except BaseException:
        host.close()
        raise
    return HomeTarget.on(host, instance=instance, holder=holder)


def _with_engine(host: Host, emit: Emit, confirm: Confirm) -> Host:
    """The same host; connected anew where the login may use the engine only from its next login on."""
    if not ensure_engine(host, emit, confirm=confirm).has_joined:
        return host
    emit(Event("engine", "docker", "logging in again: a login gets its groups when it begins"))
    host.close()
    return connect(host.address)
