"""An emulator of AWS that runs while a block of code does."""

import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from homeport.aws.emulator.engine import bridge_address, is_alive, offer_postgres, open_engine, sweep, sweep_orphans
from homeport.aws.emulator.settings import ACCOUNT, LABEL, REGION, Settings
from homeport.errors import CloudFailed, Refused

START_SECONDS = 60
POLL = 0.05
TAIL = 15
# What a person has set for real accounts must not bend what is asked of the emulator.
FOREIGN = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    *("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_CA_BUNDLE"),
)


@dataclass(frozen=True, slots=True)
class Running:
    """An emulator that answers. `environment` is this process's own, with all that leads to the emulator."""

    port: int
    account: str
    region: str
    process: int  # its id
    instance: str  # the value of the label ministack.instance on its containers
    environment: Mapping[str, str]
    folder: Path  # gone with it, whoever is killed

    @property
    def api(self) -> str:
        """The address of every API, of the registry, the load balancers and CloudFront."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def labels(self) -> Mapping[str, str]:
        """What makes a container one of the emulator's own, which goes with it."""
        return {LABEL: self.instance}

    @contextmanager
    def entered(self, **more: str) -> Iterator[None]:
        """This process's environment leads to the emulator while the block runs, with `more` in it; then it is as it
        was."""
        before = dict(os.environ)
        _become({**self.environment, **more})
        try:
            yield
        finally:
            _become(before)


@contextmanager
def emulator(
    *, postgres: str, port: int = 0, region: str = REGION, account: str = ACCOUNT, has_auth: bool = False
) -> Iterator[Running]:
    """AWS on this machine's Docker engine; when the block ends, all that it made on the engine is gone.

    `postgres` is the image of its databases, there already. Port 0 takes a free one. With `has_auth`, policies are
    enforced. Raises Refused without ministack, EngineFailed without an engine, CloudFailed when it does not start.
    """
    require_ministack()
    client = open_engine()
    sweep_orphans(client)
    offer_postgres(client, postgres)
    bridge = bridge_address(client)
    settings = Settings(port or _free_port(bridge), bridge, region, account, has_auth)
    with tempfile.TemporaryDirectory(prefix="homeport-emulator-", ignore_cleanup_errors=True) as folder:
        process = _start(settings, Path(folder))
        try:
            _wait(process, settings, Path(folder))
            yield _running(process, settings, Path(folder))
        finally:
            process.kill()  # it keeps nothing, and its containers go the same way whether it ended or was killed
            process.wait()
            sweep(client, settings)


def require_ministack() -> None:
    """Raises Refused where the emulator is not installed."""
    if importlib.util.find_spec("ministack") is None:
        raise Refused(
            "ministack, the emulator of AWS, is not installed.", next_step="Run: pip install 'homeport[rehearse]'"
        )


def _free_port(bridge: str) -> int:
    """A port that is free on loopback and on the bridge."""
    while True:
        with socket.socket() as local, socket.socket() as outer:
            local.bind(("127.0.0.1", 0))
            port = int(local.getsockname()[1])
            try:
                outer.bind((bridge, port))
            except OSError:
                continue
            return port


def _start(settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    """The pipe to its standard input closes with this process, and ends it; a session of its own keeps Ctrl-C off."""
    options = ["--port", str(settings.port), "--region", settings.region, "--account", settings.account]
    options += ["--folder", str(folder), "--follow-stdin", *(["--auth"] if settings.has_auth else [])]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "homeport.aws.emulator", *options],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_without_foreign(),
            start_new_session=True,
        )


def _wait(process: subprocess.Popen[bytes], settings: Settings, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if is_alive(settings.port):
            return
        time.sleep(POLL)
    lines = (folder / "log").read_text(errors="replace").splitlines()
    raise CloudFailed("The emulator of AWS did not start.", detail="\n".join(lines[-TAIL:]))


def _running(process: subprocess.Popen[bytes], settings: Settings, folder: Path) -> Running:
    api = f"http://127.0.0.1:{settings.port}"
    own = {
        "AWS_ENDPOINT_URL": api,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    direct = {name: _direct(os.environ.get(name, "")) for name in ("NO_PROXY", "no_proxy")}
    return Running(
        port=settings.port,
        account=settings.account,
        region=settings.region,
        process=process.pid,
        instance=settings.instance,
        environment=_without_foreign() | own | direct,
        folder=folder,
    )


def _direct(hosts: str) -> str:
    """Loopback is never asked through a proxy."""
    return ",".join(filter(None, (hosts, "127.0.0.1", "localhost")))


def _become(environment: Mapping[str, str]) -> None:
    """Name by name, because other threads read it meanwhile."""
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)


def _without_foreign() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and not name.startswith("AWS_ENDPOINT_URL")
    }
