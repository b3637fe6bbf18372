"""Serves the model: python -m tagger"""

import signal
import threading
from pathlib import Path

from tagger.model import load
from tagger.server import Server

server = Server(("", 8080), load(Path("model.json")))
# shutdown() waits for the loop to end, so it cannot be called from the thread that runs the loop.
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
with server:
    print("listening on 8080", flush=True)
    server.serve_forever()
print("stopped", flush=True)
