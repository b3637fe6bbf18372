"""What a person is told to write into homeport.yaml when a container did not come."""

import pytest

from homeport.home.container import ContainerSpec
from homeport.home.container.advice import advice

API = ContainerSpec("api", "127.0.0.1:5000/api/notes-api@sha256:0", application="notes", target="home", port=8000)


@pytest.mark.parametrize(
    ("log", "path"),
    [
        ("OSError: [Errno 30] Read-only file system: '/app/cache'", "/app/cache"),
        ('nginx: [emerg] mkdir() "/var/cache/nginx/temp" failed (30: Read-only file system)', "/var/cache/nginx/temp"),
        ("sh: 1: cannot create /data/x: Read-only file system", "/data/x"),
        ("Error: EROFS: read-only file system, open '/srv/log'", "/srv/log"),
    ],
)
def test_a_write_to_the_root_names_the_path(log: str, path: str) -> None:
    """Whatever words the program has for it."""
    said = advice(API, "exited with code 1", f"starting\n{log}\n")
    assert f"it writes to {path}." in said
    assert "services.api.read_only: false" in said


@pytest.mark.parametrize(
    ("namespace", "section"), [("api", "services"), ("model", "models"), ("site", "sites"), ("other", "services")]
)
def test_the_key_is_where_the_manifest_has_it(namespace: str, section: str) -> None:
    """A model's or a site's line goes into its own section."""
    spec = ContainerSpec("web", f"127.0.0.1:5000/{namespace}/notes-web@sha256:0", application="notes", target="home")
    assert f"{section}.web.memory: 1024M" in advice(spec, "was killed for memory: its limit is 512M", "")


def test_a_container_of_the_base_is_in_no_manifest() -> None:
    """Nobody could write that line."""
    assert "" == advice(ContainerSpec("gateway", "homeport/gateway:1"), "exited with code 1", "Permission denied")
