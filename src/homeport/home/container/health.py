"""Waiting for a candidate, and saying why it did not come."""

import http.client
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from homeport.errors import CandidateFailed, Interrupted
from homeport.home.container.advice import advice
from homeport.home.container.finding import Finder, Inspection
from homeport.home.container.listening import elsewhere
from homeport.home.container.spec import ContainerSpec
from homeport.home.home import Home
from homeport.sockets import accepts

POLL = 0.05  # seconds from one question to the next, unless its answer takes longer
QUESTION_TIMEOUT = 5.0  # seconds for one answer
STEADY = 1.0  # seconds that a container without a port must run
LOG_LINES = 20
ALIVE = ("running", "created")  # in the engine's words


def wait_until_healthy(
    finder: Finder, container: str, spec: ContainerSpec, stopped: Callable[[], bool], seen: Inspection | None = None
) -> Inspection:
    """Wait until the container answers as its spec says; returns how the engine sees it then; `seen` is how it did.

    With a health check: GET of that path answers 2xx or 3xx. With a port only: it accepts. With neither: it still runs
    after a second. Raises CandidateFailed with the cause and the last log lines, Interrupted when asked to stop.
    """
    home, started = finder.home, time.monotonic()
    answer = "it has not answered yet"
    patience = max(spec.start_period, STEADY + 1)
    is_enough = seen and (finder.ip(seen) or not spec.port)
    found: Inspection = seen if seen and is_enough else home.docker.inspect_container(container)
    while (waited := time.monotonic() - started) < patience:
        if stopped():
            raise Interrupted(f"Stopped while waiting for {spec.service}.")
        _require_alive(home, container, spec, found)
        next_question = time.monotonic() + POLL
        with ThreadPoolExecutor(1) as pool:  # each is a way to the server and back
            looked = pool.submit(home.docker.inspect_container, container)
            if spec.port:
                answer = _ask(home, spec, finder.ip(found), min(QUESTION_TIMEOUT, patience - waited))
            else:
                answer = "" if waited >= STEADY else "it has just begun"
            found = looked.result()
        if not answer and found["State"]["Status"] in ALIVE:
            return found
        time.sleep(max(0.0, next_question - time.monotonic()))
    # It may have ended during the last question, which then had to wait for an address that nobody has any more.
    _require_alive(home, container, spec, home.docker.inspect_container(container))
    listens = elsewhere(home, container, spec.port) if spec.port else ""
    raise _failed(home, container, spec, f"did not become healthy within {patience:g} s: {answer}{listens}")


def _require_alive(home: Home, container: str, spec: ContainerSpec, found: Inspection) -> None:
    if found["State"]["Status"] not in ALIVE:
        raise _failed(home, container, spec, _why_it_ended(spec, found["State"]))


def _ask(home: Home, spec: ContainerSpec, address: str, timeout: float) -> str:
    """Ask once; empty when the answer is good, else what was answered."""
    endpoint = home.host.reach(address, spec.port)
    question = f"GET {spec.healthcheck} on port {spec.port}" if spec.healthcheck else f"port {spec.port}"
    try:
        if not spec.healthcheck:
            taken = accepts(endpoint.address, endpoint.port, timeout)
            return "" if taken else f"{question} does not accept connections"
        status = _status(endpoint.address, endpoint.port, spec.healthcheck, timeout)
    except TimeoutError:
        return f"{question} gives no answer"
    except OSError as error:
        return f"{question} fails ({error.strerror or error})"
    except http.client.HTTPException as error:
        return f"{question} answers no HTTP ({type(error).__name__})"
    return "" if 200 <= status < 400 else f"{question} answers {status}"


def _status(address: str, port: int, path: str, timeout: float) -> int:
    connection = http.client.HTTPConnection(address, port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Host": "localhost", "User-Agent": "homeport", "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def _why_it_ended(spec: ContainerSpec, state: dict[str, Any]) -> str:
    if state.get("OOMKilled"):
        return f"was killed for memory: its limit is {spec.memory // 2**20}M"
    error = f" ({state['Error']})" if state.get("Error") else ""
    return f"exited with code {state['ExitCode']}{error}"


def _failed(home: Home, container: str, spec: ContainerSpec, cause: str) -> CandidateFailed:
    log = last_lines(home, container)
    return CandidateFailed(
        f"{spec.service} {cause}.",
        detail=f"Its last log lines:\n{log}" if log else "It logged nothing.",
        next_step=advice(spec, cause, log),
    )


def last_lines(home: Home, container: str, lines: int = LOG_LINES) -> str:
    """The end of a container's log, indented."""
    text = home.docker.logs(container, stdout=True, stderr=True, tail=lines).decode(errors="replace")
    return "\n".join(f"  {line}" for line in text.rstrip().splitlines())
