"""What ssh said, as an error with a next step."""

import re
from collections.abc import Callable

from homeport.errors import HostUnreachable
from homeport.host.ssh.address import SshAddress

Step = Callable[[SshAddress], str]

CHANGED_KEY = "REMOTE HOST IDENTIFICATION HAS CHANGED"
UNKNOWN_KEY = "Host key verification failed"

# In this order: a changed key also ends with "Host key verification failed", and refused keys with "closed".
CAUSES: tuple[tuple[tuple[str, ...], str, Step], ...] = (
    (
        (CHANGED_KEY,),
        "{0} shows another host key than before",
        lambda a: (
            f"If the server was installed anew, forget the old key with: ssh-keygen -R {_known_as(a)}\n"
            "If it was not, someone may stand between: do not connect."
        ),
    ),
    (
        (UNKNOWN_KEY, "No matching host key", "No ED25519 host key is known"),
        "{0} is not known to this machine's ssh",
        lambda a: f"Compare its fingerprint and accept it once with: ssh {a.login()}",
    ),
    (
        ("Could not resolve hostname",),
        "{0}: there is no machine of that name",
        lambda _: "Check the name in the manifest, or add it to ~/.ssh/config or your DNS.",
    ),
    (
        ("Permission denied (", "Too many authentication failures", "No more authentication methods"),
        "{0} did not accept any of your keys",
        lambda a: f"Load the right key with ssh-add, or put it on the server with: ssh-copy-id {a.login()}",
    ),
    (
        ("Connection refused",),
        "{0} refuses connections",
        lambda _: "Check the port, and that sshd runs there.",
    ),
    (
        ("timed out", "No route to host", "Network is unreachable", "Host is down"),
        "{0} does not answer",
        lambda _: "Check that the server is on and that you are in its network (a VPN?).",
    ),
    (
        ("Bad configuration option", "configuration file", "Bad owner or permissions"),
        "Your ssh configuration cannot be used for {0}",
        lambda a: f"Mend it until this works: ssh {a.login()}",
    ),
    (
        ("bash: not found", "bash: command not found", "Unknown command: bash", "bash: No such file"),
        "{0} has no bash",
        lambda _: "Install bash on the server.",
    ),
    (
        ("kex_exchange_identification", "Connection closed by", "Connection reset by"),
        "{0} closes the connection before anybody can log in",
        lambda _: "See sshd's log there (journalctl -u ssh), and what turns you away before it: a ban, a firewall.",
    ),
)
SERVERS_KEY = re.compile(r"Server host key: (\S+ \S+)")


def unreachable(address: SshAddress, words: str) -> HostUnreachable:
    """Why a connection could not be made, from what ssh wrote on its standard error."""
    detail = last_lines(words)
    for signs, message, step in CAUSES:
        if any(sign in words for sign in signs):
            return HostUnreachable(message.format(address) + ".", detail=detail, next_step=step(address))
    return HostUnreachable(
        f"{address} cannot be reached by ssh.",
        detail=detail,
        next_step=f"See what happens with: ssh -v {address.login()}",
    )


def no_shell(address: SshAddress) -> HostUnreachable:
    """A login that ends as soon as it has begun."""
    return HostUnreachable(
        f"{address} lets you in, and opens no shell for that login.",
        next_step=f"Give the login one, as root there: usermod -s /bin/bash LOGIN. See: ssh {address.login()}",
    )


def fingerprint(words: str) -> str:
    """The host's key in what `ssh -v` says; the last is the host's own, others are of hosts on the way."""
    found = SERVERS_KEY.findall(words)
    return f"It shows the key {found[-1]}" if found else ""


def connection_lost(address: SshAddress, words: str) -> HostUnreachable:
    """A connection that was there and is gone."""
    return HostUnreachable(
        f"The connection to {address} was lost.",
        detail=last_lines(words),
        next_step="Check the network, then run the same command again: it goes on where this one stopped.",
    )


def last_lines(words: str, count: int = 5) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return "\n".join(lines[-count:])


def _known_as(address: SshAddress) -> str:
    return f"'[{address.host}]:{address.port}'" if address.port not in (None, 22) else address.host
