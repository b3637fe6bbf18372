"""The gateway with a real HAProxy: what answers where, and that no request is lost whatever happens to a route."""

import contextlib
import http.client
import json
import multiprocessing
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import docker
import pytest
from docker.errors import APIError

from homeport.errors import GatewayFailed, Interrupted
from homeport.events import Event, ignore
from homeport.home.engine import engine
from homeport.home.gateway import Gateway, RouteKey, Serving, StoppedWhileDraining, prepare
from homeport.home.gateway import ask as asking
from homeport.home.gateway.folder import MAP_IN_CONTAINER, render
from homeport.home.gateway.routes import Routes
from homeport.home.home import Home
from homeport.host.local import LocalHost
from homeport.sockets import accepts
from tests.support.haproxy import MODULE, front_file, main_file
from tests.support.images import base_image, service_images
from tests.support.ports import free_port

pytestmark = pytest.mark.docker

APPLICATION = """
import http.server, json, sys, time, urllib.parse
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        time.sleep(float(query.get("slow", ["0"])[0]))
        seen = {"version": sys.argv[1], "path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}}
        body = json.dumps(seen).encode()
        self.send_response(503 if "unwell" in self.path else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer.request_queue_size = 128
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
DRAIN = timedelta(seconds=20)
HOLD_ENDS = 30  # seconds after which it does so by itself
PROXIES = ("gateway", "front")
USER = 10123 if os.geteuid() == 0 else os.geteuid()


@dataclass(frozen=True)
class Stage:
    """A gateway with a registry and four versions of an application behind it."""

    home: Home
    container: str
    http: int
    door: int
    network: str
    prefix: str  # of the network's addresses

    @property
    def gateway(self) -> Gateway:
        return Gateway(self.home, self.container, self.http)

    @property
    def routes(self) -> Routes:
        return Routes(self.home, self.container)

    def version(self, number: int) -> str:
        return f"{self.prefix}.1{number}:8000"

    @property
    def dead(self) -> str:
        """An address of a container that runs, and a port on which nobody listens."""
        return f"{self.prefix}.11:8999"

    def switch(self, key: RouteKey, number: int) -> None:
        self.gateway.switch(key, self.version(number), drain=DRAIN, stopped=lambda: False, emit=ignore)

    def get(self, key: RouteKey, path: str = "", **headers: str) -> tuple[int, str]:
        with contextlib.closing(self.connect()) as connection:
            return ask(connection, key, path, **headers)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.http, timeout=20)

    def file(self, key: RouteKey) -> Path:
        return Path(self.home.path("gateway", "conf.d", key.file))

    @property
    def map(self) -> Path:
        return Path(self.home.path("gateway", "maps", "routes.map"))


def ask(connection: http.client.HTTPConnection, key: RouteKey, path: str = "", **headers: str) -> tuple[int, str]:
    """Status and version, or the text when the answer is not the application's."""
    connection.request("GET", path or key.path, headers={"Host": key.host, **headers})
    response = connection.getresponse()
    body = response.read().decode()
    return response.status, json.loads(body)["version"] if body.startswith('{"version"') else body


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    host = LocalHost()
    client = engine(host)
    name = f"hpgw-{secrets.token_hex(3)}"
    folder = tempfile.mkdtemp(prefix=f"{name}-", dir="/tmp")
    prefix = make_network(client, name)
    here = Stage(Home(host, name, folder, client), f"{name}-gateway", free_port(), free_port(), name, prefix)
    try:
        run_all(here)
        yield here
    finally:
        for container in client.containers(all=True, filters={"label": f"homeport.instance={name}"}):
            client.remove_container(container["Id"], force=True, v=True)
        client.remove_network(name)
        shutil.rmtree(folder)
        client.close()


def make_network(client: docker.APIClient, name: str) -> str:
    for third in secrets.SystemRandom().sample(range(256), 40):
        pool = docker.types.IPAMPool(subnet=f"10.213.{third}.0/24")
        with contextlib.suppress(APIError):  # taken by another test
            client.create_network(name, ipam=docker.types.IPAMConfig(pool_configs=[pool]))
            return f"10.213.{third}"
    raise AssertionError("no free subnet")


def run_all(here: Stage) -> None:
    prepare(here.home)
    Path(here.home.path("haproxy.cfg")).write_text(main_file(f"{here.prefix}.10:5000"))
    shutil.copyfile(MODULE / "hold.lua", here.home.path("hold.lua"))
    application = Path(here.home.path("application.py"))
    application.write_text(APPLICATION)
    own_by_user(Path(here.home.folder))
    start(here, "registry", "10", service_images().registry, None, {})
    for number in (1, 2, 3, 4):
        command = ["python3", "-u", "/application.py", f"v{number}"]
        start(
            here,
            f"v{number}",
            f"1{number}",
            base_image("python:3.13-slim"),
            command,
            {str(application): "/application.py"},
        )
    start_gateway(here)


