"""A process between a lock's holders and the ssh session that holds it on the server.

It sends an empty line every few seconds, and hands on what it is told, until the last process that has the other end
of its standard input has ended. A thread of ours would die with us, while a terraform that inherited the lock goes on.
"""

import os
import select

EVERY = 5.0  # seconds; the server gives up after PATIENCE (lock_session.py)


def main() -> None:
    try:
        while words := os.read(0, 4096) if select.select([0], [], [], EVERY)[0] else b"\n":
            os.write(1, words)
    except BrokenPipeError:
        return  # the session ended: whoever holds the lock sees that by itself


if __name__ == "__main__":
    main()
