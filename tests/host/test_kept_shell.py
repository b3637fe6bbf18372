"""The kept shell, with a bash of this machine behind its pipes."""

import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from homeport.host.ssh.shell import Shell


@pytest.fixture
def shell() -> Iterator[Shell]:
    with subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        made = Shell(process)
        made.greet(10)
        yield made
        made.close()


def test_a_question_is_asked_before_the_one_before_has_its_answer(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first ends only when all have been sent; everybody gets the answer to their own."""
    pipe, send, sent = tmp_path / "pipe", shell._send, threading.Semaphore(0)
    subprocess.run(["mkfifo", pipe], check=True)

    def counted(*parts: bytes) -> None:
        send(*parts)
        sent.release()

    monkeypatch.setattr(shell, "_send", counted)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(shell.ask, "cat", str(pipe))
        others = [pool.submit(shell.ask, "echo", str(number)) for number in range(3)]
        for _ in (first, *others):
            assert sent.acquire(timeout=10)
        pipe.write_text("all were sent")
        assert b"all were sent" == first.result(10).stdout
        assert [b"0\n", b"1\n", b"2\n"] == [other.result(10).stdout for other in others]


def test_bytes_that_are_sent_meanwhile_are_nobody_elses(shell: Shell, tmp_path: Path) -> None:
    """Files with what could be commands in them, and questions, from many threads."""
    told: list[bool] = []

    def write(number: int) -> None:
        path, data = tmp_path / str(number), b"answer echo taken for a command\n" * 5000 * number
        sent = shell.send(*("write_file", str(tmp_path), str(path), f"{path}.tmp", "600", str(len(data))), data=data)
        told.append(sent.returncode == 0 and path.read_bytes() == data)

    def ask(number: int) -> None:
        told.append(shell.ask("echo", str(number)).stdout == b"%d\n" % number)

    threads = [threading.Thread(target=does, args=(number,)) for number in range(10) for does in (write, ask)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [True] * len(threads) == told


def test_who_is_interrupted_takes_no_answer_of_another(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half way through an answer nobody knows whose the next bytes are: there is no further one."""
    with monkeypatch.context() as patch:
        patch.setattr(shell._reader, "exactly", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            shell.ask("echo", "mine")
    with pytest.raises(EOFError):
        shell.ask("echo", "another's")