def start_gateway(here: Stage) -> None:
    mounts = {
        here.home.path("haproxy.cfg"): "/usr/local/etc/haproxy/haproxy.cfg",
        here.home.path("hold.lua"): "/usr/local/etc/haproxy/hold.lua",
        here.home.path("gateway", "conf.d"): "/etc/haproxy/conf.d",
        here.home.path("gateway", "maps"): "/etc/haproxy/maps",
        here.home.path("gateway", "run"): "/run/haproxy",
        here.home.path("gateway", "entry"): "/run/entry",
    }
    command = (
        "haproxy -W -S /run/haproxy/master.sock,mode,600 -f /usr/local/etc/haproxy/haproxy.cfg -f /etc/haproxy/conf.d"
    )
    start(here, "gateway", "5", service_images().gateway, command.split(), mounts)
    start_front(here)
    until(lambda: here.gateway.look_all([]) == {})
    for port in (here.http, here.door):
        until(lambda port=port: accepts("127.0.0.1", port, 5))  # type: ignore[misc]


def start_front(here: Stage) -> None:
    Path(here.home.path("front.cfg")).write_text(front_file())
    mounts = {
        here.home.path("front.cfg"): "/usr/local/etc/haproxy/haproxy.cfg",
        here.home.path("gateway", "entry"): "/run/entry",
    }
    ports = {8080: ("127.0.0.1", here.http), 5000: ("127.0.0.1", here.door)}
    command = ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
    start(here, "front", "6", service_images().gateway, command, mounts, ports)


def start(
    here: Stage,
    name: str,
    last: str,
    image: str,
    command: list[str] | None,
    mounts: dict[str, str],
    ports: dict[int, tuple[str, int]] | None = None,
) -> None:
    client = here.home.docker
    writable = ("/run/haproxy", "/run/entry") if name == "gateway" else ()
    config = client.create_host_config(
        binds=[f"{source}:{target}" + ("" if target in writable else ":ro") for source, target in mounts.items()],
        port_bindings=ports or {},
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        read_only=name in PROXIES,
    )
    endpoint = client.create_endpoint_config(ipv4_address=f"{here.prefix}.{last}")
    created = client.create_container(
        image,
        command,
        name=f"{here.network}-{name}",
        user=f"{USER}:{USER}" if name in PROXIES else None,
        ports=list(ports or {}),
        labels=here.home.labels(),
        host_config=config,
        networking_config=client.create_networking_config({here.network: endpoint}),
    )
    client.start(created["Id"])


def own_by_user(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, USER, USER if os.geteuid() == 0 else -1)


def until(done: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if done():
                return
        except (GatewayFailed, OSError):
            pass
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.1)


@pytest.fixture
def key() -> RouteKey:
    return RouteKey(f"app-{secrets.token_hex(3)}.test", "/")


@pytest.fixture
def served(stage: Stage, key: RouteKey) -> RouteKey:
    """A route that version 1 serves."""
    stage.switch(key, 1)
    return key


