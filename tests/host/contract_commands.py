"""What hosts with processes must do: commands, and locks between processes."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from homeport.errors import HomeportError, Locked
from homeport.host import Host

HOLDER = """
import subprocess, sys
from homeport.host import connect

address, path, name, child = sys.argv[1:]
host = connect(address)
with host.lock(path, name) as lock:
    pid = 0
    if child:
        started = subprocess.Popen(["sleep", child], pass_fds=(lock.descriptor(),), start_new_session=True,
                                   stdout=subprocess.DEVNULL)
        pid = started.pid
    print(pid, flush=True)
    sys.stdin.readline()
host.close()
"""


def hold(host: Host, path: str, *, child: str = "") -> tuple[subprocess.Popen[str], int]:
    """Another process that holds the lock, and the process id of its child if it was to start one."""
    command = [sys.executable, "-c", HOLDER, host.address, path, "ana@laptop pid 12", child]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def is_free(host: Host, path: str, *, within: float = 0) -> bool:
    try:
        with host.lock(path, "bob", wait=timedelta(seconds=within)):
            return True
    except Locked:
        return False


def test_processes_exclude_each_other(host: Host, folder: str) -> None:
    """Two people deploy the same application: the second is told who is at it."""
    process, _ = hold(host, f"{folder}/locks/base")
    try:
        with (
            pytest.raises(Locked, match="is held by ana@laptop pid 12"),
            host.lock(f"{folder}/locks/base", "bob"),
        ):
            pass
    finally:
        process.communicate("\n")
    assert is_free(host, f"{folder}/locks/base")


def test_a_killed_holder_holds_nothing(host: Host, folder: str) -> None:
    """A lock needs no hand to free it after a crash."""
    process, _ = hold(host, f"{folder}/locks/base")

    process.kill()
    process.communicate()

    assert is_free(host, f"{folder}/locks/base", within=3)


def test_a_child_keeps_the_lock(host: Host, folder: str) -> None:
    """While terraform still works, nobody else may begin, even if the CLI above it was killed."""
    path = f"{folder}/locks/base"
    process, child = hold(host, path, child="60")

    process.kill()
    process.communicate()
    try:
        assert not is_free(host, path, within=1)
    finally:
        os.kill(child, signal.SIGKILL)
    assert is_free(host, path, within=3)


def test_a_child_keeps_the_lock_after_the_context(host: Host, folder: str) -> None:
    """Leaving the context gives up our hold, not the child's; and it does not wait for the child."""
    path = f"{folder}/locks/base"
    began = time.monotonic()
    with host.lock(path, "ana") as lock:
        child = subprocess.Popen(["sleep", "60"], pass_fds=(lock.descriptor(),), start_new_session=True)
    assert time.monotonic() - began < 3
    try:
        assert not is_free(host, path)
    finally:
        child.kill()
        child.wait()
    assert is_free(host, path, within=3)


def test_a_command_has_its_streams_and_its_code(host: Host) -> None:
    """Standard output, standard error and the return code come back apart, byte for byte."""
    script = r"cat; printf '\000\377' ; echo words >&2; exit 7"

    output = host.run(["sh", "-c", script], stdin=b"in\0put")

    assert (output.returncode, output.stdout, output.stderr) == (7, b"in\0put\0\xff", b"words\n")


def test_arguments_arrive_as_they_are(host: Host) -> None:
    """No shell looks at an argument on its way."""
    arguments = ["a b", "$HOME", "it's", "*", "", "`id`", "a\nb", "ä"]

    output = host.run(["printf", r"%s\0", *arguments])

    assert arguments == output.stdout.decode().split("\0")[:-1]


def test_much_input_and_output_do_not_block(host: Host) -> None:
    """4 MB each way at the same time."""
    data = os.urandom(4 << 20)

    assert data == host.run(["cat"], stdin=data).stdout


def test_input_that_nobody_reads_is_no_error(host: Host) -> None:
    """A command may end before it has read what it was given."""
    assert host.run(["sh", "-c", "exit 3"], stdin=b"x" * (1 << 20)).returncode == 3


def test_a_missing_program_is_an_answer(host: Host) -> None:
    """127, as a shell says."""
    output = host.run(["homeport-no-such-program"])

    assert output.returncode == 127
    assert b"No such file or directory" in output.stderr


def test_a_code_of_255_is_an_answer(host: Host) -> None:
    """ssh's own code for a lost connection can be a command's, too."""
    assert host.run(["sh", "-c", "exit 255"]).returncode == 255


def test_a_killed_command_says_so(host: Host) -> None:
    """128 and the signal, as a shell says."""
    assert host.run(["sh", "-c", "kill -9 $$"]).returncode == 128 + signal.SIGKILL


def test_a_command_that_takes_too_long_is_stopped(host: Host, folder: str) -> None:
    """Nothing of it goes on, on either side."""
    began = time.monotonic()
    name = f"{folder}/still-running"
    script = f"(sleep 3; mkdir -p {folder}; touch {name}) & wait"

    with pytest.raises(HomeportError, match=r"sh on .* did not end within 1 s and was stopped"):
        host.run(["sh", "-c", script], timeout=timedelta(seconds=1))
    assert time.monotonic() - began < 3
    time.sleep(3)
    assert host.files.list(folder) == []


def test_the_login_is_known(host: Host) -> None:
    """The home folder and the rights are the server's, not ours."""
    assert host.is_root() == (host.run(["id", "-u"]).stdout == b"0\n")
    assert host.home_folder() == host.run(["sh", "-c", "echo $HOME"]).stdout.decode().strip()


def test_what_may_not_be_written_is_refused_in_words(host: Host) -> None:
    """The server's own reason, and the path."""
    with pytest.raises(HomeportError, match=r"/sys/homeport/x on .* cannot be (written|made): (Perm|Oper|Read-only)"):
        host.files.write("/sys/homeport/x", b"")
    with pytest.raises(HomeportError, match=r"/sys/homeport on .* cannot be written: (Perm|Read-only)"):
        host.files.write("/sys/homeport", b"")


def test_modes_are_what_was_asked_for(host: Host, folder: str) -> None:
    """Secrets are their owner's; a gateway's files are readable for its login; the umask has no say."""
    host.files.write(f"{folder}/new/secret", b"")
    host.files.write(f"{folder}/shared", b"", mode=0o644)
    host.files.make_folder(f"{folder}/open/below", mode=0o755)
    host.files.make_folder(f"{folder}/open/below", mode=0o700)
    names = ("", "/new", "/new/secret", "/shared", "/open", "/open/below")

    modes = host.run(["stat", "-c", "%a", *(folder + name for name in names)]).stdout.decode().split()

    assert modes == ["700", "700", "600", "644", "700", "755"]


def test_only_plain_files_are_read(host: Host, folder: str) -> None:
    """A socket or a link in a folder of files is passed over."""
    host.files.write(f"{folder}/file", b"1")
    host.run(["ln", "-s", "file", f"{folder}/link"])
    host.run(["mkfifo", f"{folder}/pipe"])

    assert host.files.read_folder(folder) == {"file": b"1"}
    assert host.files.list(folder) == ["file", "link", "pipe"]


def test_an_attended_command_has_its_own_return_code(host: Host) -> None:
    """It speaks at the terminal itself; how it ended is all that comes back."""
    assert host.attend(["sh", "-c", "exit 3"]) == 3
    assert host.attend(["true"]) == 0
