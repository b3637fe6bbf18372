"""The model over HTTP: GET /model, GET /model/tags?text=…, POST /model/tags {"text": "…"} and GET /healthz."""

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tagger.model import Model

LONGEST_TEXT = 16_384  # bytes


class RequestError(Exception):
    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class Handler(BaseHTTPRequestHandler):
    """One request a connection (HTTP/1.0): at the end there is never an idle connection to wait for."""

    server: "Server"
    timeout = 10

    def do_GET(self) -> None:
        self.reply(self.read_query)

    def do_POST(self) -> None:
        self.reply(self.read_body)

    def reply(self, read_text: Callable[[], str]) -> None:
        path = urlsplit(self.path).path
        try:
            if path == "/healthz" and self.command == "GET":
                self.send(HTTPStatus.OK, {"status": "ok"})
            elif path == "/model" and self.command == "GET":
                self.send(HTTPStatus.OK, {"name": "tagger", "ask": "/model/tags?text=…"})
            elif path == "/model/tags":
                self.send(HTTPStatus.OK, self.tags(read_text()))
            else:
                raise RequestError(HTTPStatus.NOT_FOUND, "ask /model/tags?text=…")
        except RequestError as error:
            self.send(error.status, {"detail": str(error)})

    def tags(self, text: str) -> dict[str, Any]:
        found = self.server.model.tags(text)
        return {"tags": [{"tag": tag, "confidence": round(confidence, 3)} for tag, confidence in found]}

    def read_query(self) -> str:
        return parse_qs(urlsplit(self.path).query).get("text", [""])[0]

    def read_body(self) -> str:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            raise RequestError(HTTPStatus.LENGTH_REQUIRED, "expected a Content-Length")
        if int(length) > LONGEST_TEXT:
            raise RequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {LONGEST_TEXT} bytes")
        try:
            return str(json.loads(self.rfile.read(int(length)))["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, 'expected {"text": "…"}') from error

    def send(self, status: HTTPStatus, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The gateway keeps the log of requests."""


class Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for the requests in flight
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], model: Model) -> None:
        super().__init__(address, Handler)
        self.model = model
