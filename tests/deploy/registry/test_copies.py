"""What a backup and a restore copy, and what they say of what they cannot."""

from homeport.deploy.registry import backup, restore
from homeport.deploy.registry.check import problems
from homeport.deploy.registry.listing import listed
from homeport.deploy.registry.uses import Uses, uses
from homeport.home.registry_store import Copied
from tests.deploy.registry.stocks import digest, manifest, release, stock

NOTHING = Copied(frozenset(), frozenset(), frozenset())
USES = uses({"n.home": [release(3, manifest("api/n", "ab"))]}, {}, "127.0.0.1:5000")


def test_a_backup_copies_what_it_lacks_and_manifests_last() -> None:
    """A blob that is there is not copied again, and a manifest never stands without its layers."""
    found = backup.to_copy(stock({"api/n": "ab bc"}, {"api/n": "bc"}))
    assert [digest("a"), digest("manifest ab")] == list(found)


def test_a_backup_keeps_what_the_registry_lost() -> None:
    """An empty registry makes no empty backup."""
    found = stock({}, {"api/n": "ab"})
    assert {manifest("api/n", "ab")} == backup.held(found)
    assert ({}, []) == (backup.to_copy(found), backup.problems(found, Uses(), NOTHING))


def test_a_backup_names_what_is_damaged_and_leaves_its_image_out() -> None:
    """The others are in it."""
    found = stock({"api/n": "ab cd"}).with_more("backup", {digest("manifest cd"): 100, digest("c"): 1, digest("d"): 1})
    assert {manifest("api/n", "cd")} == backup.held(found)
    named = backup.problems(found, USES, Copied(frozenset(), frozenset(), frozenset({digest("a")})))
    sentence = next(one.sentence() for one in named if one.digest == digest("a"))
    short = f"api/n@{digest('manifest ab')[:19]}"
    assert f"primary volume: {digest('a')} is damaged, of {short}, used by n.home 3" == sentence


def test_a_blob_of_another_size_is_not_there() -> None:
    """A file that was cut off is copied anew without being read."""
    found = stock({"api/n": "ab"}, {"api/n": "ab"}).with_more("backup", {digest("a"): 0})
    assert {digest("a"): 1} == backup.to_copy(found)


def test_a_restore_copies_only_what_is_missing() -> None:
    """What is there and whole stays."""
    found = stock({"api/n": "b"}, {"api/n": "ab"})
    images = set(found.images("backup"))
    assert {digest("a"): 1, digest("manifest ab"): 100} == restore.to_copy(found, images)


def test_an_image_that_is_nowhere_is_named() -> None:
    """A release that was made after the last backup and went with the primary volume."""
    (lost,) = restore.lost(stock({}), USES)
    assert (("api/n",), ("n.home 3",), "homeport up") == (lost.images, lost.used_by, lost.remedy)


def test_each_damage_has_its_remedy() -> None:
    """The good copy mends the bad one, whichever it is; where both are bad nothing does, and that is said."""
    both = stock({"api/n": "ab"}, {"api/n": "ab"})
    remedies = {
        (one.volume, one.digest): one.remedy
        for one in problems(both, USES, {"primary": {digest("a")}, "backup": {digest("b")}})
    }
    assert {
        ("primary", digest("a")): "homeport registry restore",
        ("backup", digest("b")): "homeport registry backup",
    } == remedies
    nowhere = problems(both, USES, {"primary": {digest("a")}, "backup": {digest("a")}})
    assert ["", ""] == [one.remedy for one in nowhere]


def test_damage_of_no_image_is_pruned() -> None:
    """A push would find the blob there and use it."""
    found = stock({"api/n": "ab"}).with_more("primary", {digest("z"): 1})
    (one,) = problems(found, Uses(), {"primary": {digest("z")}, "backup": set()})
    assert ("homeport registry prune", ()) == (one.remedy, one.images)


def test_unique_bytes_are_those_that_no_other_image_has() -> None:
    """What a prune of this image alone would free; the same image in two repositories is one."""
    rows = listed(stock({"api/n": "ab bc", "site/n": "ab"}), USES)
    shown = [(row.repository, row.size, row.unique, row.releases) for row in rows if row.digest.endswith("6162")]
    assert [("api/n", 102, 101, ("n.home 3",)), ("site/n", 102, 101, ())] == shown
