"""The gateway's certificate: until when it is valid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning, wrong
from homeport.deploy.doctor.server import Server


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """`given` is the owner's file; empty where the server's own authority signs. `is_due`: to be renewed by now."""

    now: datetime
    ends: datetime
    is_due: bool
    given: str


def gather(server: Server) -> CertificateFacts | None:
    """None without HTTPS, and before the first `setup` with it."""
    certificates = server.target.drivers.certificates
    present = certificates.present() if certificates else None
    if certificates is None or present is None:
        return None
    now = datetime.now(UTC)
    return CertificateFacts(now, present.ends, certificates.is_due(present, now), server.base.certificate)


def judge(facts: CertificateFacts | None, commands: Commands) -> Iterator[Finding]:
    if facts is None:
        return
    setup = commands.homeport("setup")
    how = f"renew {facts.given}, then run setup" if facts.given else "setup, or the next release, renews it"
    if facts.ends - facts.now < timedelta(0):
        yield wrong("certificate", f"ended on {facts.ends:%d %B %Y}, and browsers refuse it: {how}", setup)
    elif facts.is_due:
        yield warning("certificate", f"ends on {facts.ends:%d %B %Y}: {how}", setup)
    else:
        yield ok("certificate", f"valid until {facts.ends:%d %B %Y}")
