"""A client that enters the gateway by HTTPS, as a browser does that trusts some certificates and no others."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass
from typing import Any

PATIENCE = 10.0  # seconds for one answer


class SecureConnection(http.client.HTTPConnection):
    """To a port of the loopback, for the host `name` (SNI and Host), which its certificate must be valid for."""

    def __init__(self, port: int, name: str, trusted: str, timeout: float = PATIENCE) -> None:
        super().__init__("127.0.0.1", port, timeout=timeout)
        self.name = name
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.verify_flags |= ssl.VERIFY_X509_STRICT
        self.context.load_verify_locations(cadata=trusted)

    def connect(self) -> None:
        super().connect()
        self.sock: Any = self.context.wrap_socket(self.sock, server_hostname=self.name)

    def serial(self) -> int:
        """Of the certificate that the gateway shows."""
        if self.sock is None:
            self.connect()
        return int(self.sock.getpeercert()["serialNumber"], 16)


@dataclass(frozen=True)
class Secure:
    """An answer by HTTPS, and the serial number of the certificate it came under."""

    status: int
    body: str
    headers: dict[str, str]
    serial: int


def get_secure(port: int, name: str, trusted: str, path: str = "/", **headers: str) -> Secure:
    """GET by HTTPS. Raises ssl.SSLCertVerificationError when the certificate is not one for `name`."""
    connection = SecureConnection(port, name, trusted)
    try:
        serial = connection.serial()
        connection.request("GET", path, headers={"Host": name, **headers})
        answer = connection.getresponse()
        return Secure(answer.status, answer.read().decode(errors="replace"), dict(answer.getheaders()), serial)
    finally:
        connection.close()
