"""What a prune may drop."""

from dataclasses import replace

import pytest

from homeport.deploy.registry.pruning import decide
from homeport.errors import Refused
from homeport.oci import Catalogue, Content
from tests.deploy.registry.stocks import digest, manifest, release, stock

REGISTRY = "127.0.0.1:5000"
SHARED = "api/notes-a-b"  # service a-b of notes, or b of notes-a


def test_what_no_kept_release_names_goes() -> None:
    """Its record, its image on both volumes, and those of its blobs that no other image has."""
    found = stock({"api/n": "ab bc"}, {"api/n": "ab bc"})
    old, new = manifest("api/n", "ab"), manifest("api/n", "bc")
    plan = decide(found, {"n.home": [release(1, old), release(2, new)]}, {}, REGISTRY, 1)
    assert {"n.home": (1,)} == plan.releases
    assert {"primary": (old,), "backup": (old,)} == plan.images
    assert {digest("manifest ab"): 100, digest("a"): 1} == plan.blobs["primary"] == plan.blobs["backup"]
    assert 101 == plan.freed("primary")


def test_what_a_container_has_stays() -> None:
    """Also when no kept release names it: a release that was interrupted, or one that was rolled back by hand."""
    old, new = manifest("api/n", "ab"), manifest("api/n", "bc")
    containers = {"n-api": f"{REGISTRY}/{old}", "other": "postgres@sha256:1", "elsewhere": f"127.0.0.1:50001/{old}"}
    releases = {"n.home": [release(1, old), release(2, new)]}
    assert () == decide(stock({"api/n": "ab bc"}), releases, containers, REGISTRY, 1).images["primary"]


def test_another_application_may_need_the_same_repository() -> None:
    """Two applications may share one, by their names: what either keeps stays."""
    of_notes, of_notes_a, old = manifest(SHARED, "a"), manifest(SHARED, "b"), manifest(SHARED, "c")
    releases = {"notes.home": [release(1, old), release(2, of_notes)], "notes-a.home": [release(7, of_notes_a)]}
    assert (old,) == decide(stock({SHARED: "a b c"}), releases, {}, REGISTRY, 1).images["primary"]


def test_the_same_image_in_two_repositories_stays_where_it_is_used() -> None:
    """A digest is used in a repository; elsewhere it is dropped, and its blobs stay."""
    used, unused = manifest("api/n", "ab"), manifest("api/m", "ab")
    plan = decide(stock({"api/n": "ab", "api/m": "ab"}), {"n.home": [release(1, used)]}, {}, REGISTRY, 1)
    assert ((unused,), {}) == (plan.images["primary"], plan.blobs["primary"])


def test_every_target_keeps_its_own_releases() -> None:
    """The count is one application's on one target."""
    a, b = manifest("api/n", "a"), manifest("api/n", "b")
    releases = {"n.home": [release(1, a)], "n.staging": [release(1, b)]}
    assert decide(stock({"api/n": "a b"}), releases, {}, REGISTRY, 1).is_empty


def test_the_platforms_of_an_image_stay_with_it() -> None:
    """They are images of their own in the registry, and nobody names them but their index."""
    found = stock({"api/n": "a b"})
    index = manifest("api/n", "index")
    parts = {digest("manifest a"): 100, digest("manifest b"): 100}
    known = {**found.known, index.digest: Content(index.digest, "", 50, manifests=parts)}
    images = Catalogue({"api/n": found.catalogues["primary"].digests["api/n"] | {index.digest}})
    blobs = {**found.blobs, "primary": {**found.blobs["primary"], index.digest: 50}}
    with_index = replace(found, known=known, catalogues={**found.catalogues, "primary": images}, blobs=blobs)
    assert decide(with_index, {"n.home": [release(1, index)]}, {}, REGISTRY, 1).is_empty


def test_what_is_left_of_a_push_goes() -> None:
    """Blobs that no manifest names."""
    found = stock({"api/n": "a"})
    with_rest = found.with_more("primary", {digest("z"): 5})
    plan = decide(with_rest, {"n.home": [release(1, manifest("api/n", "a"))]}, {}, REGISTRY, 1)
    assert {digest("z"): 5} == plan.blobs["primary"]


def test_an_unreadable_manifest_stops_it() -> None:
    """What a kept image needs is not known: nothing is dropped by a guess."""
    found = stock({"api/n": "ab"})
    with pytest.raises(Refused, match="cannot be read"):
        decide(replace(found, known={}), {"n.home": [release(1, manifest("api/n", "ab"))]}, {}, REGISTRY, 1)


def test_releases_that_only_the_backup_knows_stop_it() -> None:
    """On a new server with the old disk, everything would look unused."""
    found = replace(stock({}, {"api/n": "ab"}), records=frozenset({"n.home/00000001.json"}))
    with pytest.raises(Refused, match=r"releases of n\.home"):
        decide(found, {}, {}, REGISTRY, 1)
