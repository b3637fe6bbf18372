"""The objects that a site's files become in a bucket: type, cache and turn. Pure."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path, PurePosixPath

from homeport.errors import CloudFailed
from homeport.oci.layer import File

CONFIG = "config.json"
KEPT = ".homeport/"  # under which homeport keeps its own notes
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # kept, and asked for by its ETag each time
LONGEST = 1024  # bytes of a key

# Beside Python's own table, which lacks these or gives an outdated name.
_TYPES = {
    ".avif": "image/avif",
    ".br": "application/octet-stream",
    ".gz": "application/gzip",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_KNOWN = mimetypes.MimeTypes()  # its own table, whatever the machine's files say

# What bundlers put before the ending: `app.3f2a1b9c.js`, `index-DiwrgTd4.css`.
_HEXADECIMAL = re.compile(r"[.\-_](?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8,64}(?=\.)")
_LETTERS = re.compile(r"[.\-](?=[^.]*[0-9])(?=[^.]*[a-z])(?=[^.]*[A-Z])(?![A-Z]?[a-z]+[0-9]+\.)[A-Za-z0-9_\-]{8}(?=\.)")


class Turn(IntEnum):
    """When an object goes up: what is named by others goes before them."""

    HASHED = 0
    ASSET = 1
    CONFIG = 2
    PAGE = 3


@dataclass(frozen=True, slots=True)
class Object:
    """An object of a site. `content` is its bytes, or the file that holds them; `etag` is the MD5 that S3 calls it by.

    Source: Amazon S3, "Checking object integrity": the ETag of what is put at once under S3's own keys is its MD5.
    """

    key: str
    content: bytes | Path
    etag: str
    content_type: str
    cache: str
    turn: Turn

    @property
    def headers(self) -> str:
        return f"{self.content_type}; {self.cache}"

    @property
    def is_asset(self) -> bool:
        """Whether a page that somebody still has open may ask for it."""
        return self.turn in (Turn.HASHED, Turn.ASSET)


def objects(files: Mapping[str, File], environment: Mapping[str, str]) -> list[Object]:
    """The objects of a release in the order in which they go up; `environment` is `/config.json`.

    Raises CloudFailed for a name that no object can have.
    """
    made = [_object(key, file.path) for key, file in files.items() if key != CONFIG]
    config = json.dumps(dict(environment), sort_keys=True, separators=(",", ":")).encode()
    return sorted([*made, _object(CONFIG, config)], key=_order)


def by_turn(some: Iterable[Object]) -> list[list[Object]]:
    """Groups: all of one is up before the next begins."""
    groups: dict[Turn, list[Object]] = {}
    for one in some:
        groups.setdefault(one.turn, []).append(one)
    return [groups[turn] for turn in sorted(groups)]


def content_type(key: str) -> str:
    ending = PurePosixPath(key).suffix.lower()
    kind = _TYPES.get(ending) or _KNOWN.guess_type(f"file{ending}")[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def turn_of(key: str) -> Turn:
    if key == CONFIG:
        return Turn.CONFIG
    if PurePosixPath(key).suffix.lower() in (".html", ".htm"):
        return Turn.PAGE
    return Turn.HASHED if is_hashed(key) else Turn.ASSET


def is_hashed(key: str) -> bool:
    """Whether a hash of the content is in the name, so that the name never means anything else.

    Careful: what is taken for hashed by mistake stays as it is in browsers for a year.
    """
    name = PurePosixPath(key).name
    return bool(_HEXADECIMAL.search(name) or _LETTERS.search(name))


def _object(key: str, content: bytes | Path) -> Object:
    _check(key)
    turn = turn_of(key)
    return Object(key, content, _md5(content), content_type(key), FOREVER if turn == Turn.HASHED else ASK_AGAIN, turn)


def _check(key: str) -> None:
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        size = 0
    if not 0 < size <= LONGEST or key.startswith(KEPT):
        raise CloudFailed(
            f'The file "{key.encode(errors="replace").decode()}" of the image cannot be an object of a bucket.',
            next_step=f"Give it a name of UTF-8 with at most {LONGEST} bytes, and not below {KEPT}.",
        )


def _md5(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.md5(content, usedforsecurity=False).hexdigest()
    with content.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _order(one: Object) -> tuple[Turn, bool, str]:
    """The first page comes last: it is where people begin."""
    return one.turn, one.key == "index.html", one.key
