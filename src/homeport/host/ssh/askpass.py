"""Asks a person what ssh wants to know: a passphrase, a password, whether to trust a new host key.

ssh runs in a session of its own, so that Ctrl-C on the terminal does not cut a connection under terraform;
there it has no terminal to ask on, and starts this program instead (SSH_ASKPASS).
"""

import os
import signal
import sys
import termios

TERMINAL = "HOMEPORT_TERMINAL"


def main() -> None:
    prompt = " ".join(sys.argv[1:])
    terminal = os.open(os.environ[TERMINAL], os.O_RDWR | os.O_NOCTTY)
    os.write(terminal, prompt.encode())
    if os.environ.get("SSH_ASKPASS_PROMPT") == "none":  # "touch your key": ssh ends us when it was touched
        signal.pause()
    answer = read_answer(terminal, is_shown="yes/no" in prompt)
    os.write(1, answer)


def read_answer(terminal: int, *, is_shown: bool) -> bytes:
    """One line that a person types, echoed only if it is no secret."""
    if is_shown:
        return os.read(terminal, 4096)
    before = termios.tcgetattr(terminal)
    silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(terminal, termios.TCSAFLUSH, silent)
    try:
        return os.read(terminal, 4096)
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
        os.write(terminal, b"\n")


if __name__ == "__main__":
    main()
