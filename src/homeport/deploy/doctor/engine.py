"""The Docker engine: its version, where it keeps layers, and whether it comes back by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning, wrong
from homeport.deploy.doctor.server import Server

OLDEST = (20, 10)
SLOW_DRIVERS = ("vfs", "devicemapper", "aufs", "overlay")  # each copies whole files or layers, or is no longer kept
# is-enabled answers without a running systemd too; the folder is there if and only if it runs: sd_booted(3).
STARTS = "test -d /run/systemd/system && systemctl is-enabled docker 2>/dev/null || true"


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """`starts` is systemd's word for the service (`enabled`), empty where systemd does not run; `has_limits` says
    whether the kernel holds containers to their memory."""

    version: str
    driver: str
    starts: str
    has_limits: bool


def gather(server: Server) -> EngineFacts:
    info = server.target.home.docker.info()
    starts = server.run("sh", "-c", STARTS).strip()
    return EngineFacts(info["ServerVersion"], info["Driver"], starts, bool(info["MemoryLimit"]))


def judge(facts: EngineFacts, commands: Commands) -> Iterator[Finding]:
    numbers = tuple(int(part) for part in facts.version.split(".")[:2] if part.isdigit())
    if numbers < OLDEST:
        upgrade = commands.there("apt-get install --only-upgrade docker.io", as_root=True)
        yield wrong("engine", f"Docker {facts.version} is older than 20.10", upgrade)
    else:
        yield ok("engine", f"Docker {facts.version} answers; layers are kept by {facts.driver}")
    if facts.driver in SLOW_DRIVERS:
        mend = commands.there("docker info")
        yield warning("engine", f"the storage driver {facts.driver} is slow; overlay2 is what kernels have today", mend)
    if not facts.has_limits:
        mend = commands.there("docker info")
        yield warning("engine", "the kernel holds no container to its memory limit (see the warnings there)", mend)
    yield from _start(facts, commands)


def _start(facts: EngineFacts, commands: Commands) -> Iterator[Finding]:
    if not facts.starts:
        text = "no systemd runs there: after a restart of the machine somebody has to start the engine"
        yield warning("engine", text, commands.homeport("setup"))
    elif facts.starts not in ("enabled", "enabled-runtime", "static", "alias"):
        text = "does not start with the machine, and without it nothing of yours does"
        yield wrong("engine", text, commands.there("systemctl enable docker", as_root=True))
