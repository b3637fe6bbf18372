"""Connections that end in the middle, and clients that end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from homeport.errors import HostUnreachable
from homeport.host import Host, connect
from tests.support.ssh_server import SshServer

pytestmark = pytest.mark.docker

# Connects, takes a lock, then on a line from us tries everything and prints what came of it, and after what time.
CLIENT = """
import sys, time
from homeport.errors import HostUnreachable
from homeport.host import connect

address, path = sys.argv[1:]
host = connect(address)
with host.lock(path, "client") as lock:
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    for question in (lambda: host.files.write(path + ".file", b""), lambda: host.run(["true"]),
                     host.docker_socket, lambda: host.reach("127.0.0.1", 9),
                     lambda: host.lock(path + "2", "client").__enter__()):
        try:
            question()
            print("no error", flush=True)
        except HostUnreachable as error:
            print(error.message, flush=True)
    print(lock.is_held(), flush=True)
    print(time.monotonic() - began, flush=True)
host.close()
"""

# Connects with all that a deployment has open, says so, and waits.
BUSY = """
import sys, time
from homeport.host import connect

address, path = sys.argv[1:]
host = connect(address)
host.docker_socket()
host.reach("127.0.0.1", 9)
try:
    with host.lock(path, "client"):
        print("ready", flush=True)
        host.run(["sleep", "60"])
finally:
    host.close()
"""

# Hands its lock to a child that outlives the server's patience (30 s).
PARENT = """
import subprocess, sys, time
from homeport.host import connect

address, path = sys.argv[1:]
host = connect(address)
nowhere = subprocess.DEVNULL
with host.lock(path, "client") as lock:
    subprocess.Popen(["sleep", "33"], pass_fds=(lock.descriptor(),), start_new_session=True,
                     stdin=nowhere, stdout=nowhere, stderr=nowhere)
    print("ready", flush=True)
    time.sleep(60)
"""


def start(server: SshServer, script: str, path: str, **environment: str) -> subprocess.Popen[str]:
    process = server.start_client([sys.executable, "-c", script, server.address, path], environment=environment)
    assert process.stdout is not None
    if process.stdout.readline() != "ready\n":
        raise AssertionError(process.communicate()[1])
    return process


def test_a_network_that_goes_down_is_noticed(server: SshServer, logged_in: Host, folder: str) -> None:
    """The client knows within 15 s and stops; only then does the server give the lock to others."""
    client = start(server, CLIENT, f"{folder}/lock")
    cut_at = time.monotonic()
    server.cut()
    try:
        stdout, stderr = client.communicate("\n", timeout=30)
        noticed = time.monotonic() - cut_at
        with logged_in.lock(f"{folder}/lock", "other", wait=timedelta(seconds=60)):
            freed = time.monotonic() - cut_at
    finally:
        server.mend()

    *messages, is_held, seconds = stdout.splitlines()
    assert [f"The connection to {server.address} was lost."] * 5 == messages, stderr
    assert is_held == "False"
    assert float(seconds) < 18
    assert noticed < freed < 45


def test_an_sshd_that_ends_is_noticed_at_once(server: SshServer, folder: str) -> None:
    """No waiting for a time to pass when the connection was closed."""
    client = start(server, CLIENT, f"{folder}/lock")
    server.end_sessions()

    stdout, stderr = client.communicate("\n", timeout=30)

    *messages, is_held, seconds = stdout.splitlines()
    assert [f"The connection to {server.address} was lost."] * 5 == messages, stderr
    assert is_held == "False"
    assert float(seconds) < 3


def test_a_command_that_is_cut_off_is_no_answer(server: SshServer, folder: str) -> None:
    """The return code of a connection that ended is not the command's."""
    client = start(server, BUSY, f"{folder}/lock")
    server.end_sessions()

    _, stderr = client.communicate(timeout=30)

    assert client.returncode == 1
    assert f"HostUnreachable: The connection to {server.address} was lost." in stderr


