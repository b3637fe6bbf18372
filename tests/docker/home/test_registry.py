"""The registry's configuration, with a real registry."""

import base64
import io
import tarfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from time import monotonic, sleep
from uuid import uuid4

import docker
import pytest

from homeport.home import registry
from homeport.secret import Secret
from tests.support.images import service_images

pytestmark = pytest.mark.docker

PASSWORD = Secret("open sesame")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a registry with our configuration answers."""
    client = docker.APIClient(base_url="unix:///var/run/docker.sock", version="auto")
    container = client.create_container(
        service_images().registry,
        command=["serve", registry.CONFIG],
        name=f"hptest-registry-{uuid4().hex[:8]}",
        environment=dict(registry.ENVIRONMENT),
        host_config=client.create_host_config(port_bindings={"5000/tcp": ("127.0.0.1", None)}),
    )["Id"]
    try:
        client.put_archive(container, "/", files())
        client.start(container)
        address = registry.prefix(int(client.port(container, 5000)[0]["HostPort"]))
        wait_for(address)
        yield address
    finally:
        client.remove_container(container, v=True, force=True)
        client.close()


def files() -> bytes:
    texts = {registry.CONFIG: registry.config(PASSWORD), registry.HTPASSWD: registry.htpasswd({"homeport": PASSWORD})}
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, text in texts.items():
            info = tarfile.TarInfo(name.lstrip("/"))
            info.size, info.mode = len(text), 0o644
            tar.addfile(info, io.BytesIO(text.encode()))
    return whole.getvalue()


def wait_for(address: str) -> None:
    until = monotonic() + 30
    while True:
        try:
            ask(address, "GET", "/v2/", PASSWORD)
        except OSError:
            if monotonic() > until:
                raise
            sleep(0.1)
        else:
            return


def ask(address: str, method: str, path: str, password: Secret | None) -> tuple[int, HTTPMessage]:
    """The status and the headers of an answer."""
    request = urllib.request.Request(f"http://{address}{path}", method=method)
    if password is not None:
        login = base64.b64encode(f"homeport:{password.reveal()}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


@pytest.mark.parametrize(
    ("expected", "password"),
    [(200, PASSWORD), (401, Secret("wrong")), (401, None)],
    ids=["own", "wrong", "none"],
)
def test_password(address: str, expected: int, password: Secret | None) -> None:
    """Only the password lets in."""
    status, _ = ask(address, "GET", "/v2/", password)
    assert expected == status


def test_relative_location(address: str) -> None:
    """An upload's location is relative: it holds behind the gateway and through a forwarded port."""
    status, headers = ask(address, "POST", "/v2/api/x/blobs/uploads/", PASSWORD)
    assert status == 202
    assert headers["Location"].startswith("/v2/api/x/blobs/uploads/")


def test_deletion_is_on(address: str) -> None:
    """A manifest that is not there is unknown (404); with deletion off it would not be supported (405)."""
    status, _ = ask(address, "DELETE", f"/v2/api/x/manifests/sha256:{'0' * 64}", PASSWORD)
    assert status == 404
