"""The built registry, gateway, nginx and Python, as they are used."""

import io
import tarfile
import uuid
from pathlib import Path

import docker
import pytest

from homeport.events import Event
from homeport.machine.images import ServiceImages, ensure_images
from tests.docker.machine.conftest import Bench, until

pytestmark = pytest.mark.docker

GATEWAY = """
global
    stats socket /tmp/admin.sock mode 600 level admin
defaults
    mode http
    timeout connect 1s
    timeout client 1s
    timeout server 1s
frontend web
    bind :8080
    http-request return status 200 content-type text/plain string "here"
"""


@pytest.fixture(scope="module")
def python(images: ServiceImages) -> str:
    return images.substitutes["python:3.13-slim"]


def fetch(bench: Bench, python: str, url: str) -> str:
    """What a container on the same network gets; empty while nothing answers."""
    code, said = bench.run(
        python, "python", "-c", f"import urllib.request as r; print(r.urlopen('{url}').read().decode(), end='')"
    )
    return said if code == 0 else ""


def readable(folder: Path) -> Path:
    for part in (folder, folder.parent, folder.parent.parent):
        part.chmod(0o755)
    return folder


def test_registry_answers_without_root(bench: Bench, images: ServiceImages, python: str) -> None:
    """`/v2/` answers; the data is in the volume that the image declares."""
    registry = bench.start(images.registry, name="registry")
    until(lambda: fetch(bench, python, "http://registry:5000/v2/") == "{}")
    assert registry.exec_run(["touch", "/var/lib/registry/mine"]).exit_code == 0
    assert registry.exec_run(["id", "-u"]).output.strip() == b"1000"


def test_gateway_checks_and_serves_a_configuration(
    bench: Bench, images: ServiceImages, python: str, tmp_path: Path
) -> None:
    """Any user id will do; the master socket and the workers need a writable folder and nothing else."""
    (readable(tmp_path) / "gateway.cfg").write_text(GATEWAY)
    options = {"user": "12345:12345", "tmpfs": {"/tmp": "mode=1777"}, "volumes": [f"{tmp_path}:/etc/gateway:ro"]}
    code, said = bench.run(images.gateway, "haproxy", "-c", "-f", "/etc/gateway/gateway.cfg", **options)
    assert code == 0, said
    served = ["haproxy", "-W", "-S", "/tmp/master.sock", "-f", "/etc/gateway/gateway.cfg"]
    bench.start(images.gateway, name="gateway", command=served, **options)
    until(lambda: fetch(bench, python, "http://gateway:8080/") == "here")


def test_nginx_serves_a_file(bench: Bench, images: ServiceImages, python: str, tmp_path: Path) -> None:
    """Without root, read-only, with /tmp as its only writable folder."""
    (readable(tmp_path) / "index.html").write_text("a page")
    bench.start(
        images.substitutes["nginx:alpine"],
        name="web",
        tmpfs={"/tmp": ""},
        volumes=[f"{tmp_path}:/usr/share/nginx/html:ro"],
    )
    until(lambda: fetch(bench, python, "http://web:8080/") == "a page")


def build(bench: Bench, dockerfile: str) -> str:
    """Build without a cache; returns the image's name."""
    context, data, image = io.BytesIO(), dockerfile.encode(), f"homeport-images-{uuid.uuid4().hex[:8]}"
    with tarfile.open(fileobj=context, mode="w") as tar:
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
    context.seek(0)
    bench.engine.images.build(fileobj=context, custom_context=True, tag=image, nocache=True, forcerm=True)
    return image


def test_pip_installs_in_a_build(bench: Bench, python: str) -> None:
    """A Dockerfile for python:3.13-slim builds: pip may install, upgrade itself and be called as a module."""
    image = build(
        bench,
        f"FROM {python}\nRUN pip install --no-cache-dir --upgrade pip && python3 -m pip install six && useradd app\n"
        "USER app\n",
    )
    try:
        code, said = bench.run(image, "python", "-c", "import six, sys; print(six.__file__, sys.version_info[:2])")
        assert (code, said) == (0, "/usr/local/lib/python3.13/site-packages/six.py (3, 13)\n")
    finally:
        bench.engine.images.remove(image, force=True)


def test_nginx_lets_a_build_replace_its_files(bench: Bench, images: ServiceImages) -> None:
    """A Dockerfile for nginx that removes the default page and site builds, though it is not root."""
    image = build(
        bench,
        f"FROM {images.substitutes['nginx:alpine']}\n"
        "RUN rm -rf /usr/share/nginx/html/* /etc/nginx/conf.d/default.conf && touch /usr/share/nginx/html/mine\n",
    )
    bench.engine.images.remove(image, force=True)


def test_nothing_is_built_twice(images: ServiceImages) -> None:
    """A second call finds everything, says nothing and answers the same."""
    said: list[Event] = []
    again = ensure_images(docker.APIClient(version="auto"), said.append, source="built")
    assert (again, said) == (images, [])
