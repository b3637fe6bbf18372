"""What a route is known by: a host name and a path."""

import hashlib
import re
from dataclasses import dataclass

from homeport.errors import Refused

LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
HOST = re.compile(rf"{LABEL}(\.{LABEL})*")
PATH = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@-]+)*/?")
SLUG_LENGTH = 48  # of a file name; the digest behind it makes it unique
DIGEST_LENGTH = 10


@dataclass(frozen=True, slots=True)
class RouteKey:
    """A host name (case does not matter) and a path: `/`, or a prefix of whole segments such as `/api`.

    Raises Refused for what cannot stand in HAProxy's files.
    """

    host: str
    path: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "host", self.host.lower().removesuffix("."))
        if not HOST.fullmatch(self.host) or len(self.host) > 253:
            raise Refused(f"{self.host!r} is no host name that a route can have.")
        if not self.path.startswith("/") or not PATH.fullmatch(self.path) or self._climbs():
            raise Refused(
                f"{self.path!r} is no path that a route can have.",
                next_step="Write it like /api: letters, digits and -._~ between single slashes.",
            )
        object.__setattr__(self, "path", self.path.rstrip("/") or "/")

    @classmethod
    def of_prefix(cls, prefix: str) -> "RouteKey":
        """The route whose line in routes.map begins with `prefix`. Raises Refused for what is none of ours."""
        host, _, path = prefix.partition("/")
        return cls(host, f"/{path}")

    def __str__(self) -> str:
        return f"{self.host}{self.path}"

    @property
    def prefix(self) -> str:
        """The key in routes.map. It ends with a slash, so that /api is not a prefix of /apix."""
        return f"{self.host}{self.path.rstrip('/')}/"

    @property
    def backend(self) -> str:
        """The name of the HAProxy backend: readable, and unique by a digest."""
        slug = re.sub(r"[^a-z0-9.]+", "-", str(self).lower())[:SLUG_LENGTH].strip("-.")
        digest = hashlib.sha256(self.prefix.encode()).hexdigest()[:DIGEST_LENGTH]
        return f"route-{slug}-{digest}"

    @property
    def file(self) -> str:
        """The name of the file in conf.d."""
        return f"{self.backend}.cfg"

    def _climbs(self) -> bool:
        return any(segment in (".", "..") for segment in self.path.split("/"))
