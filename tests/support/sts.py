"""AWS's STS at the boundary, for what an emulator does not refuse: it says in each region what it is told to say."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>{arn}</Arn><UserId>AIDA</UserId><Account>{account}</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
REFUSAL = (
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
    "<Code>{code}</Code><Message>as STS words it</Message></Error></ErrorResponse>"
)
SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/sts/")


@contextmanager
def sts(answers: Mapping[str, str]) -> Iterator[str]:
    """The address of an STS that answers by region: an ARN, or a code of refusal."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            signed = SCOPE.search(self.headers["Authorization"])
            assert signed is not None
            said = answers[signed["region"]]
            is_known = said.startswith("arn:")
            body = IDENTITY.format(arn=said, account=said.split(":")[4]) if is_known else REFUSAL.format(code=said)
            self.send_response(200 if is_known else 403)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments: object) -> None:
            """A test's terminal stays clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
