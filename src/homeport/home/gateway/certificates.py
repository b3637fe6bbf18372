"""The gateway's certificate: a file that a restart comes back to, and what HAProxy serves. Both change together.

With an authority of our own it names the domain and the host of every route; the authority's key lies with the
server's secrets. Else it is the owner's, who is told when it is about to end.
"""

import ipaddress
from datetime import UTC, datetime, timedelta

from homeport.errors import GatewayFailed, HomeportError, Refused
from homeport.events import Emit, Event, ignore
from homeport.home import tls
from homeport.home.base import Base
from homeport.home.execute import runs
from homeport.home.gateway.folder import ROOT, Folder, hosts
from homeport.home.gateway.lock import gateway_lock
from homeport.home.gateway.runtime import Runtime
from homeport.home.home import Home
from homeport.home.secrets import SecretStore
from homeport.home.tls import Certificate
from homeport.secret import Secret

SCOPE, AUTHORITY_KEY = "base", "GATEWAY_AUTHORITY_KEY"
WARNED_AT = timedelta(days=30)


class Certificates:
    """Those of the base `base`, whose gateway is the container `container`."""

    def __init__(self, home: Home, container: str, base: Base, secrets: SecretStore) -> None:
        self._home = home
        self._container = container
        self._base = base
        self._secrets = secrets
        self._folder = Folder(home)
        self._runtime = Runtime(home, container)

    # ---------------------------------------------------------------- looking

    @property
    def is_own(self) -> bool:
        return self._base.tls == "own"

    def trusted(self) -> str:
        """The certificates that the gateway's must lead to, as PEM."""
        return self.root() if self.is_own else tls.public_part(self._folder.certificate())

    def root(self) -> str:
        """The root certificate of our authority, as PEM. Raises Refused where there is none."""
        root = self._folder.certificate(ROOT)
        if not root or not self.is_own:
            raise Refused(
                f"{self._home.called} has no certificate authority of its own.",
                next_step="Set it in homeport.base.yaml, gateway: {tls: own}, and run: homeport setup",
            )
        return root

    def present(self) -> Certificate | None:
        """The certificate of the gateway; None before the first `setup` with TLS."""
        text = self._folder.certificate()
        return tls.parse(text) if text else None

    def is_due(self, present: Certificate, now: datetime) -> bool:
        """Whether it is time to renew it: ours is by the next `setup` or release, the owner's by its owner."""
        return present.is_due(now) if self.is_own else present.left(now) < WARNED_AT

    def name(self) -> str:
        """A name for which the gateway's certificate is valid."""
        present = self.present()
        return present.names[0].replace("*", "any") if present and present.names else self._base.domain

    def fault(self, names: tuple[str, ...]) -> str:
        """Why browsers would refuse the owner's certificate on one of these names, as a clause; empty if they do not.

        Our own authority signs any name.
        """
        present = None if self.is_own else self.present()
        if present is None:
            return ""
        if present.left(_now()) < timedelta(0):
            return f"ended on {present.ends:%d %B %Y}"
        lacking = present.lacks(names)
        return f"is not valid for {', '.join(lacking)}" if lacking else ""

    def warnings(self) -> tuple[str, ...]:
        """What the owner of a given certificate has to know, in clauses."""
        return () if self.is_own else tuple(self._warnings(tls.parse(self._given().reveal())))

    def _warnings(self, given: Certificate) -> list[str]:
        found = []
        if given.left(_now()) < WARNED_AT:
            found.append(f"ends on {given.ends:%d %B %Y}: renew it, then run homeport setup")
        if given.lacks([self._base.domain]) and given.lacks([self._base.host_of("any")]):
            found.append(f"is valid neither for {self._base.domain} nor for what stands below it")
        registry = self._base.host_of("registry")
        if self._base.registry_lan and given.lacks([registry]):
            found.append(f"is not valid for {registry}, where other machines log in to the registry")
        return found

    # --------------------------------------------------------------- changing

    def check(self) -> None:
        """Raises Refused for a given certificate that cannot be served."""
        if not self.is_own:
            self._given()

    def renew(self, emit: Emit = ignore) -> None:
        """See that ours is valid for every route and for long enough. The owner's is taken up by `setup` only."""
        if self.is_own:
            self.put_right(emit)

    def put_right(self, emit: Emit = ignore) -> bool:
        """Serve what should be served, now and after a restart; whether anything changed. No connection is lost."""
        if self._is_right():
            return False
        with gateway_lock(self._home, "the gateway's certificate"):
            text = self._wanted()
            if text.reveal() != self._folder.certificate():
                self._folder.write_certificate(text.reveal())
            self._serve(text)
        present = tls.parse(text.reveal())
        emit(Event("gateway", "certificate", f"serves one that is valid until {present.ends:%d %B %Y}", "done"))
        return True

    def _is_right(self) -> bool:
        """The key of our authority is not read for it: it is needed to sign, and for nothing else."""
        text = self._folder.certificate()
        right = self._is_valid(text, self._folder.certificate(ROOT)) if self.is_own else text == self._given().reveal()
        return right and self._is_served(text)

    def _is_served(self, text: str) -> bool:
        """A gateway that does not run will begin with the file."""
        if not runs(self._home.docker, self._container):
            return True
        return self._runtime.certificate() in (None, tls.parse(text).serial)

    def _serve(self, text: Secret) -> None:
        if self._is_served(text.reveal()):
            return
        try:
            self._runtime.serve_certificate(text.reveal())
        except GatewayFailed:
            self._runtime.reload()  # too long for a command: HAProxy reads the file, which loses no request either

    # ------------------------------------------------------ our own authority

    def _wanted(self) -> Secret:
        if not self.is_own:
            return self._given()
        key, root = self._authority()
        text = self._folder.certificate()
        return Secret(text) if self._is_valid(text, root) else tls.leaf_of(key, root, self._names(), _now())

    def _is_valid(self, text: str, root: str) -> bool:
        if not text or not root:
            return False
        leaf, authority = tls.parse(text), tls.parse(root)
        is_due = leaf.is_due(_now()) or authority.left(_now()) < tls.LEAF_LIFE
        return leaf.issuer == authority.subject and not is_due and not leaf.lacks(self._names())

    def _names(self) -> tuple[str, ...]:
        """The domain, what stands below it, the server's address, and the host of every route."""
        base = self._base
        below = [f"*.{base.domain}"] if "." in base.domain else []
        registry = [base.host_of("registry")] if base.registry_lan else []
        address = [] if ipaddress.ip_address(base.address).is_unspecified else [base.address]
        fixed = [base.domain, *below, *registry, *address]
        return (*fixed, *sorted(hosts(self._folder.read()) - set(fixed)))

    def _authority(self) -> tuple[Secret, str]:
        """The key and the root certificate, made at their first use. A new certificate keeps the key."""
        key = self._authority_key()
        root = self._folder.certificate(ROOT)
        found = tls.parse(root) if root else None
        if found is None or found.subject != tls.identifier_of(key) or found.left(_now()) < tls.LEAF_LIFE:
            root = tls.root_of(key, f"homeport {self._base.instance} {self._base.id[:8]}", _now())
            self._folder.write_certificate(root, ROOT)
        return key, root

    def _authority_key(self) -> Secret:
        if AUTHORITY_KEY not in self._secrets.list(SCOPE):
            self._secrets.set(SCOPE, AUTHORITY_KEY, tls.new_key())
        return self._secrets.get(SCOPE, AUTHORITY_KEY)

    # ----------------------------------------------------- the owner's files

    def _given(self) -> Secret:
        certificate, key = self._file(self._base.certificate), self._file(self._base.key)
        try:
            text = tls.joined(certificate, Secret(key))
        except ValueError as error:
            raise self._refused(f"The certificate {self._base.certificate} {error}.") from error
        if tls.parse(text.reveal()).left(_now()) < timedelta(0):
            ended = tls.parse(text.reveal()).ends
            raise self._refused(f"The certificate {self._base.certificate} ended on {ended:%d %B %Y}.")
        return text

    def _file(self, path: str) -> str:
        try:
            return self._home.host.files.read(path).decode(errors="replace")
        except FileNotFoundError as error:
            raise self._refused(f"{path} is not there on {self._home.called}.") from error
        except (HomeportError, OSError) as error:
            raise self._refused(f"{path} cannot be read on {self._home.called}: {error}.") from error

    def _refused(self, message: str) -> Refused:
        return Refused(message, next_step="Put it right, or change gateway.tls in homeport.base.yaml.")


def _now() -> datetime:
    return datetime.now(UTC)
