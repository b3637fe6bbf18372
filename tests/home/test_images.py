"""Which local images may go."""

from homeport.home.images import LocalImage, superfluous


def _image(name: str, digest: str, *, is_used: bool = False) -> LocalImage:
    return LocalImage(f"id-{digest}", {name: digest}, (f"127.0.0.1:5000/{name}:src-{digest}",), is_used, 0)


def test_only_what_nothing_runs_and_no_release_names_may_go() -> None:
    """A container of it, stopped or not, keeps an image; so does one of the releases that are kept."""
    old, recent, runs = (
        _image("api/a", "sha256:1"),
        _image("api/a", "sha256:2"),
        _image("api/a", "sha256:3", is_used=True),
    )
    assert [old] == superfluous([old, recent, runs], {"api/a@sha256:2"})


def test_one_name_that_is_kept_keeps_the_image() -> None:
    """Two services of one source share an image: a release of either keeps it."""
    shared = LocalImage("id", {"api/a": "sha256:1", "api/b": "sha256:1"}, (), is_used=False, size=0)
    assert [] == superfluous([shared], {"api/b@sha256:1"})
