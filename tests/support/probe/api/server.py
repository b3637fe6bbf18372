"""An application whose manners are chosen by its environment, so that a release needs no build.

BEHAVIOUR: healthy, unhealthy (answers 503), silent (accepts and never answers), exits, wrong-port, hungry (eats
memory), read-only (writes where it may not). VERSION is in every answer. SIGTERM lets requests in flight end.
In seconds: START_DELAY until it listens, ANSWER_DELAY of every answer but the health check's, STOP_DELAY after SIGTERM.
"""

import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

BEHAVIOUR = os.environ.get("BEHAVIOUR", "healthy")
VERSION = os.environ.get("VERSION", "1")
PORT = int(os.environ.get("PORT", "8000"))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        url = urlsplit(self.path)
        if BEHAVIOUR == "silent":
            time.sleep(3600)
        if url.path != "/healthz":
            time.sleep(delay("ANSWER"))
        if url.path.endswith("/slow"):
            time.sleep(float(parse_qs(url.query).get("seconds", ["2"])[0]))
        self.answer(503 if BEHAVIOUR == "unhealthy" else 200)

    do_POST = do_GET  # noqa: N815 (the base class's name)

    def answer(self, status):
        body = f"{VERSION}\n".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Version", VERSION)
        self.send_header("Seen-Proto", self.headers.get("X-Forwarded-Proto", ""))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for requests in flight
    request_queue_size = 256


def delay(name):
    return float(os.environ.get(f"{name}_DELAY", "0"))


def stop(server):
    print("stops", flush=True)
    time.sleep(delay("STOP"))
    server.shutdown()


def main():
    print(f"probe {VERSION} is {BEHAVIOUR}", flush=True)
    if BEHAVIOUR == "exits":
        sys.exit("a reason to exit")
    if BEHAVIOUR == "read-only":
        Path("/app/cache").write_text("not here")
    if BEHAVIOUR == "hungry":
        eaten = []
        while True:
            eaten.append(bytearray(os.urandom(1 << 20)))
    if os.environ.get("WORKER"):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        while True:
            time.sleep(0.2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    time.sleep(delay("START"))
    server = Server(("", 9999 if BEHAVIOUR == "wrong-port" else PORT), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=stop, args=(server,)).start())
    server.serve_forever(poll_interval=0.05)


main()
