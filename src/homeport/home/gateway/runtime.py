"""HAProxy's runtime API, through the master's socket: it reaches the present worker and the old ones too.

Source: HAProxy management guide, "Master CLI".
"""

import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from homeport.errors import EngineFailed, GatewayFailed
from homeport.home.execute import execute
from homeport.home.gateway.folder import CERTIFICATE_IN_CONTAINER, MAP_IN_CONTAINER
from homeport.home.gateway.slots import Slot, Snapshot, old_workers, parse_map, parse_slots, replies
from homeport.home.gateway.spare import Spare
from homeport.home.home import Home

SOCKET = "master.sock"
SOCKET_IN_CONTAINER = f"/run/haproxy/{SOCKET}"
# While the master reloads, it is away for some milliseconds and cuts the connections it has.
TRIES = 20
PAUSE = 0.1
TIMEOUT = timedelta(seconds=5)
RELOAD_TIMEOUT = timedelta(seconds=60)
# Asked for a worker that is just ending, the master may never answer.
OLD_WORKER_TIMEOUT = timedelta(seconds=1)
PERL = """
alarm $ARGV[1]; $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die $!;
local $/; print $s <STDIN>; $s->flush; shutdown($s, 1); print <$s>
"""
RELOAD = b"reload\n"
SERIAL = re.compile(r"^Serial: ([0-9A-F]+)$", re.MULTILINE)
HOLDS = "holds"  # the table, as modules/home/base has it
STAT = "show stat -1 4 -1"
LOOK = ("show proc", f"@1 {STAT}", "@1 show servers state", f"@1 show map {MAP_IN_CONTAINER}")

Send = Callable[[bytes, timedelta], bytes]


