"""The gateway's door: how a person's browser enters it, and how we do."""

import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache

from homeport.home.gateway.spare import Spare
from homeport.host import Host
from homeport.sockets import accepts

CONNECT = 5  # seconds
AT_ONCE = 8  # connections that are ready


@dataclass(frozen=True)
class Door:
    """A port of the server. `trusted` gives the certificates (PEM) that the gateway's must lead to; None for HTTP."""

    host: Host
    address: str
    port: int
    trusted: Callable[[], str] | None = None

    def connect(self, name: str, *, timeout: float = CONNECT, may_be_spare: bool = True) -> socket.socket:
        """A connection for requests to the host `name`, with HTTPS by its name (SNI). A spare one may be closed by the
        gateway at the moment in which it is used.

        Raises OSError when the gateway is not reached, or its certificate is not one for `name` that can be trusted.
        """
        connection = self._spare.take() if may_be_spare else self._spare.take_new()
        connection.settimeout(timeout)
        if self.trusted is None:
            return connection
        try:
            return _context(self.trusted()).wrap_socket(connection, server_hostname=name)
        except BaseException:
            connection.close()
            raise

    def is_open(self) -> bool:
        """Whether a connection is taken and kept: the front closes one that it can lead nowhere."""
        endpoint = self.host.reach(self.address, self.port)
        try:
            return accepts(endpoint.address, endpoint.port, CONNECT)
        except OSError:
            return False

    def prepare(self) -> None:
        """Open a connection for a request that comes soon: HAProxy closes it after half a minute."""
        self._spare.prepare()

    @cached_property
    def _spare(self) -> Spare:
        return Spare(self._reach, AT_ONCE)

    def _reach(self) -> socket.socket:
        endpoint = self.host.reach(self.address, self.port)
        return socket.create_connection((endpoint.address, endpoint.port), timeout=CONNECT)

    @contextmanager
    def opening(self, name: str) -> Iterator[Callable[[], socket.socket]]:
        """`connect`, begun at once: what the context gives waits for it. It is for one request, soon: HAProxy closes a
        connection on which nothing is asked. Closed at the end."""
        with ThreadPoolExecutor(1) as pool:
            opened = pool.submit(self.connect, name)
            try:
                yield opened.result
            finally:
                if opened.exception() is None:
                    opened.result().close()


@lru_cache(maxsize=2)
def _context(trusted: str) -> ssl.SSLContext:
    """Trusts these certificates and no others: an owner's own one may stand without its authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=trusted)
    return context
