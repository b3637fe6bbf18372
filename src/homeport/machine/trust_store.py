"""Certificates that this machine trusts: where one is put, and how it is taken away.

Source: Debian, update-ca-certificates(8); Fedora, update-ca-trust(8); macOS, security(1).
"""

import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from homeport.errors import Refused
from homeport.machine.here import as_root, run

KEYCHAIN = "/Library/Keychains/System.keychain"
PURPOSE = "Changing what this machine trusts"
Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrustStore:
    """A system's way: the folder that certificates are put into (none for a keychain), and the commands around it.

    In the commands, FILE stands for a file with the certificate.
    """

    folder: Path | None
    install: tuple[Command, ...]
    remove: tuple[Command, ...]

    def file(self, name: str) -> Path | None:
        return self.folder / f"{name}.crt" if self.folder else None

    def has(self, name: str, certificate: str) -> bool:
        """Whether the certificate is there; a keychain is not asked."""
        file = self.file(name)
        return file is not None and file.is_file() and file.read_text(errors="replace") == certificate


DEBIAN = TrustStore(
    Path("/usr/local/share/ca-certificates"),
    install=(("update-ca-certificates",),),
    remove=(("update-ca-certificates", "--fresh"),),
)
FEDORA = TrustStore(
    Path("/etc/pki/ca-trust/source/anchors"), install=(("update-ca-trust",),), remove=(("update-ca-trust",),)
)
MACOS = TrustStore(
    None,
    install=(("security", "add-trusted-cert", "-d", "-r", "trustRoot", "-k", KEYCHAIN, "FILE"),),
    remove=(("security", "remove-trusted-cert", "-d", "FILE"),),
)


def trust_store() -> TrustStore:
    """This machine's. Raises Refused for a system that we do not know."""
    if platform.system() == "Darwin":
        return MACOS
    for store in (DEBIAN, FEDORA):
        if shutil.which(store.install[0][0], path="/usr/sbin:/usr/bin:/sbin:/bin"):
            return store
    raise Refused(
        "How this system is told to trust a certificate is not known here: it is no Debian, Fedora or macOS.",
        next_step="Print it and put it where the system wants it: homeport trust",
    )


def install_commands(store: TrustStore, name: str, file: str) -> tuple[Command, ...]:
    """The commands that make this machine trust the certificate in `file`, as they have to be typed here."""
    target = store.file(name)
    copy: tuple[Command, ...] = (("install", "-D", "-m", "644", file, str(target)),) if target else ()
    return _as_root((*copy, *store.install), file)


def remove_commands(store: TrustStore, name: str, file: str) -> tuple[Command, ...]:
    """The commands that undo it."""
    target = store.file(name)
    remove: tuple[Command, ...] = (("rm", "-f", str(target)),) if target else ()
    return _as_root((*remove, *store.remove), file)


def _as_root(commands: tuple[Command, ...], file: str) -> tuple[Command, ...]:
    named = (tuple(file if word == "FILE" else word for word in command) for command in commands)
    return tuple(as_root(command, purpose=PURPOSE) for command in named)


@contextmanager
def certificate_file(certificate: str) -> Iterator[str]:
    """A file that holds the certificate, for as long as the context lasts."""
    with tempfile.NamedTemporaryFile("w", suffix=".crt") as file:
        file.write(certificate)
        file.flush()
        yield file.name


def run_all(commands: tuple[Command, ...]) -> None:
    """One after the other; raises HomeportError at the first that fails."""
    for command in commands:
        run(command)