@dataclass
class Load:
    """Clients with kept-alive connections. `answers` are counted by (status, version); `broken` are texts."""

    stage: Stage
    key: RouteKey
    pause: float = 0.0
    answers: dict[tuple[int, str], int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Load":
        self._threads = [threading.Thread(target=self._client) for _ in range(8)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join()

    def _client(self) -> None:
        connection = self.stage.connect()
        while not self.ended.is_set():
            try:
                answer = ask(connection, self.key)
            except (http.client.HTTPException, OSError) as error:
                self.broken.append(repr(error))
                connection.close()
                continue
            self.answers[answer] = self.answers.get(answer, 0) + 1
            time.sleep(self.pause)
        connection.close()

    @property
    def lost(self) -> list[object]:
        return [*self.broken, *(answer for answer in self.answers if answer[0] != 200)]

    @property
    def versions(self) -> set[str]:
        return {version for status, version in self.answers if status == 200}


class Slow(threading.Thread):
    """One request of some seconds, in flight when the constructor returns."""

    def __init__(self, stage: Stage, key: RouteKey, seconds: float) -> None:
        super().__init__()
        self.answer: tuple[int, str] | None = None
        self._ask = lambda: stage.get(key, f"/?slow={seconds}")
        self.start()
        until(lambda: stage.routes.runtime.snapshot().sessions(key) > 0)

    def run(self) -> None:
        self.answer = self._ask()


# ------------------------------------------------------------------------------------------------ routing


def test_the_longest_prefix_of_whole_segments_wins(stage: Stage, key: RouteKey) -> None:
    """`/api` serves /api and what is below it, never /apix; the host's case and port do not matter."""
    stage.switch(key, 1)
    stage.switch(RouteKey(key.host, "/api"), 2)
    stage.switch(RouteKey(key.host, "/api/inner"), 3)
    expected = {
        "/": "v1", "/x": "v1", "/api": "v2", "/api/": "v2", "/api/x": "v2", "/api?q=/x": "v2", "/apix": "v1",
        "/API": "v1", "//api": "v1", "/x/api": "v1", "/api/inner": "v3", "/api/inner/x": "v3", "/api/innerx": "v2",
    }  # fmt: skip
    assert expected == {path: stage.get(key, path)[1] for path in expected}
    for host in (key.host.upper(), f"{key.host}:8080", f"{key.host}."):
        assert stage.get(key, Host=host) == (200, "v1")


def test_an_unknown_host_is_told_so(stage: Stage, served: RouteKey) -> None:
    """No application answers for a name that none has, nor for a part or an extension of one."""
    for host in ("unknown.test", f"x{served.host}", f"{served.host}.x", served.host[1:], ""):
        status, text = stage.get(served, Host=host)
        assert (404, f"No application answers on {host}/ here.\n") == (status, text)
    assert stage.get(served, Host=f"{served.host}/api")[0] == 400


def test_what_the_application_is_told(stage: Stage, served: RouteKey) -> None:
    """The container sees the full path, the client's host, and how it was reached; nothing of our own headers."""
    connection = stage.connect()
    connection.request("GET", "/a/b?c=d", headers={"Host": served.host, "Homeport-Ask": "guess"})
    response = connection.getresponse()
    seen = json.loads(response.read())
    connection.close()
    assert ("/a/b?c=d", served.host) == (seen["path"], seen["headers"]["host"])
    assert (seen["headers"]["x-forwarded-proto"], "x-forwarded-for" in seen["headers"]) == ("http", True)
    assert not [name for name in (*seen["headers"], *dict(response.getheaders())) if "homeport" in name.lower()]


def test_a_stranger_cannot_choose_a_slot(stage: Stage, served: RouteKey) -> None:
    """Only a token that homeport has just made leads past the routes."""
    slot = stage.routes.view(served).slots[1]
    stage.routes.offer(slot, stage.version(2), "right-token")
    assert stage.get(served)[1] == "v1"
    for guess in (f"{served.backend}/green", "registry/registry", "*", ""):
        assert stage.get(served, **{"Homeport-Ask": guess})[1] == "v1"
    assert stage.get(served, **{"Homeport-Ask": "right-token"})[1] == "v2"
    stage.routes.withdraw(slot, "right-token")
    stage.routes.offer(slot, stage.version(2), "next-token")
    assert stage.get(served, **{"Homeport-Ask": "right-token"})[1] == "v1"
    stage.switch(served, 1)


# ------------------------------------------------------------------------------------------- registry's door

DIGEST = "sha256:" + "0" * 64
PASSES = [
    ("GET", "/v2/"),
    ("GET", "/v2/_catalog"),
    ("GET", "/v2/_catalog?n=10&last=api/x"),
    ("GET", "/v2/api/notes-api/manifests/latest"),
    ("HEAD", f"/v2/site/notes-web/blobs/{DIGEST}"),
    ("GET", "/v2/model/notes-tagger/tags/list"),
    ("GET", "/v2/api/a/b/manifests/1.0"),
    ("POST", "/v2/api/notes-api/blobs/uploads/"),
    ("POST", f"/v2/api/notes-api/blobs/uploads/?mount={DIGEST}&from=site/notes-web"),
    ("POST", f"/v2/api/notes-api/blobs/uploads/?from=model%2Fnotes-x&mount={DIGEST.replace(':', '%3A')}"),
]
DENIED = [
    ("GET", "/"),
    ("GET", "/v2"),
    ("POST", "/v2/"),
    ("GET", "/v1/"),
    ("DELETE", "/v2/_catalog"),
    ("GET", "/v2/other/x/manifests/latest"),
    ("POST", "/v2/other/x/blobs/uploads/"),
    ("GET", "/v2/apis/x/manifests/latest"),
    ("GET", "/v2/api/manifests/latest"),
    ("GET", "/v2/api/x"),
    ("GET", "/v2/api/x/unknown/latest"),
    ("GET", "/v2/API/x/manifests/latest"),
    ("GET", "/V2/api/x/manifests/latest"),
    ("GET", "/v2/api/X/manifests/latest"),
    ("GET", "//v2/api/x/manifests/latest"),
    ("GET", "/v2//api/x/manifests/latest"),
    ("GET", "/v2/api//x/manifests/latest"),
    ("GET", "/v2/api/../other/x/manifests/latest"),
    ("GET", "/v2/api/./x/manifests/latest"),
    ("GET", "/v2/api/%2e%2e/other/manifests/latest"),
    ("GET", "/v2/api%2Fx/manifests/latest"),
    ("GET", "/v2/%6fther/x/manifests/latest"),
    ("GET", "/v2/api/x/manifests/../../../other/y/manifests/latest"),
    ("GET", "/v2/api/x/manifests/a%2Fb"),
    ("GET", "/v2/api/x/manifests/latest;x"),
    ("POST", f"/v2/api/x/blobs/uploads/?mount={DIGEST}&from=other/y"),
    ("POST", f"/v2/api/x/blobs/uploads/?mount={DIGEST}&from=library%2Fubuntu"),
    ("POST", f"/v2/api/x/blobs/uploads/?mount={DIGEST}&%66rom=other/y"),
    ("POST", f"/v2/api/x/blobs/uploads/?mount={DIGEST}&from=api/y&from=other/y"),
    ("POST", f"/v2/api/x/blobs/uploads/?from=other/y&mount={DIGEST}&from=api/y"),
    ("POST", f"/v2/api/x/blobs/uploads/?mount={DIGEST}&from=api/../other/y"),
    ("POST", f"/v2/api/x/blobs/uploads/?mount={DIGEST}"),
]


def knock(stage: Stage, method: str, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection("127.0.0.1", stage.door, timeout=20)
    with contextlib.closing(connection):
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()


@pytest.mark.parametrize(("method", "path"), PASSES)
def test_the_door_lets_the_three_namespaces_pass(stage: Stage, method: str, path: str) -> None:
    """The registry itself answers in api/, site/ and model/, and says what it is and holds."""
    status, headers, _ = knock(stage, method, path)
    assert status in (200, 202, 404)
    assert headers["Docker-Distribution-Api-Version"] == "registry/2.0"


@pytest.mark.parametrize(("method", "path"), DENIED)
def test_the_door_denies_all_else(stage: Stage, method: str, path: str) -> None:
    """Another namespace, a mount from another one, and every other spelling: the OCI error body, naming the three."""
    status, headers, body = knock(stage, method, path)
    assert (status, headers["content-type"]) == (403, "application/json")
    (error,) = json.loads(body)["errors"]
    assert ("DENIED", path.partition("?")[0]) == (error["code"], error["detail"]["path"])
    assert "api/, site/ and model/" in error["message"]


def test_a_mount_in_a_form_is_denied(stage: Stage) -> None:
    """The registry would take `from` from the body of a form, which the door cannot read."""
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert knock(stage, "POST", "/v2/api/x/blobs/uploads/", **{"Content-Type": kind})[0] == 403


def test_a_refused_push_says_why(stage: Stage) -> None:
    """The engine shows the door's own words; the same image goes into a namespace of ours."""
    client = stage.home.docker
    for repository, words in (("other/x", "api/, site/ and model/"), ("api/x-y", "")):
        reference = f"127.0.0.1:{stage.door}/{repository}"
        client.tag(base_image("debian:trixie-slim"), reference, "t")
        try:
            errors = [
                line["error"] for line in client.push(reference, "t", stream=True, decode=True) if "error" in line
            ]
        finally:
            client.remove_image(f"{reference}:t")
        assert bool(words) == bool(errors)
        assert all(words in error for error in errors)


# ---------------------------------------------------------------------------------------------- switching


def test_a_switch_under_load_loses_nothing(stage: Stage, served: RouteKey) -> None:
    """Switches back and forth, with other routes coming and going: each request is answered by one of both."""
    other = RouteKey(f"other-{served.host}", "/")
    with Load(stage, served) as load:
        for number in (2, 1, 2, 1, 2):
            slow = Slow(stage, served, 0.7)
            stage.switch(served, number)
            slow.join()
            assert slow.answer == (200, f"v{3 - number}")
            stage.switch(other, 3)
            stage.gateway.remove(other, stage.version(3))
    assert load.lost == []
    assert {"v1", "v2"} == load.versions


def test_a_dead_address_gets_no_request(stage: Stage, served: RouteKey) -> None:
    """A version that does not answer through the gateway is never switched to: nobody but we asked it."""
    file = stage.file(served).read_text()
    with Load(stage, served, 0.01) as load, pytest.raises(GatewayFailed, match="does not answer") as failed:
        stage.gateway.switch(served, stage.dead, drain=DRAIN, stopped=lambda: False, emit=ignore)
    assert f"HAProxy could not connect to {stage.dead}." == failed.value.detail
    assert ([], {"v1"}) == (load.lost, load.versions)
    assert (file, stage.version(1)) == (stage.file(served).read_text(), stage.gateway.look(served))
    assert Serving.NOT is stage.gateway.serving(stage.dead)


def test_a_first_version_that_is_dead_takes_no_path_away(stage: Stage, served: RouteKey) -> None:
    """A new route is seen by nobody before it answers: /api is the site's until then."""
    api = RouteKey(served.host, "/api")
    with pytest.raises(GatewayFailed):
        stage.gateway.switch(api, stage.dead, drain=DRAIN, stopped=lambda: False, emit=ignore)
    assert (stage.get(api), stage.gateway.look(api)) == ((200, "v1"), None)
    stage.switch(api, 2)
    assert stage.get(api)[1] == "v2"


def test_any_status_of_the_application_is_an_answer(stage: Stage, key: RouteKey) -> None:
    """Whether it is well is the health check's to say: an application may answer 503 on its route."""
    unwell = RouteKey(key.host, "/unwell")
    stage.switch(unwell, 1)
    assert stage.get(unwell) == (503, "v1")


def test_the_old_version_ends_its_requests(stage: Stage, served: RouteKey) -> None:
    """A switch returns when the old version has nothing in flight, also what an old worker still does."""
    slow = Slow(stage, served, 2)
    began = time.monotonic()
    stage.routes.runtime.reload()
    stage.switch(served, 2)
    assert time.monotonic() - began > 1.5
    slow.join(0.5)
    assert slow.answer == (200, "v1")


def test_a_connection_kept_alive_across_a_reload_reaches_the_new_version(stage: Stage, served: RouteKey) -> None:
    """An old worker knows no new slot: it hands its clients' next requests on."""
    connection = stage.connect()
    assert ask(connection, served) == (200, "v1")
    stage.routes.runtime.reload()
    stage.switch(served, 2)
    assert ask(connection, served) == (200, "v2")
    connection.close()


def test_a_drain_is_bounded_and_said(stage: Stage, served: RouteKey) -> None:
    """A request that does not end holds no release up: a warning, and the request goes on."""
    slow = Slow(stage, served, 2.5)
    events: list[Event] = []
    bound = timedelta(seconds=0.3)
    stage.gateway.switch(served, stage.version(2), drain=bound, stopped=lambda: False, emit=events.append)
    assert [e.text for e in events if e.level == "warning"] == ["1 request to the old version did not end in 0.3 s"]
    assert stage.version(1) in stage.gateway.serving_addresses()
    slow.join()
    assert slow.answer == (200, "v1")


def test_stopped_while_asking(stage: Stage, served: RouteKey) -> None:
    """A stop before the switch leaves the old version serving and the new one's slot empty."""
    with pytest.raises(Interrupted, match="what served before") as stopped:
        stage.gateway.switch(served, stage.version(2), drain=DRAIN, stopped=lambda: True, emit=ignore)
    assert not isinstance(stopped.value, StoppedWhileDraining)
    assert ("v1", stage.version(1)) == (stage.get(served)[1], stage.gateway.look(served))


def test_stopped_while_draining(stage: Stage, served: RouteKey) -> None:
    """A stop after the switch says that it is switched; the old version ends its requests."""
    slow = Slow(stage, served, 2)
    committed = lambda: stage.version(2) in stage.file(served).read_text()  # noqa: E731
    with pytest.raises(StoppedWhileDraining):
        stage.gateway.switch(served, stage.version(2), drain=DRAIN, stopped=committed, emit=ignore)
    assert ("v2", stage.version(2)) == (stage.get(served)[1], stage.gateway.look(served))
    slow.join()
    assert slow.answer == (200, "v1")


def test_by_a_command_in_the_container(stage: Stage, key: RouteKey) -> None:
    """A login that may not open HAProxy's socket switches by way of the engine."""

    class Barred(LocalHost):
        def socket(self, path: str) -> Path:
            raise PermissionError(13, "Permission denied", path)

    home = Home(Barred(), stage.home.instance, stage.home.folder, stage.home.docker)
    gateway = Gateway(home, stage.container, stage.http)
    for number in (1, 2):
        gateway.switch(key, stage.version(number), drain=DRAIN, stopped=lambda: False, emit=ignore)
        assert (f"v{number}", stage.version(number)) == (stage.get(key)[1], gateway.look(key))


def test_a_gateway_that_does_not_run_is_named(stage: Stage, tmp_path: Path) -> None:
    """The message names the container and the way back."""
    home = Home(stage.home.host, stage.home.instance, str(tmp_path), stage.home.docker)
    with pytest.raises(GatewayFailed, match="container hpgw-none, does not run") as failed:
        Gateway(home, "hpgw-none", stage.http).look(RouteKey("x.test", "/"))
    assert "homeport setup" in failed.value.next_step


# ---------------------------------------------------------------------------------------- guard of containers


def test_serving(stage: Stage, served: RouteKey) -> None:
    """An address is ready, then draining while a request is in flight, then nobody's."""
    address = stage.version(4)  # which no other test uses
    assert stage.gateway.serving(address) is Serving.NOT
    stage.switch(served, 4)
    assert stage.gateway.serving(address) is Serving.READY
    slow = Slow(stage, served, 1.5)
    stage.gateway.switch(served, stage.version(1), drain=timedelta(0), stopped=lambda: False, emit=ignore)
    stage.routes.runtime.reload()
    assert stage.gateway.serving(address) is Serving.DRAINING
    assert address in stage.gateway.serving_addresses()
    assert stage.gateway.wait_until_idle(address, DRAIN, lambda: False) is Serving.NOT
    slow.join(0.5)
    assert slow.answer == (200, "v4")


# --------------------------------------------------------------------------------- what must come back the same


def test_a_reload_and_a_restart_keep_the_routes(stage: Stage, served: RouteKey) -> None:
    """A reload forgets what only the runtime knew: after a switch that is nothing."""
    stage.switch(served, 2)
    stage.routes.runtime.reload()
    assert ("v2", stage.version(2)) == (stage.get(served)[1], stage.gateway.look(served))
    stage.home.docker.restart(stage.container, timeout=2)
    until(lambda: stage.get(served) == (200, "v2"))
    assert stage.version(2) == stage.gateway.look(served)


BY_HAND: dict[str, Callable[[Stage, RouteKey], object]] = {
    "file removed": lambda stage, key: stage.file(key).unlink(),
    "file changed": lambda stage, key: stage.file(key).write_text(stage.file(key).read_text() + "  option httpclose\n"),
    "file names another": lambda stage, key: stage.file(key).write_text(render(key, {"blue": stage.version(3)})),
    "file broken": lambda stage, key: stage.file(key).write_text(f"backend {key.backend}\n  servr x\n"),
    "map emptied": lambda stage, key: stage.map.write_text(""),
    "map leads elsewhere": lambda stage, key: stage.map.write_text(f"{key.prefix} nowhere\n"),
    "running map": lambda stage, key: stage.routes.runtime.change(f"del map {MAP_IN_CONTAINER} {key.prefix}"),
    "slot moved": lambda stage, key: stage.routes.runtime.change(
        f"set server {key.backend}/blue addr {stage.prefix}.13 port 8000"
    ),
    "slot in maintenance": lambda stage, key: stage.routes.runtime.change(f"set server {key.backend}/blue state maint"),
    "slot draining": lambda stage, key: stage.routes.runtime.change(f"set server {key.backend}/blue state drain"),
    "two ready": lambda stage, key: stage.routes.runtime.change(
        f"set server {key.backend}/green addr {stage.prefix}.12 port 8000",
        f"set server {key.backend}/green state ready",
    ),
}


@pytest.mark.parametrize("change", BY_HAND)
def test_what_was_changed_by_hand_is_seen_and_put_right(stage: Stage, served: RouteKey, change: str) -> None:
    """No change by hand is "nothing to do", and the next switch puts it right, also after a reload."""
    others = stage.map.read_text()
    BY_HAND[change](stage, served)
    assert stage.version(1) != stage.gateway.look(served)
    stage.switch(served, 1)
    assert ((200, "v1"), stage.version(1)) == (stage.get(served), stage.gateway.look(served))
    stage.map.write_text(others)  # the lines of other tests
    stage.routes.runtime.reload()
    assert ((200, "v1"), stage.version(1)) == (stage.get(served), stage.gateway.look(served))


def test_a_file_that_haproxy_refuses_stops_no_route(stage: Stage, served: RouteKey, key: RouteKey) -> None:
    """A new route beside a broken file fails with HAProxy's words, leaves nothing, and what runs goes on."""
    new = RouteKey(f"new-{key.host}", "/")
    broken = stage.file(served).with_name("zz-broken.cfg")
    broken.write_text("backend broken\n  servr x\n")
    try:
        with pytest.raises(GatewayFailed, match="refused the gateway's files") as failed:
            stage.switch(new, 2)
        assert "zz-broken.cfg:2" in failed.value.detail
        assert not stage.file(new).exists()
        stage.switch(served, 2)  # needs no reload
    finally:
        broken.unlink()
    assert (stage.get(served), stage.get(new)[0]) == ((200, "v2"), 404)


# ------------------------------------------------------------------------------------- killed between two steps


def killed_while_asking(stage: Stage, key: RouteKey) -> None:
    stage.routes.offer(stage.routes.view(key).slots[1], stage.version(2), "token")


def killed_after_the_file(stage: Stage, key: RouteKey) -> None:
    killed_while_asking(stage, key)
    stage.routes.folder.write(key, render(key, {"green": stage.version(2)}))


def killed_between_ready_and_drain(stage: Stage, key: RouteKey) -> None:
    killed_after_the_file(stage, key)
    stage.routes.runtime.change(f"set server {key.backend}/green state ready")


KILLED = [killed_while_asking, killed_after_the_file, killed_between_ready_and_drain]


@pytest.mark.parametrize("put", [1, 2])
@pytest.mark.parametrize("reloads", [False, True])
@pytest.mark.parametrize("killed", KILLED)
def test_killed_between_two_steps(
    stage: Stage, served: RouteKey, killed: Callable[[Stage, RouteKey], None], reloads: bool, put: int
) -> None:
    """Wherever a switch dies, and whether or not another route reloads HAProxy then, every request is answered,

    both containers that may get one are guarded, and the next switch, to either version, puts all right.
    """
    with Load(stage, served, 0.02) as load:
        killed(stage, served)
        if reloads:
            stage.routes.runtime.reload()
        serving = {load_version for load_version in (1, 2) if f"v{load_version}" == stage.get(served)[1]}
        assert all(Serving.READY is stage.gateway.serving(stage.version(number)) for number in serving)
        stage.switch(served, put)
        assert stage.version(put) == stage.gateway.look(served)
    assert load.lost == []
    assert len([slot for slot in stage.routes.view(served).slots if not slot.admin & 0x01]) == 1
    assert render(served, stage.routes.view(served).live) == stage.file(served).read_text()


def test_a_new_route_killed_before_it_serves(stage: Stage, key: RouteKey) -> None:
    """A backend without a live slot and without a line in the map harms nothing; the next switch uses it."""
    stage.routes.sound(key)
    assert (stage.get(key)[0], stage.gateway.look(key)) == (404, None)
    stage.switch(key, 1)
    assert stage.get(key) == (200, "v1")


# ------------------------------------------------------------------------------------------------- removing


def test_remove(stage: Stage, served: RouteKey) -> None:
    """A removed route ends its requests, takes no new ones, and leaves neither file, line nor backend."""
    slow = Slow(stage, served, 1)
    stage.gateway.remove(served, stage.version(1))
    slow.join(0.5)
    assert (slow.answer, stage.get(served)[0], stage.gateway.look(served)) == ((200, "v1"), 404, None)
    assert not stage.file(served).exists()
    assert served.prefix not in stage.map.read_text()
    assert stage.routes.view(served).slots == ()


def test_remove_leaves_what_another_switched(stage: Stage, served: RouteKey) -> None:
    """An object that no longer owns the route removes nothing."""
    stage.gateway.remove(served, stage.version(2))
    assert ((200, "v1"), stage.version(1)) == (stage.get(served), stage.gateway.look(served))


def test_remove_of_what_is_gone_or_drifted(stage: Stage, served: RouteKey) -> None:
    """A removal that was cut off is done again; a route that was changed by hand is removed."""
    stage.file(served).unlink()
    said = stage.gateway.look(served)
    assert said is not None
    stage.gateway.remove(served, said)
    stage.gateway.remove(served, said)
    assert (stage.get(served)[0], stage.gateway.look(served)) == (404, None)


def test_a_removal_that_was_cut_off_is_done_again(stage: Stage, served: RouteKey) -> None:
    """Killed while it drained, a removal has closed the route: the container is free, and removing goes on."""
    stage.routes.close(served)
    assert (stage.get(served)[0], stage.gateway.look(served)) == (404, None)
    stage.gateway.remove(served, stage.version(1))
    assert not stage.file(served).exists()


# ----------------------------------------------------------------------------------------------- several at once


def switch_in_a_process(folder: str, instance: str, container: str, port: int, host: str, addresses: list[str]) -> None:
    host_here = LocalHost()
    gateway = Gateway(Home(host_here, instance, folder, engine(host_here)), container, port)
    for address in addresses:
        gateway.switch(RouteKey(host, "/"), address, drain=DRAIN, stopped=lambda: False, emit=ignore)
    gateway.remove(RouteKey(host, "/"), addresses[-1])


def test_several_processes_and_threads_at_once(stage: Stage, served: RouteKey) -> None:
    """Routes that are made, switched and removed by others at the same time do not disturb each other."""
    spawn = multiprocessing.get_context("spawn")
    plain = (stage.home.folder, stage.home.instance, stage.container, stage.http)
    addresses = [stage.version(number) for number in (1, 2, 3)]
    processes = [
        spawn.Process(target=switch_in_a_process, args=(*plain, f"p{number}-{served.host}", addresses))
        for number in (1, 2)
    ]
    keys = [RouteKey(f"t{number}-{served.host}", "/") for number in range(4)]
    threads = [threading.Thread(target=stage.switch, args=(key, 3)) for key in keys]
    with Load(stage, served, 0.01) as load:
        for worker in (*processes, *threads):
            worker.start()
        stage.switch(served, 2)
        for worker in (*processes, *threads):
            worker.join()
    assert load.lost == []
    assert [process.exitcode for process in processes] == [0, 0]
    assert dict.fromkeys(keys, stage.version(3)) == stage.gateway.look_all(keys)


# ------------------------------------------------------------------------------------------------ holding


def _holding(gateway: Gateway, *, stopped: bool = False) -> AbstractContextManager[None]:
    return gateway.holding("postgres", gateway.in_flight, lambda: stopped)


def test_requests_wait_while_they_are_held(stage: Stage, served: RouteKey) -> None:
    """On connections that are open and on new ones; what is in flight ends first, and homeport's own asking goes on."""
    slow = Slow(stage, served, 1)
    with Load(stage, served, pause=0.01) as load:
        until(lambda: sum(load.answers.values()) > 50)
        with _holding(stage.gateway):
            assert not slow.is_alive()
            assert stage.gateway.in_flight() == 0
            before = dict(load.answers)
            late = threading.Thread(target=lambda: load.answers.update({stage.get(served, "/late"): -1}))
            late.start()
            time.sleep(0.5)
            assert before == load.answers, "nobody is answered"
            assert late.is_alive()
            with stage.gateway.door.opening(served.host) as entered:
                token = secrets.token_urlsafe(24)
                stage.routes.runtime.change(f"add map virt@asks {token} {served.backend}/blue")
                answer = asking.ask(entered(), served.host, served.path, token, lambda: False)
            assert answer is not None and answer.status == 200
        late.join()
        until(lambda: sum(load.answers.values()) > sum(before.values()) + 50)
    slow.join()
    assert slow.answer == (200, "v1")
    assert [] == load.lost


def test_who_waited_goes_on_at_once(stage: Stage, served: RouteKey) -> None:
    """However many look at the hold in the moment in which it ends: they do not wait until it ends by itself."""
    with ThreadPoolExecutor(100) as pool:
        with _holding(stage.gateway):
            asked = [pool.submit(stage.get, served) for _ in range(100)]
            time.sleep(1)
            assert not any(one.done() for one in asked)
        began = time.monotonic()
        assert {(200, "v1")} == {one.result() for one in asked}
        assert time.monotonic() - began < HOLD_ENDS / 2


def test_who_is_stopped_holds_nobody(stage: Stage, served: RouteKey) -> None:
    """While the last requests in flight end; they go on."""
    slow = Slow(stage, served, 2)
    with pytest.raises(Interrupted, match="requests in flight"), _holding(stage.gateway, stopped=True):
        pass
    assert stage.get(served) == (200, "v1")
    assert slow.is_alive()
    slow.join()
    assert slow.answer == (200, "v1")


def test_a_hold_that_nobody_takes_away_ends(stage: Stage, served: RouteKey) -> None:
    """Whoever set it was killed."""
    assert stage.routes.runtime.hold("postgres")
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", stage.http, timeout=60)) as connection:
        assert ask(connection, served) == (200, "v1")


def test_a_gateway_that_does_not_run_holds_nobody(stage: Stage, key: RouteKey) -> None:
    entered = []
    with _holding(Gateway(stage.home, f"{stage.container}-gone", stage.http)):
        entered.append(key)
    assert [key] == entered
