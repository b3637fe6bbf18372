"""One installation of homeport on a server."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import docker
from docker.errors import DockerException
from docker.transport import UnixHTTPAdapter

from homeport.errors import HostUnreachable
from homeport.host import Host, Lock

API_TIMEOUT = 120  # seconds; a pull of a large image says nothing for long
FIRST_TIMEOUT = 15  # seconds, for which version of the API it speaks
AT_ONCE = 5  # questions to an engine
SOCKET = "http+docker://localhost"


@dataclass(frozen=True, slots=True)
class Home:
    """A server, the name and the folder of the installation on it, and its engine."""

    host: Host
    instance: str
    folder: str
    docker: docker.APIClient

    @property
    def called(self) -> str:
        """The server as a sentence has it."""
        return "this machine" if self.host.address == "local" else self.host.address

    def path(self, *parts: str) -> str:
        """A path in the installation's folder on the server."""
        return "/".join((self.folder, *parts))

    def lock(self, name: str, holder: str, *, wait: timedelta = timedelta(0)) -> AbstractContextManager[Lock]:
        """The installation's lock of that name: `base`, `gateway`, or `<application>.<target>`."""
        return self.host.lock(self.path("locks", name), holder, wait=wait)

    def network(self, name: str) -> str:
        """The engine's name of our network `edge` or `data`."""
        return f"{self.instance}-{name}"

    def labels(self, **more: str) -> dict[str, str]:
        """What everything of ours carries, so that it is found again by whoever comes next."""
        labels = {"homeport.instance": self.instance, "homeport.folder": self.folder}
        return labels | {f"homeport.{key}": value for key, value in more.items()}


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


class Engine(docker.APIClient):
    """The SDK's client, whose connections are used again."""

    def mount(self, prefix: str | bytes, adapter: Any) -> None:
        if isinstance(adapter, UnixHTTPAdapter):
            adapter = OnePool(f"http+unix://{adapter.socket_path}", adapter.timeout)
            adapter.open(AT_ONCE)
        super().mount(prefix, adapter)


def engine(host: Host) -> docker.APIClient:
    """The client of a host's engine. Raises HostUnreachable when nothing answers."""
    try:
        client = Engine(f"unix://{host.engine_socket()}", version="auto", timeout=FIRST_TIMEOUT)
        client.timeout = API_TIMEOUT
        return client
    except DockerException as error:
        host.docker_socket()  # knows why, where it does not answer at all
        raise HostUnreachable(
            f"The Docker engine of {host.address} does not answer.",
            detail=str(error),
            next_step="Start Docker there, or run: homeport setup",
        ) from error


def find_folder(client: docker.APIClient, instance: str) -> str | None:
    """The folder that `setup` chose, from the labels of what it made; None when nothing of ours is there."""
    wanted = {"label": [f"homeport.instance={instance}", "homeport.folder"]}
    kinds: tuple[Callable[[], list[dict[str, Any]]], ...] = (
        lambda: client.volumes(filters=wanted).get("Volumes") or [],
        lambda: client.networks(filters=wanted),
        lambda: client.containers(all=True, filters=wanted),
    )
    return next((str(thing["Labels"]["homeport.folder"]) for kind in kinds for thing in kind()), None)


def default_folder(host: Host, instance: str) -> str:
    """Where a new installation lives: the system's place for root, the login's own otherwise."""
    parent = "/var/lib/homeport" if host.is_root() else f"{host.home_folder()}/.local/share/homeport"
    return f"{parent}/{instance}"
