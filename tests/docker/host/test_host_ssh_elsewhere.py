"""A client that can see nothing of the server but its ssh: own network, own /run, own folders."""

import http.server
import sys
import threading
from pathlib import Path

import pytest

from tests.support.ssh_server import SshServer

pytestmark = pytest.mark.docker

SCRIPT = """
import os, socket, sys, urllib.request
from pathlib import Path
from homeport.host import connect
from homeport.host.engine import ping

address, folder, port = sys.argv[1:]


def is_open(ip):
    try:
        socket.create_connection((ip, int(port)), timeout=3).close()
    except OSError:
        return False
    return True


print("engine here:", os.path.exists("/var/run/docker.sock"))
print("folder here:", os.listdir(folder))
print("port here:", is_open("127.0.0.1"), is_open(address.split("@")[1].split(":")[0]))
host = connect(address)
ping(host.docker_socket())
print("engine there: answers")
host.files.write(f"{folder}/state/file", b"from the client")
print("folder there:", host.files.list(folder), os.listdir(folder))
with host.lock(f"{folder}/locks/base", "ana@laptop") as lock:
    print("lock there:", lock.is_held(), os.listdir(folder))
endpoint = host.reach("127.0.0.1", int(port))
print("port there:", urllib.request.urlopen(f"http://{endpoint.address}:{endpoint.port}/").status)
host.close()
"""

EXPECTED = """\
engine here: False
folder here: []
port here: False False
engine there: answers
folder there: ['secret', 'state'] []
lock there: True []
port there: 200
"""


def test_all_goes_over_ssh(server: SshServer, tmp_path: Path) -> None:
    """Socket, files, locks and ports of the server are reached without seeing any of them."""
    (tmp_path / "secret").write_bytes(b"")
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    with web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        client = server.client(
            [sys.executable, "-c", SCRIPT, server.address, str(tmp_path), str(web.server_port)],
            hide=[tmp_path],
        )
        web.shutdown()

    assert client.stdout == EXPECTED, client.stderr
    assert (tmp_path / "state" / "file").read_bytes() == b"from the client"
