"""An emulator's door behind which ACM has not issued a certificate yet: it issues each at once, and AWS does not."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

DESCRIBE = "CertificateManager.DescribeCertificate"


@contextmanager
def pending(api: str) -> Iterator[str]:
    """The address of a door to the emulator at `api`: all passes, but for the status of certificates."""
    place = urlsplit(api)

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
            try:
                connection.request(self.command, self.path, body, dict(self.headers))
                answer = connection.getresponse()
                self._pass_on(answer, answer.read())
            finally:
                connection.close()

        do_GET = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_POST  # noqa: N815 (the base class's names)

        def _pass_on(self, answer: http.client.HTTPResponse, body: bytes) -> None:
            if DESCRIBE in self.headers.get("X-Amz-Target", ""):
                body = body.replace(b'"ISSUED"', b'"PENDING_VALIDATION"')
            length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(body))
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
