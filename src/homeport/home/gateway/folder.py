"""The gateway's configuration folder: a file for each route in conf.d, a line for each in maps/routes.map."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from homeport.errors import Refused
from homeport.home.gateway.key import RouteKey
from homeport.home.home import Home

SLOTS = ("blue", "green")
MAP = "routes.map"
MAP_IN_CONTAINER = f"/etc/haproxy/maps/{MAP}"
CERTIFICATE = "gateway.pem"
CERTIFICATE_IN_CONTAINER = f"/etc/haproxy/certificates/{CERTIFICATE}"
ROOT = "root.pem"
MODE = 0o644  # the folder above is 0700; the gateway's user reads what root may have written
HEADER = re.compile(r"# Written by homeport for (\S+)\. A change")
LIVE_SERVER = re.compile(r"^\s*server\s+(\S+)\s+(\S+)(?!.*\bdisabled\b)", re.MULTILINE)


def render(key: RouteKey, live: Mapping[str, str]) -> str:
    """The backend of a route, with the addresses of its live slots, so that a reload comes back the same."""
    return (
        f"# Written by homeport for {key}. A change by hand is undone by the next `homeport up`.\n"
        f"backend {key.backend}\n"
        "  option forwardfor\n"
        + "".join(f"  use-server {slot} if {{ var(txn.slot) -m str {slot} }}\n" for slot in SLOTS)
        + "".join(f"  server {slot} {live.get(slot, '0.0.0.0:0 disabled')}\n" for slot in SLOTS)
    )


def live_servers(text: str) -> dict[str, str]:
    """The servers of a file that would be ready after a reload, by slot."""
    return {slot: address for slot, address in LIVE_SERVER.findall(text) if address != "0.0.0.0:0"}


def is_ours(key: RouteKey, text: str | None) -> bool:
    """Whether the file is one that `render` made, for whatever addresses."""
    return text is not None and text == render(key, live_servers(text))


def key_of(text: str) -> RouteKey | None:
    """The route whose file this is; None for one that a person wrote or changed."""
    found = HEADER.match(text)
    if found is None:
        return None
    try:
        key = RouteKey.of_prefix(found[1])
    except Refused:
        return None
    return key if is_ours(key, text) else None


def parse_routes(text: str) -> dict[str, str]:
    """Prefix to backend, from the text of routes.map."""
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {words[0]: words[1] for words in lines if len(words) == 2}


def with_route(text: str, key: RouteKey) -> str:
    """The map with this route's line, sorted, so that the same routes are always the same text."""
    return "".join(sorted({*_others(text, key), f"{key.prefix} {key.backend}\n"}))


def without_route(text: str, key: RouteKey) -> str:
    return "".join(sorted(_others(text, key)))


def _others(text: str, key: RouteKey) -> set[str]:
    lines = (f"{line.strip()}\n" for line in text.splitlines() if line.strip())
    return {line for line in lines if line.split()[0] != key.prefix}


def hosts(contents: "Contents") -> set[str]:
    """The host names of all routes, of those that were only begun, too."""
    begun = {key.host for key in map(key_of, contents.files.values()) if key}
    return begun | {prefix.partition("/")[0] for prefix in parse_routes(contents.map)}


@dataclass(frozen=True, slots=True)
class Contents:
    """What the folder holds: the files of conf.d by name, and the text of the map."""

    files: dict[str, str]
    map: str

    def having(self, key: RouteKey, text: str) -> "Contents":
        """The same with this file and this line of a route."""
        return Contents(self.files | {key.file: text}, with_route(self.map, key))


class Folder:
    """The files. Whoever writes holds the host-wide lock `gateway`."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._files = home.host.files

    def prepare(self) -> None:
        """Make the folders that are mounted into the gateway, and an empty map."""
        for name in ("conf.d", "maps", "run", "entry", "certificates"):
            self._files.make_folder(self._home.path("gateway", name))
        if self._map() is None:
            self.write_map("")

    def read(self) -> Contents:
        files, maps = self._files.read_folders([self._home.path("gateway", name) for name in ("conf.d", "maps")])
        texts = {name: data.decode(errors="replace") for name, data in files.items() if name.endswith(".cfg")}
        return Contents(texts, maps.get(MAP, b"").decode(errors="replace"))

    def certificate(self, name: str = CERTIFICATE) -> str:
        """What the gateway serves HTTPS with, its key included; or the root of our authority. Empty without one."""
        return self._read("certificates", name) or ""

    def write_certificate(self, text: str, name: str = CERTIFICATE) -> None:
        self._files.write(self._home.path("gateway", "certificates", name), text.encode(), mode=MODE)

    def write(self, key: RouteKey, text: str | None) -> None:
        """The route's file; None removes it."""
        path = self._home.path("gateway", "conf.d", key.file)
        if text is None:
            self._files.remove(path)
        else:
            self._files.write(path, text.encode(), mode=MODE)

    def write_map(self, text: str) -> None:
        self._files.write(self._home.path("gateway", "maps", MAP), text.encode(), mode=MODE)

    def _map(self) -> str | None:
        return self._read("maps", MAP)

    def _read(self, *place: str) -> str | None:
        try:
            return self._files.read(self._home.path("gateway", *place)).decode(errors="replace")
        except FileNotFoundError:
            return None
