"""Where what lies on the registry's two volumes. Pure.

The primary is distribution's own: blobs by digest, and repositories whose files are links to them. The backup is
an OCI image layout (`index.json` and `blobs/sha256/…`), which any tool for images reads, with a copy of the
release records beside it. Source: distribution, "registry/storage/paths.go"; OCI image specification, "Image
Layout".
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Volume = Literal["primary", "backup"]

PRIMARY = "/var/lib/registry"
BACKUP = "/backup"
INDEX = f"{BACKUP}/index.json"
LAYOUT = f"{BACKUP}/oci-layout"
RECORDS = f"{BACKUP}/releases"
_REPOSITORIES = f"{PRIMARY}/docker/registry/v2/repositories"
_LINK = re.compile(rf"{_REPOSITORIES}/(?P<repository>.+)/_manifests/(?P<kind>tags|revisions)/(?P<name>.+)/link")
_BLOB = re.compile(r"(?P<root>/backup|/var/lib/registry)/.*?(?P<hex>[0-9a-f]{64})(/data)?")


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies on both volumes: blobs with their sizes, and the primary's repositories.

    The digest of a tag is empty where its file is damaged, or is being written. `records` are paths below the
    backup's folder of records: `notes.home/00000001.json`.
    """

    blobs: Mapping[Volume, Mapping[str, int]]
    tags: Mapping[str, Mapping[str, str]]
    revisions: Mapping[str, frozenset[str]]
    records: frozenset[str]


def blob(volume: Volume, digest: str) -> str:
    """The file of a blob."""
    name = digest.removeprefix("sha256:")
    if volume == "backup":
        return f"{BACKUP}/blobs/sha256/{name}"
    return f"{PRIMARY}/docker/registry/v2/blobs/sha256/{name[:2]}/{name}/data"


def revision(repository: str, manifest: str) -> str:
    """The link that makes a manifest a part of a repository."""
    return f"{_REPOSITORIES}/{repository}/_manifests/revisions/{_split(manifest)}/link"


def image_links(repository: str, manifest: str, layers: Mapping[str, int]) -> dict[str, str]:
    """The links that make a manifest and its blobs a part of a repository, by path: the layers' first."""
    links = {f"{_REPOSITORIES}/{repository}/_layers/{_split(layer)}/link": layer for layer in layers}
    return links | {revision(repository, manifest): manifest}


def tag_links(repository: str, tag: str, digest: str) -> dict[str, str]:
    folder = f"{_REPOSITORIES}/{repository}/_manifests/tags/{tag}"
    return {f"{folder}/index/{_split(digest)}/link": digest, f"{folder}/current/link": digest}


def parse(text: str) -> Listing:
    """The listing of `volumes.sh list`."""
    blobs: dict[Volume, dict[str, int]] = {"primary": {}, "backup": {}}
    tags: dict[str, dict[str, str]] = defaultdict(dict)
    revisions: dict[str, set[str]] = defaultdict(set)
    records = set()
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "blob":
            _take_blob(rest, blobs)
        elif kind == "record":
            records.add(rest.removeprefix(f"{RECORDS}/"))
        elif kind == "revision" and (match := _LINK.fullmatch(rest)):
            revisions[match["repository"]].add(match["name"].replace("/", ":"))
        elif kind == "tag" and (match := _LINK.fullmatch(rest)):
            tags[match["repository"]].setdefault(_tag(match), "")
        elif match := _LINK.fullmatch(line.partition(":")[0]):
            tags[match["repository"]][_tag(match)] = _digest(line.partition(":")[2])
    frozen = {repository: frozenset(digests) for repository, digests in revisions.items()}
    return Listing(blobs, tags, frozen, frozenset(records))


def _take_blob(rest: str, blobs: Mapping[Volume, dict[str, int]]) -> None:
    size, _, path = rest.partition(" ")
    if match := _BLOB.fullmatch(path):
        volume: Volume = "backup" if match["root"] == BACKUP else "primary"
        blobs[volume][f"sha256:{match['hex']}"] = int(size)


def _tag(match: re.Match[str]) -> str:
    return match["name"].removesuffix("/current")


def _digest(content: str) -> str:
    return content if re.fullmatch(r"sha256:[0-9a-f]{64}", content) else ""


def _split(digest: str) -> str:
    return digest.replace(":", "/")
