"""What the files of every kind of host must do, for the test modules that bring a `host` and a `folder`."""

import os
import threading

import pytest

from homeport.errors import HomeportError
from homeport.host import Host

EVERY_BYTE = bytes(range(256)) * 10


def test_what_was_written_is_read(host: Host, folder: str) -> None:
    """A file is its bytes: NUL, newlines and invalid UTF-8 arrive as they are."""
    host.files.write(f"{folder}/file", EVERY_BYTE)

    assert host.files.read(f"{folder}/file") == EVERY_BYTE


def test_an_empty_file_is_a_file(host: Host, folder: str) -> None:
    """No bytes is a content, not a missing file."""
    host.files.write(f"{folder}/empty", b"")

    assert host.files.read(f"{folder}/empty") == b""
    assert host.files.read_folder(folder) == {"empty": b""}


def test_a_large_file_goes_both_ways(host: Host, folder: str) -> None:
    """8 MB fit: more than any pipe between us and the file holds."""
    data = os.urandom(8 << 20)

    host.files.write(f"{folder}/large", data)

    assert data == host.files.read(f"{folder}/large")


def test_a_file_is_replaced_whole(host: Host, folder: str) -> None:
    """A reader sees the old content or the new one, never a part of either."""
    contents = {letter * 200_000 for letter in (b"a", b"b")}
    seen: set[bytes] = set()
    is_over = threading.Event()

    def read_again_and_again() -> None:
        while not is_over.is_set():
            seen.add(host.files.read(f"{folder}/file"))

    host.files.write(f"{folder}/file", min(contents))
    reader = threading.Thread(target=read_again_and_again)
    reader.start()
    for content in [*contents] * 10:
        host.files.write(f"{folder}/file", content)
    is_over.set()
    reader.join()

    assert seen <= contents
    assert host.files.list(folder) == ["file"]


def test_names_are_not_words_of_a_shell(host: Host, folder: str) -> None:
    """A name may hold anything that a file system allows."""
    names = sorted(["a b", "-rf", "$HOME", "it's", 'a"b', "ä;ö", "a\nb", "*", "`id`"])
    for name in names:
        host.files.write(f"{folder}/{name}", name.encode())

    assert names == host.files.list(folder)
    assert {name: name.encode() for name in names} == host.files.read_folder(folder)
    for name in names:
        assert name.encode() == host.files.read(f"{folder}/{name}")
        host.files.remove(f"{folder}/{name}")
    assert host.files.list(folder) == []


def test_a_missing_file_is_said_to_be_missing(host: Host, folder: str) -> None:
    """The one failure that a caller decides about has an exception of its own."""
    with pytest.raises(FileNotFoundError):
        host.files.read(f"{folder}/nothing")


def test_a_missing_folder_is_empty(host: Host, folder: str) -> None:
    """Before the first release there is no folder of releases."""
    assert host.files.list(folder) == []
    assert host.files.read_folder(folder) == {}


def test_the_newest_files_are_read_and_the_others_named(host: Host, folder: str) -> None:
    """The last ones by name come with their bytes, of each folder as many as were asked for; a missing folder has
    none."""
    for name in ("1", "2", "3", "below/4"):
        host.files.write(f"{folder}/a/{name}", EVERY_BYTE + name.encode())
    host.files.write(f"{folder}/b/it's\none", b"")

    found = host.files.read_newest({f"{folder}/a": 2, f"{folder}/nothing": 1, f"{folder}/b": 3})

    assert [
        {"1": None, "2": EVERY_BYTE + b"2", "3": EVERY_BYTE + b"3"},
        {},
        {"it's\none": b""},
    ] == found
    assert [{}, {}] == host.files.read_newest({f"{folder}/nothing": 1, f"{folder}/neither": 1})


def test_read_folder_gives_plain_files_only(host: Host, folder: str) -> None:
    """What is in a folder below is not in this one."""
    host.files.write(f"{folder}/one", b"1")
    host.files.write(f"{folder}/below/two", b"2")

    assert host.files.read_folder(folder) == {"one": b"1"}
    assert host.files.list(folder) == ["below", "one"]


def test_a_folder_of_many_files_is_read_at_once(host: Host, folder: str) -> None:
    """Every release's record in one round trip."""
    files = {f"{number:06}.json": os.urandom(100) for number in range(20)}
    for name, content in files.items():
        host.files.write(f"{folder}/{name}", content)

    assert files == host.files.read_folder(folder)


def test_remove_takes_a_folder_with_all_in_it(host: Host, folder: str) -> None:
    """Removing is complete, and removing again is no error."""
    host.files.write(f"{folder}/a/b/c", b"1")
    host.files.write(f"{folder}/ab", b"2")

    host.files.remove(f"{folder}/a")
    host.files.remove(f"{folder}/a")

    assert host.files.list(folder) == ["ab"]


def test_make_folder_makes_its_parents(host: Host, folder: str) -> None:
    """A folder can be made where nothing is yet, and made again."""
    host.files.make_folder(f"{folder}/a/b")
    host.files.make_folder(f"{folder}/a/b")

    assert host.files.list(f"{folder}/a") == ["b"]


def test_a_folder_is_not_read_as_a_file(host: Host, folder: str) -> None:
    """The error names the path and the reason."""
    host.files.make_folder(folder)

    with pytest.raises(HomeportError, match=r"installation .*cannot be read: Is a directory"):
        host.files.read(folder)


def test_a_file_is_not_listed_as_a_folder(host: Host, folder: str) -> None:
    """A file where a folder should be is a mistake, not an empty folder."""
    host.files.write(folder, b"")

    for question in (host.files.list, host.files.read_folder):
        with pytest.raises(HomeportError, match="cannot be read: Not a directory"):
            question(folder)


def test_a_folder_is_not_replaced_by_a_file(host: Host, folder: str) -> None:
    """A write never takes away a folder, and leaves nothing half done beside it."""
    host.files.make_folder(f"{folder}/a")

    with pytest.raises(HomeportError, match="cannot be written"):
        host.files.write(f"{folder}/a", b"1")
    assert host.files.list(folder) == ["a"]


def test_a_relative_path_is_refused(host: Host) -> None:
    """A path means the same whatever the current folder is."""
    with pytest.raises(ValueError, match="absolute"):
        host.files.write("relative", b"")
