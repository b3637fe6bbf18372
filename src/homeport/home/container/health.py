"""Waiting for a candidate, and saying why it did not come."""

import http.client
import socket
import time
from collections.abc import Callable
from typing import Any

from homeport.errors import CandidateFailed, Interrupted
from homeport.home.container.spec import ContainerSpec
from homeport.home.home import Home

POLL = 0.05  # seconds between two questions
QUESTION_TIMEOUT = 5.0  # seconds for one answer
STEADY = 1.0  # seconds that a container without a port must run
LOG_LINES = 20
LISTENING = "0A"  # the state of a listening socket in /proc/net/tcp


def wait_until_healthy(
    home: Home, container: str, spec: ContainerSpec, address: str, stopped: Callable[[], bool]
) -> float:
    """Wait until the container answers as its spec says; returns the seconds it took.

    With a health check: GET of that path answers 2xx or 3xx. With a port only: it accepts. With neither: it still runs
    after a second. Raises CandidateFailed with the cause and the last log lines, Interrupted when asked to stop.
    """
    started = time.monotonic()
    answer = "it has not answered yet"
    while (waited := time.monotonic() - started) < max(spec.start_period, STEADY + 1):
        if stopped():
            raise Interrupted(f"Stopped while waiting for {spec.service}.")
        state = home.docker.inspect_container(container)["State"]
        if state["Status"] not in ("running", "created"):
            raise _failed(home, container, spec, _why_it_ended(spec, state))
        answer = _ask(home, spec, address) if spec.port else ("" if waited >= STEADY else "it has not run long enough")
        if not answer:
            return waited
        time.sleep(POLL)
    raise _failed(
        home,
        container,
        spec,
        f"did not become healthy within {spec.start_period} s: {answer}",
        container_runs=True,
    )


def _ask(home: Home, spec: ContainerSpec, address: str) -> str:
    """Ask once; empty when the answer is good, else what was answered."""
    endpoint = home.host.reach(address, spec.port)
    question = f"GET {spec.healthcheck} on port {spec.port}" if spec.healthcheck else f"port {spec.port}"
    try:
        if not spec.healthcheck:
            return "" if _accepts(endpoint.address, endpoint.port) else f"{question} does not accept connections"
        status = _status(endpoint.address, endpoint.port, spec.healthcheck)
    except TimeoutError:
        return f"{question} gives no answer within {QUESTION_TIMEOUT:.0f} s"
    except (OSError, http.client.HTTPException) as error:
        return f"{question} fails ({error or type(error).__name__})"
    return "" if 200 <= status < 400 else f"{question} answers {status}"


def _status(address: str, port: int, path: str) -> int:
    connection = http.client.HTTPConnection(address, port, timeout=QUESTION_TIMEOUT)
    try:
        connection.request("GET", path, headers={"Host": "localhost", "User-Agent": "homeport", "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def _accepts(address: str, port: int) -> bool:
    """Whether the port takes a connection and keeps it: a forwarded port is closed at once when the far end refuses."""
    with socket.create_connection((address, port), timeout=QUESTION_TIMEOUT) as connection:
        connection.settimeout(0.3)
        try:
            return connection.recv(1) != b""
        except TimeoutError:
            return True


def _why_it_ended(spec: ContainerSpec, state: dict[str, Any]) -> str:
    if state.get("OOMKilled"):
        return f"was killed for memory: its limit is {spec.memory // 2**20}M"
    error = f" ({state['Error']})" if state.get("Error") else ""
    return f"exited with code {state['ExitCode']}{error}"


def _failed(
    home: Home, container: str, spec: ContainerSpec, cause: str, *, container_runs: bool = False
) -> CandidateFailed:
    log = last_lines(home, container)
    if container_runs and spec.port:
        cause += _other_ports(home, container, spec.port)
    return CandidateFailed(
        f"{spec.service} {cause}.",
        detail=f"Its last log lines:\n{log}" if log else "It logged nothing.",
        next_step=_advice(spec, cause, log),
    )


def last_lines(home: Home, container: str, lines: int = LOG_LINES) -> str:
    """The end of a container's log, indented."""
    text = home.docker.logs(container, stdout=True, stderr=True, tail=lines).decode(errors="replace")
    return "\n".join(f"  {line}" for line in text.rstrip().splitlines())


def _other_ports(home: Home, container: str, port: int) -> str:
    """The ports that the container does listen on, when the one it should listen on is not among them."""
    process = home.docker.inspect_container(container)["State"]["Pid"]
    listening: set[int] = set()
    for table in ("tcp", "tcp6"):
        output = home.host.run(["cat", f"/proc/{process}/net/{table}"])
        rows = [line.split() for line in output.stdout.decode().splitlines()[1:]]
        listening |= {int(row[1].rsplit(":", 1)[1], 16) for row in rows if row[3] == LISTENING}
    if not listening or port in listening:
        return ""
    return f"; it listens on {', '.join(str(other) for other in sorted(listening))}"


def _advice(spec: ContainerSpec, cause: str, log: str) -> str:
    where = f"services.{spec.service}"
    if "killed for memory" in cause:
        return f"Give it more in homeport.yaml, for example {where}.memory: {2 * spec.memory // 2**20}M"
    if "Read-only file system" in log:
        return f"Its root is read-only by default. In homeport.yaml add {where}.tmpfs: [/the/folder], or {where}.read_only: false"
    if "Operation not permitted" in log or "Permission denied" in log:
        return f"Capabilities are dropped by default. In homeport.yaml add what it needs, for example {where}.cap_add: [CHOWN]"
    if "; it listens on" in cause:
        return f"In homeport.yaml set {where}.port to the port it listens on."
    return ""