class Runtime:
    """Commands to HAProxy. Every command given to `change` must do no harm when it is sent twice."""

    def __init__(self, home: Home, container: str) -> None:
        self._home = home
        self._container = container
        self._send: Send | None = None
        self._spare = Spare(self._connect)  # HAProxy's master takes ten, of everybody together

    def snapshot(self) -> Snapshot:
        """What runs now; one round trip, and one more for each old worker."""
        return self._snapshot(*self._commands(*LOOK))

    def change_and_look(self, *commands: str) -> tuple[tuple[str, ...], Snapshot]:
        """`change`, and what runs after it, in one round trip."""
        answers = self._commands(*(f"@1 {command}" for command in commands), *LOOK)
        return answers[: len(commands)], self._snapshot(*answers[len(commands) :])

    def change(self, *commands: str) -> tuple[str, ...]:
        """Commands to the present worker, in this order; their replies."""
        return self._commands(*(f"@1 {command}" for command in commands)) if commands else ()

    def reload(self) -> None:
        """Read the files again. Raises GatewayFailed with HAProxy's words; what runs then goes on."""
        reply = self._exchange(RELOAD, RELOAD_TIMEOUT, tries=1).decode(errors="replace")
        if not reply.startswith("Success=1"):
            raise GatewayFailed(
                "HAProxy refused the gateway's files; the routes go on as they were.",
                detail=_alerts(reply),
                next_step="Put the file that is named right or remove it, then run the same command again.",
            )

    def hold(self, service: str) -> bool:
        """Let new requests that need a service wait, for 30 s at most.

        False where HAProxy cannot: in a gateway of an older homeport.
        """
        (said,) = self.change(f"set table {HOLDS} key {service} data.gpt0 1")
        return not said

    def let_go(self, service: str) -> None:
        """The end of `hold`."""
        self.change(f"set table {HOLDS} key {service} data.gpt0 0")  # "clear" is refused while anybody waits

    def certificate(self) -> int | None:
        """The serial number of the certificate that new connections get; None without HTTPS."""
        (shown,) = self.change(f"show ssl cert {CERTIFICATE_IN_CONTAINER}")
        found = SERIAL.search(shown)
        return int(found[1], 16) if found else None

    def serve_certificate(self, text: str) -> None:
        """Give it to new connections; those that are open go on. Raises GatewayFailed; then nothing has changed.

        The text is PEM without empty lines, certificate and key.
        """
        replies = self.change(
            f"set ssl cert {CERTIFICATE_IN_CONTAINER} <<\n{text.strip()}\n",
            f"commit ssl cert {CERTIFICATE_IN_CONTAINER}",
        )
        if "Success!" not in replies[1]:
            raise GatewayFailed("HAProxy refused the gateway's certificate.", detail="\n".join(replies))

    def _snapshot(self, processes: str, stat: str, state: str, routes: str) -> Snapshot:
        return Snapshot(parse_slots(stat, state), self._past(processes), parse_map(routes))

    def _past(self, processes: str) -> tuple[Slot, ...]:
        for _ in range(TRIES):
            try:
                return tuple(slot for worker in old_workers(processes) for slot in self._past_of(worker))
            except (ConnectionError, TimeoutError):
                (processes,) = self._commands("show proc")
        raise GatewayFailed("HAProxy does not say what its old workers still have in flight.")

    def _past_of(self, worker: int) -> tuple[Slot, ...]:
        # It may have ended since: the reply is then a sentence and not a table.
        reply = self._way()(f"@!{worker} {STAT}\n".encode(), OLD_WORKER_TIMEOUT).decode(errors="replace")
        if not reply:
            raise ConnectionError("an empty answer")
        return parse_slots(reply) if reply.startswith("# pxname") else ()

    def _commands(self, *commands: str) -> tuple[str, ...]:
        request = "".join(f"{command}\n" for command in commands).encode()
        for _ in range(TRIES):
            answers = replies(self._exchange(request).decode(errors="replace"))
            if len(answers) == len(commands):
                return answers
            time.sleep(PAUSE)
        raise GatewayFailed("HAProxy did not answer every command.", detail="\n".join((*commands, *answers)).strip())

    def _exchange(self, request: bytes, timeout: timedelta = TIMEOUT, tries: int = TRIES) -> bytes:
        failure = ""
        for _ in range(tries):
            try:
                if answer := self._way()(request, timeout):
                    return answer
                failure = "an empty answer"
            except (ConnectionError, FileNotFoundError, TimeoutError) as error:
                failure = str(error)
            time.sleep(PAUSE)
        raise GatewayFailed(
            f"HAProxy in container {self._container} does not answer.",
            detail=failure,
            next_step=f"See: docker logs {self._container}. Then run: homeport setup",
        )

    def _way(self) -> Send:
        return self._send or self._first

    def _first(self, request: bytes, timeout: timedelta) -> bytes:
        """Directly where this login may open the socket; else by a command in the container. Decided once."""
        with suppress(PermissionError, ConnectionError, FileNotFoundError):
            # A forwarded socket that the server refuses opens, and then says nothing.
            if answer := self._directly(request, timeout):
                self._send = self._directly
                return answer
        answer = self._by_command(request, timeout)  # says why, when the gateway does not run
        self._send = self._by_command
        return answer

    def _directly(self, request: bytes, timeout: timedelta) -> bytes:
        # A reload is not tried twice, so it goes by a connection that cannot have been cut before.
        opened = self._spare.take_new() if request == RELOAD else self._spare.take()
        with opened as connection:
            connection.settimeout(timeout.total_seconds())
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)  # the master waits for more and never closes by itself
            if self._home.host.address != "local":
                self._spare.prepare()
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(self._home.host.socket(self._home.path("gateway", "run", SOCKET))))
        except BaseException:
            connection.close()
            raise
        return connection

    def _by_command(self, request: bytes, timeout: timedelta) -> bytes:
        # The alarm ends it in the container too: the engine cannot end a command that it has started.
        seconds = f"{timeout.total_seconds():.0f}"
        command = ["perl", "-MIO::Socket::UNIX", "-e", PERL, SOCKET_IN_CONTAINER, seconds]
        try:
            output = execute(self._home.docker, self._container, command, stdin=request, timeout=timeout * 10)
        except EngineFailed as error:
            raise GatewayFailed(
                f"The gateway, container {self._container}, does not run.",
                detail=str(error),
                next_step="Run: homeport setup",
            ) from error
        if output.returncode:
            raise ConnectionError(output.stderr.decode(errors="replace").strip() or "no answer")
        return output.stdout


def _alerts(reply: str) -> str:
    lines = [line for line in reply.splitlines() if "[ALERT]" in line]
    return "\n".join(lines) or reply.strip()
