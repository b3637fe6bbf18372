"""What a site's files become in a bucket."""

import hashlib
from pathlib import Path

import pytest

from homeport.aws.site_objects import ASK_AGAIN, FOREVER, by_turn, content_type, is_hashed, objects
from homeport.errors import CloudFailed
from homeport.oci.layer import File


def files(folder: Path, *names: str) -> dict[str, File]:
    made = {}
    for name in names:
        path = folder / hashlib.sha256(name.encode()).hexdigest()
        path.write_text(name)
        made[name] = File(path.name, len(name), path)
    return made


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("app.mjs", "text/javascript; charset=utf-8"),
        ("app.CSS", "text/css; charset=utf-8"),
        ("app.js.map", "application/json"),
        ("app.wasm", "application/wasm"),
        ("site.webmanifest", "application/manifest+json"),
        ("logo.svg", "image/svg+xml"),
        ("photo.webp", "image/webp"),
        ("favicon.ico", "image/x-icon"),
        ("font.woff2", "font/woff2"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("config.json", "application/json"),
        ("backup.tar.gz", "application/gzip"),
        (".well-known/security", "application/octet-stream"),
    ],
)
def test_content_type(name: str, expected: str) -> None:
    """A browser runs a module and compiles WebAssembly only under the right type, and text says that it is UTF-8."""
    assert expected == content_type(name)


@pytest.mark.parametrize(
    "name",
    [
        "app.3f2a1b9c.js",
        "assets/index-DiwrgTd4.js",
        "static/js/main.0e1f2a3b4c5d.chunk.js",
        "assets/logo-a1b2c3d4e5f6.svg",
        "app.3f2a1b9c.js.map",
    ],
)
def test_hashed(name: str) -> None:
    """As the common bundlers name what never changes."""
    assert is_hashed(name)


@pytest.mark.parametrize(
    "name",
    [
        "app.js",
        "my-component.js",
        "photo-20240102.jpg",
        "jquery-3.7.1.min.js",
        "foo-Version1.js",
        "deadbeef.js",
        "assets/3f2a1b9c/app.js",
        "facade-decade.css",
    ],
)
def test_not_hashed(name: str) -> None:
    """What only looks like it is asked for again: a year is long for a mistake."""
    assert not is_hashed(name)


def test_pages_come_after_what_they_name(tmp_path: Path) -> None:
    """Hashed assets, other assets, /config.json, pages, and the first page at the very end."""
    given = files(tmp_path, "index.html", "about.html", "app.js", "app.3f2a1b9c.js", "z.html")
    groups = [[one.key for one in group] for group in by_turn(objects(given, {}))]
    assert [["app.3f2a1b9c.js"], ["app.js"], ["config.json"], ["about.html", "z.html", "index.html"]] == groups


def test_only_what_never_changes_is_kept_for_long(tmp_path: Path) -> None:
    """Pages, /config.json and assets without a hash are asked for again by their ETag."""
    made = objects(files(tmp_path, "index.html", "app.js", "app.3f2a1b9c.js"), {})
    assert {
        "index.html": ASK_AGAIN,
        "app.js": ASK_AGAIN,
        "config.json": ASK_AGAIN,
        "app.3f2a1b9c.js": FOREVER,
    } == {one.key: one.cache for one in made}


def test_the_environment_is_the_config(tmp_path: Path) -> None:
    """It takes the place of a file of the image, as at home."""
    (config,) = objects(files(tmp_path, "config.json"), {"B": "2", "A": "1"})
    assert b'{"A":"1","B":"2"}' == config.content


@pytest.mark.parametrize("name", [".homeport/release.json", "x" * 1025, "caf\udce9.html"])
def test_a_name_that_no_object_can_have(tmp_path: Path, name: str) -> None:
    """It is refused before anything is sent."""
    path = tmp_path / "file"
    path.write_text("text")
    with pytest.raises(CloudFailed, match="cannot be an object of a bucket"):
        objects({name: File("", 4, path)}, {})
