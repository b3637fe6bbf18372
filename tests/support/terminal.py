"""A person at a terminal: a command that has one of its own, and what is typed when it asks."""

import errno
import os
import pty
import time
from collections.abc import Mapping, Sequence

PATIENCE = 600  # seconds


def at_a_terminal(
    command: Sequence[str], answers: Sequence[tuple[str, str]], environment: Mapping[str, str] = os.environ
) -> tuple[int, str]:
    """Run the command; type each answer once its question is seen, in order. Its return code, and all that is seen."""
    process_id, terminal = pty.fork()
    if process_id == 0:
        os.execvpe(command[0], [*command], dict(environment))
    seen, begins, left = b"", 0, list(answers)
    deadline = time.monotonic() + PATIENCE
    while chunk := _read(terminal):
        seen += chunk
        assert time.monotonic() < deadline, seen.decode(errors="replace")
        while left and (found := seen.find(left[0][0].encode(), begins)) >= 0:
            begins = found + 1
            time.sleep(0.3)  # the echo is switched off after the question is written
            os.write(terminal, left.pop(0)[1].encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1]), seen.decode(errors="replace").replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError as error:
        if error.errno != errno.EIO:  # how Linux says that the other end of a terminal was closed
            raise
        return b""
