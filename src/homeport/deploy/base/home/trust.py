"""The root certificate of a server's own authority: `homeport trust`."""

from __future__ import annotations

from dataclasses import dataclass

from homeport.errors import Refused
from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class Root:
    """A root certificate: what it is called, as PEM, its SHA-256 fingerprint as browsers show it, and its last day."""

    called: str
    certificate: str
    fingerprint: str
    until: str


def root_of(target: HomeTarget) -> Root:
    """The root of a target's authority. Raises Refused where the gateway's certificates are not its own."""
    certificates = target.drivers.certificates
    if certificates is None:
        raise Refused(
            f"The gateway of {target.home.called} serves HTTP only: there is no certificate to trust.",
            next_step="Set it in homeport.base.yaml, gateway: {tls: own}, and run: homeport setup",
        )
    pem = certificates.root()
    from homeport.home.tls import parse

    found = parse(pem)
    pairs = (found.fingerprint[at : at + 2].upper() for at in range(0, len(found.fingerprint), 2))
    return Root(
        called=f"homeport-{target.home.instance}-{found.subject[:8]}",
        certificate=pem,
        fingerprint=":".join(pairs),
        until=f"{found.ends:%Y-%m-%d}",
    )
