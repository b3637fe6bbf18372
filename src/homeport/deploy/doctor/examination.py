"""All checks, one after the other. One that cannot look is a finding itself, and stops no other."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docker.errors import DockerException

from homeport.deploy.doctor import (
    backups,
    certificate,
    clock,
    containers,
    disk,
    engine,
    gateway,
    locks,
    memory,
    names,
    networks,
    ports,
    postgres,
    secrets,
    strays,
    versions,
)
from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, wrong
from homeport.deploy.doctor.server import Server
from homeport.errors import HomeportError, HostUnreachable, NotSetUp
from homeport.targets import HomeTarget

# In the next step of an error: `Run there: sudo usermod -aG docker ana, then log in again.`
NEXT_COMMAND = re.compile(r"(?:[Rr]un|[Rr]un there|with): ((?:sudo|systemctl|ssh)[^,\n]*)")


@dataclass(frozen=True, slots=True)
class Check:
    """A name, a question, and a judgement on its answer."""

    name: str
    gather: Callable[[Server], Any]
    judge: Callable[[Any, Commands], Iterable[Finding]]

    def findings(self, server: Server) -> Iterator[Finding]:
        try:
            yield from self.judge(self.gather(server), server.commands)
        except (HomeportError, DockerException, OSError) as error:
            text = str(error).splitlines()[0] if str(error) else type(error).__name__
            yield wrong(self.name, f"could not be looked at: {text}", server.commands.homeport("setup"))


ON_ANY_SERVER = (
    Check("engine", engine.gather, engine.judge),
    Check("clock", clock.gather, clock.judge),
)
ON_A_BASE = (
    Check("disk", disk.gather, disk.judge),
    Check("memory", memory.gather, memory.judge),
    Check("ports", ports.gather, ports.judge),
    Check("networks", networks.gather, networks.judge),
    Check("containers", containers.gather, containers.judge),
    Check("postgres", postgres.gather, postgres.judge),
    Check("gateway", gateway.gather, gateway.judge),
    Check("certificate", certificate.gather, certificate.judge),
    Check("names", names.gather, names.judge),
    Check("versions", versions.gather, versions.judge),
    Check("strays", strays.gather, strays.judge),
    Check("secrets", secrets.gather, secrets.judge),
    Check("locks", locks.gather, locks.judge),
    Check("backups", backups.gather, backups.judge),
)


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found on one server."""

    host: str
    instance: str
    findings: tuple[Finding, ...]

    @property
    def is_wrong(self) -> bool:
        return any(finding.level == "wrong" for finding in self.findings)


def examine(address: str, instance: str, commands: Commands, hosts: Mapping[str, str], holder: str) -> Examination:
    """Look at everything of an installation. `hosts` are the host names that manifests ask for, with their roots."""
    findings = [*versions.judge_terraform(versions.gather_terraform(), commands)]
    try:
        with HomeTarget.open(address, instance=instance, holder=holder) as target:
            findings += _of_server(Server(target, commands, hosts))
    except HostUnreachable as error:
        told = NEXT_COMMAND.search(error.next_step)
        text = " ".join(filter(None, (error.message, error.detail.replace("\n", " "))))
        findings.append(wrong("engine", text, told[1] if told else commands.homeport("setup")))
    return Examination(address, instance, tuple(findings))


def _of_server(server: Server) -> Iterator[Finding]:
    for check in ON_ANY_SERVER:
        yield from check.findings(server)
    try:
        base = server.base
    except NotSetUp as error:
        yield wrong("base", error.message, server.commands.homeport("setup"))
        return
    yield ok("base", f"set up in {server.target.home.folder}, for *.{base.domain}")
    for check in ON_A_BASE:
        yield from check.findings(server)
