"""What kind of Linux a machine is, and which packages bring a Docker engine to it."""

import shlex
from dataclasses import dataclass

BUILDX_SINCE = {"debian": (13,), "ubuntu": (22, 4)}


@dataclass(frozen=True, slots=True)
class System:
    """From os-release(5): `debian` or another ID, what it is like, its version, and its name for people."""

    identity: str
    like: tuple[str, ...]
    version: tuple[int, ...]
    name: str

    def has_apt(self) -> bool:
        return bool({"debian", "ubuntu"} & {self.identity, *self.like})


def parse(text: str) -> System:
    """The system that an /etc/os-release describes."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    fields = {name: " ".join(shlex.split(value)) for name, value in pairs}
    version = fields.get("VERSION_ID", "")
    return System(
        identity=fields.get("ID", ""),
        like=tuple(fields.get("ID_LIKE", "").split()),
        version=tuple(int(part) for part in version.split(".") if part.isdigit()),
        name=fields.get("PRETTY_NAME", "this system"),
    )


def engine_packages(system: System) -> tuple[str, ...]:
    """Debian 12's docker.io has BuildKit and the command in it; later ones have them in packages of their own."""
    packages = ["docker.io", "iptables"]
    if system.identity == "debian" and system.version >= BUILDX_SINCE["debian"]:
        packages += ["docker-cli", "docker-buildx"]
    if system.identity == "ubuntu" and system.version >= BUILDX_SINCE["ubuntu"]:
        packages += ["docker-buildx"]
    return tuple(packages)
