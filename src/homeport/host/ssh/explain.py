"""What ssh said, as an error with a next step."""

from collections.abc import Callable

from homeport.errors import HostUnreachable
from homeport.host.ssh.address import SshAddress

Step = Callable[[SshAddress], str]

# In this order: a changed key also ends with "Host key verification failed", and refused keys with "closed".
CAUSES: tuple[tuple[tuple[str, ...], str, Step], ...] = (
    (
        ("REMOTE HOST IDENTIFICATION HAS CHANGED",),
        "{0} shows another host key than before",
        lambda a: (
            f"If the server was installed anew, forget the old key with: ssh-keygen -R {_known_as(a)}\n"
            "If it was not, someone may stand between: do not connect."
        ),
    ),
    (
        ("Host key verification failed", "No matching host key", "No ED25519 host key is known"),
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
)


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


def connection_lost(address: SshAddress, words: str) -> HostUnreachable:
    """A connection that was there and is gone."""
    return HostUnreachable(
        f"The connection to {address} was lost.",
        detail=last_lines(words),
        next_step="Check the network, then run the command again.",
    )


def last_lines(words: str, count: int = 5) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return "\n".join(lines[-count:])


def _known_as(address: SshAddress) -> str:
    return f"'[{address.host}]:{address.port}'" if address.port not in (None, 22) else address.host
