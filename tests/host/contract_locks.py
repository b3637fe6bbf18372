"""What the locks of every kind of host must do within one process."""

import threading
import time
from datetime import timedelta

import pytest

from homeport.errors import Locked
from homeport.host import Host


def test_a_taken_lock_names_its_holder(host: Host, folder: str) -> None:
    """Who is told to wait is told for whom, and since when."""
    path = f"{folder}/locks/notes.staging"

    with (
        host.lock(path, "ana@laptop pid 12") as lock,
        pytest.raises(Locked, match=r'"notes.staging" is held by ana@laptop pid 12 since \d\d:\d\d') as refusal,
        host.lock(path, "bob@desk pid 9"),
    ):
        pass
    assert lock.holder == "ana@laptop pid 12"
    assert refusal.value.holder.startswith("ana@laptop pid 12 since ")


def test_a_released_lock_is_free(host: Host, folder: str) -> None:
    """A lock lasts as long as its context, also when that ends with an error."""
    path = f"{folder}/locks/base"

    with pytest.raises(ZeroDivisionError), host.lock(path, "ana"):
        raise ZeroDivisionError
    with host.lock(path, "bob") as lock:
        assert lock.is_held()
    assert not lock.is_held()


def test_other_locks_are_free(host: Host, folder: str) -> None:
    """Two applications do not wait for each other."""
    with host.lock(f"{folder}/locks/a", "ana"), host.lock(f"{folder}/locks/b", "ana") as lock:
        assert lock.is_held()


def test_threads_exclude_each_other(host: Host, folder: str) -> None:
    """Ten resources of one apply change the gateway one after the other."""
    path = f"{folder}/locks/gateway"
    inside: list[int] = []
    most: list[int] = []

    def change() -> None:
        with host.lock(path, "ana", wait=timedelta(seconds=30)):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=change) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1] * 10


def test_waiting_ends_with_the_lock_or_with_the_time(host: Host, folder: str) -> None:
    """A short wait for a long lock is a refusal, a long wait for a short lock is none."""
    path = f"{folder}/locks/base"
    is_taken = threading.Event()

    def hold() -> None:
        with host.lock(path, "ana"):
            is_taken.set()
            time.sleep(0.7)

    thread = threading.Thread(target=hold)
    thread.start()
    is_taken.wait()
    with pytest.raises(Locked), host.lock(path, "bob", wait=timedelta(seconds=0.2)):
        pass
    with host.lock(path, "bob", wait=timedelta(seconds=20)):
        pass
    thread.join()


def test_a_name_is_one_line(host: Host, folder: str) -> None:
    """A holder's name cannot write lines of its own into the message."""
    path = f"{folder}/locks/base"

    with (
        host.lock(path, "ana\n$(id) `id` 'x'"),
        pytest.raises(Locked, match=r"is held by ana \$\(id\) `id` 'x' since"),
        host.lock(path, "bob"),
    ):
        pass
