"""A homeport installation of a test's own: its instance, its ports, its folder, and nothing of it left afterwards."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, ImageNotFound

from homeport.home.network import MISCOUNTED
from homeport.targets import HomeTarget
from tests.support.command_line import CommandLine
from tests.support.ports import free_port

PROBE = Path(__file__).parent / "probe"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer through the gateway."""

    status: int
    body: str
    headers: Mapping[str, str]


@dataclass
class Installation(CommandLine):
    """The base of one instance on this machine's engine."""

    folder: Path
    instance: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:8]}")
    http: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    registry: int = field(default_factory=free_port)
    variables: dict[str, str] = field(default_factory=dict)  # of the command line, beside this process's own
    client: docker.APIClient = field(default_factory=docker.APIClient)

    # ------------------------------------------------------------- commands

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "HOMEPORT_INSTANCE": self.instance,
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "HOMEPORT_TRACEBACK": "",
            **self.variables,
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from homeport.cli import main; main()", *arguments]

    def workplace(self) -> Path:
        return self.folder

    def setup(self, *arguments: str, returncode: int | None = 0) -> subprocess.CompletedProcess[str]:
        if not self.base_file.exists():
            self.write_base()
        return self.homeport("setup", "--yes", *arguments, cwd=self.base_file.parent, returncode=returncode)

    @property
    def base_file(self) -> Path:
        return self.folder / "infrastructure" / "homeport.base.yaml"

    def write_base(self, **changes: Any) -> None:
        """Write homeport.base.yaml; what is given stands over the test's own ports."""
        base: dict[str, Any] = {
            "instance": self.instance,
            "gateway": {"http": self.http, "https": self.https},
            "registry": {"port": self.registry},
        }
        for key, value in changes.items():
            base[key] = base.get(key, {}) | value if isinstance(value, dict) else value
        self.base_file.parent.mkdir(exist_ok=True)
        self.base_file.write_text("".join(f"{key}: {_inline(value)}\n" for key, value in base.items()))

    # ------------------------------------------------------------ the world

    def get(self, host: str, path: str = "/", *, timeout: float = 10) -> Answer:
        """GET through the gateway, with the host name set as a browser would."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Host": host})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(errors="replace"), dict(answer.getheaders()))
        finally:
            connection.close()

    def containers(self, application: str = "", *, stopped: bool = True) -> dict[str, str]:
        """Name to id of the containers of the instance, or of one application of it."""
        labels = [f"homeport.instance={self.instance}"]
        labels += [f"homeport.application={application}"] if application else []
        listed = self.client.containers(all=stopped, filters={"label": labels})
        return {container["Names"][0].lstrip("/"): container["Id"] for container in listed}

    def inspect(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.inspect_container(name)
        return found

    @property
    def server_folder(self) -> Path:
        """The installation's folder on the server, which is this machine."""
        parent = Path("/var/lib/homeport") if os.geteuid() == 0 else Path.home() / ".local/share/homeport"
        return parent / self.instance

    def psql(self, sql: str, database: str = "postgres") -> str:
        """As the superuser, in the Postgres container."""
        done = subprocess.run(
            ["docker", "exec", "-i", f"{self.instance}-postgres", "psql", "-XqAt", "-U", "postgres", database],
            input=sql,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def releases(self, application: Path) -> list[dict[str, Any]]:
        """Newest first."""
        shown: list[dict[str, Any]] = json.loads(self.homeport("releases", "--json", cwd=application).stdout)
        return shown

    def remove(self) -> None:
        """Everything that carries the instance's label, and its folder."""
        self.remove_engine_objects()
        self.remove_images()
        shutil.rmtree(self.server_folder, ignore_errors=True)

    def remove_engine_objects(self) -> None:
        """Containers, networks and volumes that carry the instance's label."""
        labels = {"label": f"homeport.instance={self.instance}"}
        for container in self.client.containers(all=True, filters=labels):
            self.client.remove_container(container["Id"], force=True, v=True)
        for network in self.client.networks(filters=labels):
            self._remove_network(network["Id"])
        for volume in self.client.volumes(filters=labels)["Volumes"] or []:
            self.client.remove_volume(volume["Name"])

    def _remove_network(self, network: str) -> None:
        """An engine may count a container on it that is gone (moby issue 42119): nobody removes that one before the
        engine is restarted."""
        try:
            self.client.remove_network(network)
        except APIError as error:
            if MISCOUNTED not in str(error.explanation) or self.client.inspect_network(network)["Containers"]:
                raise
            warnings.warn(f"the engine keeps an empty network: {error.explanation}", stacklevel=2)

    def remove_images(self) -> None:
        """From the engine. By name: other installations may have the very same image under names of theirs."""
        images = self.client.images()
        for name in [name for image in images for name in (image["RepoTags"] or []) + (image["RepoDigests"] or [])]:
            if name.startswith(f"127.0.0.1:{self.registry}/"):
                with contextlib.suppress(ImageNotFound):  # a digest goes with the last tag of its repository
                    self.client.remove_image(name, force=True)


def _inline(value: Any) -> str:
    """On one line, in YAML's flow style."""
    if not isinstance(value, dict):
        return str(value)
    return "{" + ", ".join(f"{key}: {_inline(entry)}" for key, entry in value.items()) + "}"


def registry_password(installation: Installation) -> str:
    """As the server's own engine logs in with it."""
    with HomeTarget.open("local", instance=installation.instance, holder="test") as target:
        return target.drivers.secrets.password("base", "registry").reveal()


def probe_application(folder: Path, name: str = "probe", **changes: Any) -> Path:
    """A copy of the probe in `folder`; see `write_manifest` for the changes."""
    application = folder / name
    shutil.copytree(PROBE, application)
    write_manifest(application, name, **changes)
    return application


def write_manifest(
    application: Path,
    name: str = "probe",
    *,
    services: Mapping[str, Mapping[str, Any]] | None = None,
    database: bool | Mapping[str, Any] = False,
    **more: Any,
) -> None:
    """Write homeport.yaml. A service is what is given over `{build: api, port: 8000, healthcheck: /healthz}`."""
    given = services if services is not None else {"api": {"route": "/"}}
    manifest: dict[str, Any] = {
        "name": name,
        "services": {key: _service(value) for key, value in given.items()},
        **more,
    }
    if database:
        extra = database if isinstance(database, Mapping) else {}
        manifest["database"] = {"postgres": 17, "migrations": "migrations", **extra}
    (application / "homeport.yaml").write_text(json.dumps(manifest, indent=2))


def _service(given: Mapping[str, Any]) -> dict[str, Any]:
    service = {"build": "api", "port": 8000, "healthcheck": {"path": "/healthz", "start_period": 20}, **given}
    return {key: value for key, value in service.items() if value is not None}


def kill_group(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> None:
    """Signal a started command and all that it started in its own group."""
    os.killpg(process.pid, number)
