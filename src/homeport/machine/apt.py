"""Where a machine's apt gets Debian from.

Source: sources.list(5), both the one-line and the deb822 format.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from homeport.errors import Refused
from homeport.host import Files, LocalHost

VARIABLE = "HOMEPORT_DEBIAN_MIRROR"
RELEASES = frozenset({"stable", "testing", "bullseye", "bookworm", "trixie", "forky", "sid", "unstable"})

_ONE_LINE = re.compile(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)(?:\s+(.*))?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One archive of apt's: an address, its suites and components."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mirror:
    """The addresses of Debian's archive and of its security archive."""

    main: str
    security: str


def one_line(text: str) -> Iterator[Entry]:
    for line in text.splitlines():
        if found := _ONE_LINE.fullmatch(line.split("#")[0].strip()):
            uri, suite, components = found.groups()
            yield Entry(uri, (suite,), tuple((components or "").split()))


def deb822(text: str) -> Iterator[Entry]:
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", "\n".join(lines)):
        fields = _fields(stanza)
        if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes") != "no":
            suites, components = fields.get("suites", "").split(), fields.get("components", "").split()
            for uri in fields.get("uris", "").split():
                yield Entry(uri, tuple(suites), tuple(components))


def _fields(stanza: str) -> dict[str, str]:
    joined = re.sub(r"\n[ \t]+", " ", stanza)
    pairs = (line.split(":", 1) for line in joined.splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def entries(folder: Path = Path("/etc/apt"), files: Files | None = None) -> tuple[Entry, ...]:
    """Every enabled archive of a machine (this one, if its files are not given), in apt's order."""
    there = files or LocalHost().files
    texts = {"sources.list": there.read(f"{folder}/sources.list")} if "sources.list" in there.list(str(folder)) else {}
    texts |= dict(sorted(there.read_folder(f"{folder}/sources.list.d").items()))
    found: list[Entry] = []
    for name, text in texts.items():
        if name.endswith((".list", ".sources")):
            read = deb822 if name.endswith(".sources") else one_line
            found.extend(read(text.decode(errors="replace")))
    return tuple(replace(entry, uri=_resolved(entry.uri, there)) for entry in found)


def debian_mirror(found: Sequence[Entry], environment: Mapping[str, str] = os.environ) -> Mirror:
    """Debian's mirror as the environment or apt names it.

    Raises Refused for a machine, such as one with Ubuntu, whose apt knows no Debian mirror.
    """
    if named := environment.get(VARIABLE, "").split():
        return Mirror(named[0], named[1] if len(named) > 1 else _security_beside(named[0]))
    main = next((uri for entry in found if (uri := _main(entry))), None)
    if main is None:
        raise Refused(
            "The images are built from Debian packages, and the server's apt knows no Debian mirror.",
            next_step=f"Name one, and its security archive if that is elsewhere: "
            f"{VARIABLE}='http://MIRROR/debian http://MIRROR/debian-security'",
        )
    security = next((uri for entry in found if (uri := _security(entry))), None)
    return Mirror(main, security or _security_beside(main))


def _main(entry: Entry) -> str | None:
    # Other projects' archives name Debian's suites too; only Debian's own lie in a folder of that name.
    is_debian = "main" in entry.components and RELEASES.intersection(entry.suites)
    return entry.uri if is_debian and urlsplit(entry.uri).path.rstrip("/").endswith("/debian") else None


def _security(entry: Entry) -> str | None:
    names = {f"{release}-security" for release in RELEASES} | {f"{release}/updates" for release in RELEASES}
    is_security = "main" in entry.components and names.intersection(entry.suites)
    return entry.uri or None if is_security else None


def _resolved(uri: str, files: Files) -> str:
    """The address itself, or the first one of a `mirror+file:` list; empty for a medium such as cdrom."""
    if uri.startswith("mirror+file:"):
        uri = _first_of(f"/{uri.removeprefix('mirror+file:').lstrip('/')}", files)
    return uri.rstrip("/") if uri.startswith(("http://", "https://")) else ""


def _first_of(path: str, files: Files) -> str:
    try:
        listed = files.read(path).decode(errors="replace").split()
    except FileNotFoundError:
        return ""
    return listed[0] if listed else ""


def _security_beside(main: str) -> str:
    return f"{main.rstrip('/')}-security"
