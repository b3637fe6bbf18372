"""The base as it stands on a server: what `setup` made, and what every application reads."""

import json
from dataclasses import asdict, dataclass, field
from typing import Literal

from homeport.errors import NotSetUp
from homeport.home.home import Home, called
from homeport.host import Host

FILE = "base.json"


@dataclass(frozen=True, slots=True)
class Base:
    """Ports are of the server; `edge` and `data` are CIDRs; `images` maps registry, postgres, gateway, front and
    flyway to references; `substitutes` maps official base images to the server's own where no public registry is
    reached.

    `tls` says whose certificates the gateway serves HTTPS with, empty for HTTP only; `certificate` and `key` are the
    owner's files on the server; `registry_lan` is the port at which other machines reach the registry, 0 for none.
    """

    id: str
    instance: str
    domain: str
    address: str
    http: int
    https: int
    registry_port: int
    backup: str
    postgres: int
    edge: str
    data: str
    image_source: Literal["official", "built"] | None
    homeport: str = ""  # the version that set it up
    images: dict[str, str] = field(default_factory=dict)
    substitutes: dict[str, str] = field(default_factory=dict)
    tls: Literal["", "own", "given"] = ""
    certificate: str = ""
    key: str = ""
    registry_lan: int = 0

    def host_of(self, application: str) -> str:
        """The name on which an application answers that asks for no other."""
        return f"{application}.{self.domain}"

    def url(self, host: str, path: str = "/") -> str:
        """Where a person opens a route."""
        scheme, port, usual = ("https", self.https, 443) if self.tls else ("http", self.http, 80)
        return f"{scheme}://{host}{'' if port == usual else f':{port}'}{path}"


def load(host: Host, folder: str) -> Base | None:
    """The base of the installation in that folder; None before the first `setup`. Raises NotSetUp for a damaged one.

    What a newer homeport has written beside what is known here is left out.
    """
    try:
        stored = json.loads(host.files.read(f"{folder}/{FILE}"))
        return Base(**{name: stored[name] for name in Base.__dataclass_fields__ if name in stored})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise NotSetUp(
            f"{folder}/{FILE} of {called(host)} is damaged: {error}.",
            next_step="Run: homeport setup. It writes the file anew, from homeport.base.yaml and what stands there.",
        ) from error


def require(home: Home) -> Base:
    """The base, or NotSetUp with the command that makes it."""
    return required(home, load(home.host, home.folder))


def required(home: Home, base: Base | None) -> Base:
    """The base that was read, or not found: then it raises NotSetUp."""
    if base is None:
        raise NotSetUp(f"There is no base on {home.called} yet.", next_step="Run: homeport setup")
    return base


def save(home: Home, base: Base) -> None:
    home.host.files.write(home.path(FILE), json.dumps(asdict(base), indent=2).encode())
