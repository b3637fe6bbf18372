"""Which docker command builds."""

from pathlib import Path

import pytest

from homeport.build import command
from homeport.build.command import find_command
from homeport.errors import BuildFailed


@pytest.fixture(autouse=True)
def nothing_packaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """This machine's own docker command is not among the candidates."""
    monkeypatch.setattr(command, "_PACKAGED", str(tmp_path / "none"))


def docker(folder: Path, version: str, *, has_buildx: bool = False) -> Path:
    """A docker command that answers what the search asks."""
    folder.mkdir()
    path = folder / "docker"
    path.write_text(
        "#!/bin/sh\n"
        f'case "$*" in --version) echo "Docker version {version}, build 1";;\n'
        f'"buildx version") echo buildx 0.13; exit {0 if has_buildx else 1};; *) exit 1;; esac\n'
    )
    path.chmod(0o755)
    return path


def find(*paths: Path) -> command.Command:
    return find_command({"PATH": ":".join(str(path.parent) for path in paths)})


def test_buildx_first(tmp_path: Path) -> None:
    """A command with the plugin wins, wherever on PATH it is."""
    old = docker(tmp_path / "old", "20.10.24+dfsg1")
    new = docker(tmp_path / "new", "28.2.2", has_buildx=True)
    found = find(old, new)
    assert found.words == (str(new), "buildx", "build", "--load")


def test_built_in_buildkit(tmp_path: Path) -> None:
    """Without the plugin, an older command that has BuildKit in itself is found behind a newer one."""
    new = docker(tmp_path / "new", "28.2.2")
    old = docker(tmp_path / "old", "20.10.24+dfsg1")
    found = find(new, old)
    assert found.words == (str(old), "build")


def test_no_buildkit(tmp_path: Path) -> None:
    """From 23 on BuildKit is in the plugin only: without it, the engine's older builder is used."""
    found = find(docker(tmp_path / "only", "28.2.2"))
    assert not found.has_buildkit
    assert found.environment(Path("/run/server.sock"))["DOCKER_BUILDKIT"] == "0"


def test_no_command(tmp_path: Path) -> None:
    """Without any docker command the message says what to install."""
    with pytest.raises(BuildFailed, match="there is none on this machine") as failed:
        find(docker(tmp_path / "only", "nonsense"))
    assert "docker-cli" in failed.value.next_step


def test_broken_command(tmp_path: Path) -> None:
    """A file named docker that cannot be run is passed over."""
    broken = docker(tmp_path / "broken", "20.10.1")
    broken.write_text("#!/nonexistent/interpreter\n")
    good = docker(tmp_path / "good", "20.10.1")
    found = find(broken, good)
    assert good == found.path


def test_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A context or a TLS setting of the person's shell cannot lead the build to another engine."""
    monkeypatch.setenv("DOCKER_CONTEXT", "elsewhere")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    found = find(docker(tmp_path / "only", "20.10.1"))
    environment = found.environment(Path("/run/server.sock"))
    assert environment["DOCKER_HOST"] == "unix:///run/server.sock"
    assert not {"DOCKER_CONTEXT", "DOCKER_TLS_VERIFY"} & environment.keys()
