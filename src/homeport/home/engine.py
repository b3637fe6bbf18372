"""The client of a host's engine, which waits for as few ways there and back as it can."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import docker
import requests
from docker.constants import MINIMUM_DOCKER_API_VERSION
from docker.errors import DockerException
from docker.transport import UnixHTTPAdapter
from requests.exceptions import RequestException

from homeport.errors import HostUnreachable
from homeport.home.pipelining import Answers, Ask, written
from homeport.host import Host

API_TIMEOUT = 120  # seconds; a pull of a large image says nothing for long
FIRST_TIMEOUT = 15  # seconds, for which version of the API it speaks
AT_ONCE = 8  # questions to an engine; a command in a container takes a connection with it
SOCKET = "http+docker://localhost"
UNKNOWN = MINIMUM_DOCKER_API_VERSION  # what the SDK takes; nothing is asked by it
PING = Ask("GET", "/_ping")


class OnePool(UnixHTTPAdapter):
    """The SDK keeps connections apart by their whole URL, so that nearly every request would open a new one: over SSH
    that is one more way there and back."""

    def get_connection(self, url: str | bytes, proxies: Any = None) -> Any:
        return super().get_connection(SOCKET, proxies)

    def open(self, count: int) -> None:
        """So many connections, before there are questions for them: opening one is a way there and back, too."""
        pool = self.get_connection(SOCKET)
        opened = [pool._get_conn() for _ in range(count)]
        with suppress(OSError):  # the first question says why
            for connection in opened:
                connection.connect()
                pool._put_conn(connection)

    def in_a_row(self, asked: Sequence[requests.PreparedRequest], timeout: float) -> Iterator[requests.Response]:
        """The answers, in order, to requests that are all sent before the first answer is waited for."""
        pool = self.get_connection(SOCKET)
        connection = pool._get_conn()
        try:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(timeout)
            connection.sock.sendall(b"".join(map(written, asked)))
            answers = Answers(connection.sock)
            *first, last = asked
            for one in first:
                yield self.build_response(one, answers.next())
            answer = self.build_response(last, answers.next())
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise requests.exceptions.ConnectionError(error) from error
        except BaseException:
            connection.close()  # answers are left on it that are not the next one's
            raise
        pool._put_conn(connection)
        yield answer


class Engine(docker.APIClient):
    """The SDK's client, whose connections are used again."""

    is_known = False  # which version of the API the engine speaks

    def mount(self, prefix: str | bytes, adapter: Any) -> None:
        if isinstance(adapter, UnixHTTPAdapter):
            adapter = OnePool(f"http+unix://{adapter.socket_path}", adapter.timeout)
            adapter.open(AT_ONCE)
        super().mount(prefix, adapter)

    def in_a_row(self, *asked: Ask, longest: float = 0) -> Iterator[requests.Response]:
        """The answers to requests of which each is taken up when the one before is done, at the cost of one way there
        and back. `longest` is how many seconds the engine may take for one by itself.

        A later request is sent before it is known whether an earlier one failed: it must do no harm then. An answer
        says by `require` what was refused.
        """
        adapter: OnePool = self.get_adapter(SOCKET)  # type: ignore[assignment]
        return adapter.in_a_row([self._prepared(one) for one in asked], float(self.timeout) + longest)

    def require(self, answer: requests.Response) -> requests.Response:
        """The answer of a request that went well. Raises APIError (NotFound, …) as every other method."""
        self._raise_for_status(answer)  # type: ignore[attr-defined]
        return answer

    def greet(self, further: Ask) -> requests.Response:
        """Learn the engine's version of the API, and ask one more thing in the same way there and back."""
        greeting, answer = self.in_a_row(Ask("GET", "/version"), further)
        self._version = str(self.require(greeting).json()["ApiVersion"])
        self.timeout, self.is_known = API_TIMEOUT, True
        return self.require(answer)

    def _prepared(self, one: Ask) -> requests.PreparedRequest:
        url = self._url(one.path, versioned_api=self.is_known)  # type: ignore[attr-defined]
        return self.prepare_request(requests.Request(one.method, url, params=dict(one.parameters), json=one.body))


def greeted(host: Host, further: Ask = PING) -> tuple[Engine, requests.Response]:
    """The client of a host's engine, and its answer to one question more. Raises HostUnreachable without an answer."""
    try:
        client = Engine(f"unix://{host.engine_socket()}", version=UNKNOWN, timeout=FIRST_TIMEOUT)
        return client, client.greet(further)
    except (DockerException, RequestException, KeyError, ValueError) as error:
        host.docker_socket()  # knows why, where it does not answer at all
        raise HostUnreachable(
            f"The Docker engine of {host.address} does not answer.",
            detail=str(error),
            next_step="Start Docker there, or run: homeport setup",
        ) from error


def engine(host: Host) -> Engine:
    """The client of a host's engine. Raises HostUnreachable when nothing answers."""
    return greeted(host)[0]
