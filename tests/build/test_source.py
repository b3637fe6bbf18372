"""The source hash: the same for the same source, another for every change that an image could show."""

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from homeport.build.source import Source, files_hash, generated, source_hash
from homeport.errors import BuildFailed


def write(folder: Path) -> Source:
    """A small application in `folder`."""
    (folder / "src").mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM python:3.13\nCOPY . /app\n")
    (folder / "src" / "main.py").write_text("print(1)\n")
    (folder / "run.sh").write_text("exec python src/main.py\n")
    (folder / "notes.txt").write_text("ignored\n")
    (folder / ".dockerignore").write_text("*.txt\n")
    (folder / "main.py").symlink_to("src/main.py")
    return Source("api/notes-api", folder, folder / "Dockerfile", "api/Dockerfile", args={"A": "1"})


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return write(tmp_path / "api")


def test_second_clone(source: Source, tmp_path: Path) -> None:
    """Another clone has the same hash: times, owners and folders' own permissions are not in it."""
    clone = write(tmp_path / "clone")
    os.utime(clone.context / "run.sh", (1, 1))
    (clone.context / "run.sh").chmod(0o600)
    assert files_hash(source) == files_hash(clone)


CHANGES: dict[str, Callable[[Path], object]] = {
    "content": lambda folder: (folder / "src/main.py").write_text("print(2)\n"),
    "executable": lambda folder: (folder / "run.sh").chmod(0o755),
    "new file": lambda folder: (folder / "new.py").touch(),
    "renamed": lambda folder: (folder / "run.sh").rename(folder / "start.sh"),
    "removed": lambda folder: (folder / "run.sh").unlink(),
    "Dockerfile": lambda folder: (folder / "Dockerfile").write_text("FROM python:3.13\nCOPY . /srv\n"),
    "link": lambda folder: relink(folder / "main.py", "run.sh"),
    "no longer ignored": lambda folder: (folder / ".dockerignore").write_text("*.txt\n!notes.txt\n"),
}


def relink(link: Path, goal: str) -> None:
    link.unlink()
    link.symlink_to(goal)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_of_a_file(source: Source, change: Callable[[Path], object]) -> None:
    """Whatever can change the image changes the hash."""
    before = files_hash(source)
    change(source.context)
    assert before != files_hash(source)


@pytest.mark.parametrize("change", [{"args": {"A": "2"}}, {"target": "app"}, {"platform": "linux/arm64"}])
def test_change_of_the_build(source: Source, change: dict[str, object]) -> None:
    """Arguments, target and platform are in the hash."""
    assert files_hash(source) != files_hash(replace(source, **change))  # type: ignore[arg-type]


def test_change_of_a_base_image(source: Source) -> None:
    """A base image that moved is another source."""
    files = files_hash(source)
    assert source_hash(files, {"python:3.13": "sha256:1"}) != source_hash(files, {"python:3.13": "sha256:2"})


@pytest.mark.parametrize("name", ["notes.txt", ".git/index", ".homeport/plan"])
def test_ignored_file(source: Source, name: str) -> None:
    """What .dockerignore leaves out is not in the hash, nor is Git's folder or ours."""
    before = files_hash(source)
    (source.context / name).parent.mkdir(exist_ok=True)
    (source.context / name).write_text("changed")
    assert before == files_hash(source)


def test_git_folder_asked_for(source: Source) -> None:
    """An image that needs .git says so in .dockerignore."""
    (source.context / ".dockerignore").write_text("*.txt\n!.git\n")
    before = files_hash(source)
    (source.context / ".git").mkdir()
    (source.context / ".git" / "HEAD").write_text("main")
    assert before != files_hash(source)


def test_own_ignore_file_of_a_dockerfile(source: Source) -> None:
    """`<Dockerfile>.dockerignore` is preferred to .dockerignore, as BuildKit does."""
    (source.context / "Dockerfile.dockerignore").write_text("src\n")
    before = files_hash(source)
    (source.context / "src" / "main.py").write_text("changed")
    assert before == files_hash(source)
    (source.context / "notes.txt").write_text("changed")
    assert before != files_hash(source)


@pytest.mark.parametrize("goal", ["/etc/passwd", "../secret", "src/../../secret"])
def test_link_that_leaves(source: Source, goal: str) -> None:
    """A link out of the context is refused by name: the image could not follow it."""
    (source.context / "out").symlink_to(goal)
    with pytest.raises(BuildFailed, match="out: the link leads out of the build's folder"):
        files_hash(source)


def test_link_inside(source: Source) -> None:
    """A link that stays inside the context is fine, and so is one to a file that is not there yet."""
    (source.context / "src" / "up").symlink_to("../run.sh")
    (source.context / "dangling").symlink_to("later")
    assert files_hash(source)


def test_named_pipe(source: Source) -> None:
    """A named pipe is refused, not read: reading would wait for ever."""
    os.mkfifo(source.context / "pipe")
    with pytest.raises(BuildFailed, match="pipe: a socket, a named pipe or a device"):
        files_hash(source)


def test_socket(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket is refused."""
    monkeypatch.chdir(source.context)  # a socket's path has 107 bytes at most
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("here.sock")
        with pytest.raises(BuildFailed, match=r"here\.sock: a socket"):
            files_hash(source)


def test_file_that_may_not_be_read() -> None:
    """A file that may not be read is named, with what to do."""
    with tempfile.TemporaryDirectory() as folder, another_user(Path(folder)):
        source = write(Path(folder) / "api")
        (source.context / "run.sh").chmod(0)
        with pytest.raises(BuildFailed, match=r"run\.sh: cannot be read: Permission denied"):
            files_hash(source)


@contextmanager
def another_user(folder: Path) -> Iterator[None]:
    """Root may read everything: the test is another user for a moment."""
    is_root = os.geteuid() == 0
    folder.chmod(0o777)
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_missing_dockerfile(source: Source) -> None:
    """A build without a Dockerfile says where one belongs."""
    source.dockerfile.unlink()
    with pytest.raises(BuildFailed, match="api/Dockerfile: the Dockerfile cannot be read") as failed:
        files_hash(source)
    assert "a folder with a Dockerfile" in failed.value.next_step


def test_generated_source(tmp_path: Path) -> None:
    """A source made of bytes and a folder has the hash of its content, wherever it is written."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "V1__notes.sql").write_text("CREATE TABLE notes ();")
    files = {"Dockerfile": b"FROM flyway\nCOPY sql /flyway/sql\n", "callbacks/afterMigrate.sql": b"GRANT"}
    hashes = []
    for _ in range(2):
        with generated("api/notes-migrations", files, {"sql": folder}) as source:
            assert (source.context / "sql" / "V1__notes.sql").is_file()
            hashes.append(files_hash(source))
    assert hashes[0] == hashes[1]
    assert not source.context.exists()


@pytest.mark.parametrize(("problem", "name"), [("cannot be read", "missing"), ("the link leads out", "linked")])
def test_generated_source_refused(tmp_path: Path, problem: str, name: str) -> None:
    """What is wrong in a folder is named by its own path, not by that of our copy."""
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "V1__out.sql").symlink_to("/etc/passwd")
    with (
        pytest.raises(BuildFailed, match=rf"{tmp_path / name}.*: {problem}"),
        generated("api/notes-migrations", {"Dockerfile": b"FROM flyway\n"}, {"sql": tmp_path / name}),
    ):
        pass
