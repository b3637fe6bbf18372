"""A full but bounded load through the gateway: `python -m tests.support.full_load --port 8080 --host probe.localhost`.

Keep-alive connections that ask as fast as they are answered, and a few that ask for slow answers in turn, so that
some are under way at every moment. Ends after `--seconds` or on SIGTERM, whichever is first, and prints one JSON
document. It speaks to 127.0.0.1 only.
"""

import argparse
import asyncio
import json
import math
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from subprocess import PIPE, Popen

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
ANSWER_WITHIN = 30.0  # seconds
MOST_FAILURES = 50  # that are told one by one
SLOW_EVERY = 2.5  # seconds from one slow request of a task to its next: longer than the answer takes


@dataclass
class Slow:
    """One slow request: when it was sent and answered (seconds since the start), and by which version."""

    sent: float
    answered: float
    version: str


@dataclass
class Result:
    """What a load saw. `versions` counts answers by version; `first` and `last` are when each was seen."""

    requests: int = 0
    failures: list[str] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0
    versions: dict[str, int] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    slow: list[Slow] = field(default_factory=list)


class FullLoad:
    """Asks until told to stop."""

    def __init__(self, port: int, host: str, path: str, slow_path: str) -> None:
        self.port, self.host, self.path, self.slow_path = port, host, path, slow_path
        self.result = Result()
        self.started = time.monotonic()
        self.stopping = asyncio.Event()

    async def run(self, connections: int, slow: int, seconds: float) -> Result:
        asking = [asyncio.create_task(self._ask_on(self.path)) for _ in range(connections)]
        turns = [SLOW_EVERY * turn / slow for turn in range(slow)]
        asking += [asyncio.create_task(self._ask_slowly(turn)) for turn in turns]
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            self.stopping.set()
        await asyncio.gather(*asking)
        self.result.seconds = self._now()
        return self.result

    def _now(self) -> float:
        return time.monotonic() - self.started

    async def _ask_on(self, path: str) -> None:
        """One connection, opened again whenever it ends."""
        while not self.stopping.is_set():
            async with self._connection() as streams:
                while streams and not self.stopping.is_set() and await self._ask(streams, path):
                    pass

    async def _ask_slowly(self, turn: float) -> None:
        """A slow request on a connection of its own, `turn` seconds after the start and then every SLOW_EVERY."""
        while await self._goes_on_at(turn):
            async with self._connection() as streams:
                if streams:
                    await self._ask(streams, self.slow_path, is_slow=True)
            turn += SLOW_EVERY * math.ceil((self._now() - turn) / SLOW_EVERY)

    async def _goes_on_at(self, moment: float) -> bool:
        try:
            await asyncio.wait_for(self.stopping.wait(), max(0.0, moment - self._now()))
        except TimeoutError:
            return True
        return False

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Streams | None]:
        try:
            streams = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError as error:
            self._failed(f"connect: {error}")
            await asyncio.sleep(0.01)
            yield None
            return
        try:
            yield streams
        finally:
            streams[1].close()

    async def _ask(self, streams: Streams, path: str, *, is_slow: bool = False) -> bool:
        """Whether the connection can be used again."""
        reader, writer = streams
        sent = self._now()
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode())
            status, version, closes = await asyncio.wait_for(_answer(reader), ANSWER_WITHIN)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            self._failed(f"after {self._now() - sent:.3f} s: {error!r}")
            return False
        self._count(status, version, sent, is_slow=is_slow)
        return not closes

    def _count(self, status: int, version: str, sent: float, *, is_slow: bool) -> None:
        now = self._now()
        self.result.requests += 1
        if status != 200:
            self._failed(f"status {status}")
            return
        self.result.versions[version] = self.result.versions.get(version, 0) + 1
        self.result.first.setdefault(version, now)
        self.result.last[version] = now
        if is_slow:
            self.result.slow.append(Slow(sent, now, version))

    def _failed(self, reason: str) -> None:
        self.result.failed += 1
        if len(self.result.failures) < MOST_FAILURES:
            self.result.failures.append(f"{self._now():.3f} s: {reason}")


async def _answer(reader: asyncio.StreamReader) -> tuple[int, str, bool]:
    """Status, the application's `Version` header, and whether the connection ends with this answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    await reader.readexactly(int(headers.get("content-length", 0)))
    return int(lines[0].split()[1]), headers.get("version", ""), headers.get("connection") == "close"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--path", default="/")
    parser.add_argument("--slow-path", default="/slow?seconds=2")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--slow", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()

    async def run() -> Result:
        load = FullLoad(given.port, given.host, given.path, given.slow_path)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, load.stopping.set)
        sys.stderr.write("started\n")
        sys.stderr.flush()
        return await load.run(given.connections, given.slow, given.seconds)

    sys.stdout.write(json.dumps(asdict(asyncio.run(run()))))


@contextmanager
def loaded(port: int, host: str, *options: str) -> Iterator[Result]:
    """Run the load in a process of its own for as long as the context lasts; the result is filled in at its end."""
    command = [sys.executable, "-m", "tests.support.full_load", f"--port={port}", f"--host={host}", *options]
    process = Popen(command, stdout=PIPE, stderr=PIPE, text=True)
    result = Result()
    assert process.stderr is not None
    process.stderr.readline()
    try:
        yield result
    finally:
        process.terminate()
        output, errors = process.communicate(timeout=ANSWER_WITHIN + 30)
        assert output, errors
        told = json.loads(output)
        told["slow"] = [Slow(**slow) for slow in told["slow"]]
        for name, value in told.items():
            setattr(result, name, value)


if __name__ == "__main__":
    main()
