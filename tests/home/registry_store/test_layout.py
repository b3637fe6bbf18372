"""Reading the list of both volumes."""

from homeport.home.registry_store import layout

A, B = "a" * 64, "b" * 64
ROOT = "/var/lib/registry/docker/registry/v2"
MANIFESTS = f"{ROOT}/repositories/api/notes-api/_manifests"
LISTED = f"""\
tag {MANIFESTS}/tags/src-1/current/link
tag {MANIFESTS}/tags/files-1/current/link
tag {MANIFESTS}/tags/v1/current/link
{MANIFESTS}/tags/src-1/current/link:sha256:{A}
{MANIFESTS}/tags/v1/current/link:sha256:{A[:10]}
revision {MANIFESTS}/revisions/sha256/{A}/link
blob 12 {ROOT}/blobs/sha256/aa/{A}/data
blob 34 /backup/blobs/sha256/{B}
record /backup/releases/notes.home/00000001.json
"""


def test_the_list_of_both_volumes() -> None:
    """Blobs are told apart by volume; a tag whose file is empty or cut off has no digest."""
    found = layout.parse(LISTED)
    assert {"primary": {f"sha256:{A}": 12}, "backup": {f"sha256:{B}": 34}} == found.blobs
    assert {"api/notes-api": {"src-1": f"sha256:{A}", "files-1": "", "v1": ""}} == found.tags
    assert {"api/notes-api": frozenset({f"sha256:{A}"})} == found.revisions
    assert frozenset({"notes.home/00000001.json"}) == found.records


def test_paths_read_back() -> None:
    """What a restore writes is what a list finds."""
    digest = f"sha256:{A}"
    paths = {**layout.image_links("model/notes-x", digest, {f"sha256:{B}": 1})}
    paths |= layout.tag_links("model/notes-x", "src-1", digest)
    tag = next(path for path in paths if path.endswith("tags/src-1/current/link"))
    revision = next(path for path in paths if "/revisions/" in path)
    lines = [f"tag {tag}", f"{tag}:{paths[tag]}", f"revision {revision}", f"blob 1 {layout.blob('primary', digest)}"]
    found = layout.parse("\n".join(lines))
    assert {"model/notes-x": {"src-1": digest}} == found.tags
    assert {"model/notes-x": frozenset({digest})} == found.revisions
    assert {digest: 1} == found.blobs["primary"]


def test_layers_are_linked_before_the_manifest_that_needs_them() -> None:
    """Whoever asks meanwhile finds an image whole, or not at all."""
    links = list(layout.image_links("api/x", f"sha256:{A}", {f"sha256:{B}": 1}))
    assert ["_layers", "_manifests"] == [link.split("/")[10] for link in links]
