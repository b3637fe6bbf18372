"""The tests' full load, with the time of every quick answer. Other measurements start it; it speaks to 127.0.0.1."""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from tests.support.full_load import FullLoad

STARTED = "started\n"
LONGEST = 600.0  # seconds
SLOW = 2  # connections that ask for answers of two seconds


@dataclass
class Seen:
    """What a load saw. `answers` are pairs (when it was sent, how long it took), in seconds since the load's start;
    `first` is when each version was first seen."""

    requests: int = 0
    failed: int = 0
    seconds: float = 0.0
    first: dict[str, float] = field(default_factory=dict)
    answers: list[tuple[float, float]] = field(default_factory=list)


class TimedLoad(FullLoad):
    """Notes when each quick request was sent and how long its answer took."""

    def __init__(self, port: int, host: str) -> None:
        super().__init__(port, host, "/", "/slow?seconds=2")
        self.answers: list[tuple[float, float]] = []

    def _count(self, status: int, version: str, sent: float, *, is_slow: bool) -> None:
        super()._count(status, version, sent, is_slow=is_slow)
        if not is_slow:
            now = time.monotonic() - self.started
            self.answers.append((round(sent, 4), round(now - sent, 5)))


@contextmanager
def loaded(port: int, host: str, connections: int, slow: int = SLOW) -> Iterator[Seen]:
    """The load in a process of its own for as long as the context lasts; what it saw is filled in at its end."""
    options = [f"--port={port}", f"--host={host}", f"--connections={connections}", f"--slow={slow}"]
    command = [sys.executable, "-m", "bench.load", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    if process.stderr.readline() != STARTED:
        raise RuntimeError(process.communicate()[1])
    seen = Seen()
    try:
        yield seen
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=60)
    for name, value in json.loads(output).items():
        setattr(seen, name, value)


async def _run(given: argparse.Namespace) -> Seen:
    load = TimedLoad(given.port, given.host)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, load.stopping.set)
    sys.stderr.write(STARTED)
    sys.stderr.flush()
    result = await load.run(given.connections, given.slow, LONGEST)
    return Seen(result.requests, result.failed, result.seconds, result.first, load.answers)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--host", required=True)
    options.add_argument("--connections", type=int, default=32)
    options.add_argument("--slow", type=int, default=SLOW)
    sys.stdout.write(json.dumps(asdict(asyncio.run(_run(options.parse_args())))))


if __name__ == "__main__":
    main()
