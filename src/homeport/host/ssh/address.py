"""`ssh://user@server:port`, strictly: what it holds ends on a command line of ssh."""

import re
from dataclasses import dataclass

from homeport.errors import Refused

PATTERN = re.compile(
    r"ssh://"
    r"(?:(?P<user>[a-z0-9_][a-z0-9_.-]*)@)?"
    r"(?:(?P<host>[a-z0-9_][a-z0-9_.-]*)|\[(?P<ipv6>[0-9a-f:.]+)\])"
    r"(?::(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE | re.ASCII,
)
HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class SshAddress:
    """Where to log in. What is None is left to the user's ssh configuration."""

    text: str
    host: str
    user: str | None = None
    port: int | None = None

    def __str__(self) -> str:
        return self.text

    def login(self) -> str:
        """As it is written after `ssh` by hand."""
        port = f"-p {self.port} " if self.port else ""
        return f"{port}{self.user}@{self.host}" if self.user else f"{port}{self.host}"

    def arguments(self) -> list[str]:
        """The end of an ssh command line."""
        user = ["-l", self.user] if self.user else []
        port = ["-p", str(self.port)] if self.port else []
        return [*user, *port, "--", self.host]


def parse(text: str) -> SshAddress:
    """The address, or Refused: an option in the place of a host name would run commands on this machine."""
    match = PATTERN.fullmatch(text)
    port = int(match["port"]) if match and match["port"] else None
    if match is None or (port is not None and not 0 < port <= HIGHEST_PORT):
        raise Refused(f"{text!r} is not the address of a host.", next_step='Write "local" or "ssh://user@server:port".')
    return SshAddress(text, match["host"] or match["ipv6"], match["user"], port)
