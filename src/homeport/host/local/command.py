"""Commands on this machine."""

import os
import signal
import subprocess
from collections.abc import Sequence
from datetime import timedelta

from homeport.host.failures import command_too_slow
from homeport.host.protocol import Output

NOT_FOUND = 127  # a shell's answer, so that both kinds of host say the same
NOT_EXECUTABLE = 126
SIGNALLED = 128


def run(command: Sequence[str], stdin: bytes, timeout: timedelta) -> Output:
    """Run the command in a session of its own, and end all of it when its time is over or we are stopped."""
    try:
        process = _start(command)
    except FileNotFoundError:
        return Output(NOT_FOUND, b"", f"{command[0]}: No such file or directory\n".encode())
    except PermissionError:
        return Output(NOT_EXECUTABLE, b"", f"{command[0]}: Permission denied\n".encode())
    seconds = timeout.total_seconds()
    try:
        stdout, stderr = process.communicate(stdin, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise command_too_slow("this machine", command[0], seconds) from error
    finally:
        _end(process)
    code = process.returncode
    return Output(code if code >= 0 else SIGNALLED - code, stdout, stderr)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None and not pipe.closed:
            pipe.close()
