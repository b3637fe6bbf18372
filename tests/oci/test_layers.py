"""The files of a folder of an image are those that a container of it would have."""

from pathlib import Path

import pytest

from homeport.errors import RegistryFailed
from tests.support.layers import layer, read, stacked


def test_a_layer_lies_over_the_ones_below_it(tmp_path: Path) -> None:
    """The uppermost file of a name is the image's; what is outside of the folder is not looked at."""
    below = layer(("site/index.html", "old"), ("site/a.js", "a"), ("etc/passwd", "root"))
    assert {"index.html": "new", "a.js": "a"} == stacked(tmp_path, below, layer(("./site/index.html", "new")))


def test_a_hidden_file_is_gone(tmp_path: Path) -> None:
    """`.wh.name` takes the name away of the layers below, whatever it was there."""
    below = layer(("site/index.html", "page"), ("site/old/a.js", "a"), ("site/b.js", "b"))
    above = layer(("site/.wh.old", ""), ("site/.wh.b.js", ""))
    assert {"index.html": "page"} == stacked(tmp_path, below, above)


def test_what_a_layer_hides_is_never_its_own(tmp_path: Path) -> None:
    """A name that a layer hides and brings is there, in whichever order the layer says so."""
    below = layer(("site/a/old.js", "old"))
    assert {"a/new.js": "new"} == stacked(tmp_path, below, layer(("site/a/new.js", "new"), ("site/.wh.a", "")))


def test_an_opaque_folder_has_only_its_own(tmp_path: Path) -> None:
    """`.wh..wh..opq` empties a folder of all that is below, and of nothing beside it."""
    below = layer(("site/index.html", "page"), ("site/assets/old.js", "old"))
    above = layer(("site/assets/new.js", "new"), ("site/assets/.wh..wh..opq", ""))
    assert {"index.html": "page", "assets/new.js": "new"} == stacked(tmp_path, below, above)


def test_a_folder_above_that_is_hidden_takes_the_folder_with_it(tmp_path: Path) -> None:
    """The image holds no file then, and what to do is said."""
    with pytest.raises(RegistryFailed, match="holds no file") as refused:
        stacked(tmp_path, layer(("site/index.html", "page")), layer((".wh.site", "")))
    assert "files: /site" in refused.value.next_step


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    """What was in the folder is gone with it."""
    below = layer(("site/index.html", "page"), ("site/docs/a.html", "a"))
    assert {"index.html": "page", "docs": "text"} == stacked(tmp_path, below, layer(("site/docs", "text")))


def test_links_are_followed_within_the_folder(tmp_path: Path) -> None:
    """A symbolic link, absolute or relative, over another one; and a hard link."""
    links = [("site/b.html", "link", "/site/c.html"), ("site/c.html", "link", "./x/../a.html")]
    body = layer(("site/a.html", "a"), *links, ("site/d.html", "same", "site/a.html"))
    assert dict.fromkeys(("a.html", "b.html", "c.html", "d.html"), "a") == stacked(tmp_path, body)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/etc/passwd", "leads out of /site, to /etc/passwd"),
        ("../../../etc/passwd", "leads out of /site, to /etc/passwd"),
        ("nothing", "leads to /site/nothing, which is no file"),
        ("docs", "leads to /site/docs, which is no file"),
        ("here", "is no file"),
    ],
)
def test_a_link_that_cannot_be_served(tmp_path: Path, target: str, said: str) -> None:
    """A link out of the folder, to nothing, to a folder or to itself is refused by its name."""
    body = layer(("site/docs", "folder", ""), ("site/docs/a", "a"), ("site/here", "link", target))
    with pytest.raises(RegistryFailed, match=said):
        stacked(tmp_path, body)


def test_the_folder_itself_is_a_link(tmp_path: Path) -> None:
    """It is not followed: the manifest names the real folder."""
    with pytest.raises(RegistryFailed, match="/site of the image is not a folder"):
        stacked(tmp_path, layer(("site", "link", "srv/www"), ("srv/www/index.html", "page")))


@pytest.mark.parametrize("name", ["site/../../etc/passwd", "../site/index.html"])
def test_a_name_that_leads_out_of_the_image(tmp_path: Path, name: str) -> None:
    """Such a layer is refused whole."""
    with pytest.raises(RegistryFailed, match="leads out of the image"):
        read(layer((name, "x")), tmp_path)


def test_a_hard_link_to_what_lies_outside(tmp_path: Path) -> None:
    """Its content was not read: the person copies the file instead."""
    with pytest.raises(RegistryFailed, match="lies outside of the folder"):
        read(layer(("etc/a", "a"), ("site/a", "same", "etc/a")), tmp_path)


def test_a_layer_that_is_not_packed(tmp_path: Path) -> None:
    """A layer is packed or not; its first bytes say which."""
    assert {"a": "text"} == stacked(tmp_path, layer(("site/a", "text"), packed=False))


def test_zstd(tmp_path: Path) -> None:
    """Said before a byte of the layer is read, with the way out."""
    with pytest.raises(RegistryFailed, match="packed by zstd") as refused:
        read(b"", tmp_path, media_type="application/vnd.oci.image.layer.v1.tar+zstd")
    assert "compression=gzip" in refused.value.next_step


@pytest.mark.parametrize("cut", [10, 60])
def test_a_layer_that_ends_too_early(tmp_path: Path, cut: int) -> None:
    """It is told as that."""
    with pytest.raises(RegistryFailed, match="cannot be read"):
        read(layer(("site/a", "text"))[:cut], tmp_path)


def test_bytes_of_another_digest(tmp_path: Path) -> None:
    """Nothing is taken from a layer that is not the one that was asked for."""
    with pytest.raises(RegistryFailed, match="do not have its digest"):
        read(layer(("site/a", "text")), tmp_path, digest="sha256:" + "0" * 64)