def test_ctrl_c_leaves_nothing(server: SshServer, folder: str, short_temporary: Path) -> None:
    """No ssh process, no folder, and the lock is free."""
    client = start(server, BUSY, f"{folder}/lock", TMPDIR=str(short_temporary))

    client.send_signal(signal.SIGINT)
    _, stderr = client.communicate(timeout=10)

    assert "KeyboardInterrupt" in stderr
    assert until(lambda: ssh_processes(short_temporary) == [])
    assert [*short_temporary.iterdir()] == []


def test_ctrl_c_at_the_terminal_does_not_cut_the_connection(server: SshServer, folder: str) -> None:
    """It goes to the whole foreground group; ssh is not in it, so that terraform can end in order."""
    script = BUSY.replace("import sys", "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN)\nimport sys")
    script = script.replace('host.run(["sleep", "60"])', "sys.stdin.readline(); print(host.run(['true']).returncode)")
    process = subprocess.Popen(
        [sys.executable, "-c", script, server.address, f"{folder}/lock"],
        env=server.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    os.killpg(process.pid, signal.SIGINT)
    stdout, _ = process.communicate("\n", timeout=20)

    assert stdout == "0\n"


def test_a_killed_client_leaves_no_process(server: SshServer, folder: str, short_temporary: Path) -> None:
    """Pipes that close end the remote shell, the sessions and the connection."""
    client = start(
        server,
        BUSY.replace("host.run", "time.sleep(60) or host.run"),
        f"{folder}/lock",
        TMPDIR=str(short_temporary),
    )

    client.kill()
    client.communicate()

    assert until(lambda: ssh_processes(short_temporary) == [])


def test_an_upload_that_is_cut_off_changes_nothing(server: SshServer, folder: str) -> None:
    """What arrived of a file is never taken for the whole."""
    path = Path(folder, "file")
    path.parent.mkdir()
    path.write_bytes(b"old")
    script = CLIENT.replace('b"")', 'b"x" * (1 << 28))')
    client = start(server, script, f"{folder}/lock")
    assert client.stdin is not None
    (path.parent / "lock.file").write_bytes(b"old")

    client.stdin.write("\n")
    client.stdin.flush()
    assert until(lambda: any(part.stat().st_size > 1 << 20 for part in path.parent.glob(".homeport-*.tmp")), 60)
    server.end_sessions()
    stdout, _ = client.communicate(timeout=60)

    assert f"The connection to {server.address} was lost." == stdout.splitlines()[0]
    assert (path.parent / "lock.file").read_bytes() == b"old"


def test_a_child_keeps_the_lock_beyond_the_servers_patience(server: SshServer, logged_in: Host, folder: str) -> None:
    """The heartbeat goes on without the client: 30 s after it was killed, its terraform still has the lock."""
    client = start(server, PARENT, f"{folder}/lock")
    began = time.monotonic()
    client.kill()
    client.communicate()

    with logged_in.lock(f"{folder}/lock", "other", wait=timedelta(seconds=60)):
        assert time.monotonic() - began > 31


def test_a_host_ends_while_a_child_has_its_lock(
    server: SshServer, logged_in: Host, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing the host does not take the lock from a terraform that still works."""
    host = connect(server.address)
    with host.lock(f"{folder}/lock", "ana") as lock:
        child = subprocess.Popen(["sleep", "60"], pass_fds=(lock.descriptor(),))
    host.close()
    try:
        with pytest.raises(Exception, match="is held by ana"):
            logged_in.lock(f"{folder}/lock", "bob").__enter__()
    finally:
        child.kill()
        child.wait()
    with logged_in.lock(f"{folder}/lock", "bob", wait=timedelta(seconds=3)):
        pass


def test_a_lost_connection_says_what_ssh_said(server: SshServer, logged_in: Host) -> None:
    """ssh's own words are in the detail."""
    server.end_sessions()

    with pytest.raises(HostUnreachable, match=r"was lost\.\n.+\nCheck the network"):
        logged_in.files.read("/etc/hostname")


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not (is_met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_met


def ssh_processes(folder: Path) -> list[str]:
    """The command lines of every ssh whose control socket is in `folder`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if line.startswith("ssh ") and f"{folder}/" in line:
            found.append(line)
    return found
