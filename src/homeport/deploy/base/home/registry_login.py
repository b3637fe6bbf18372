"""How another machine logs in to the registry of a base. Pure."""

from homeport.home.base import Base
from homeport.home.drivers import REGISTRY_USER

CERTIFICATES = "/etc/docker/certs.d"  # where Docker looks; source: Docker, "Verify repository client with certificates"


def host_flags(base: Base, host: str) -> str:
    """What a command of ours needs to find the base again, with a space before it; `host` is the server's address."""
    where = "" if host == "local" else f" --host {host}"
    return where if base.instance == "homeport" else f"{where} --instance {base.instance}"


def registry_login(base: Base, host: str) -> tuple[str, ...]:
    """The steps in lines; none where the registry is the server's own alone. `host` is as `host_flags` takes it."""
    if not base.registry_lan:
        return ()
    registry = f"{base.host_of('registry')}:{base.registry_lan}"
    flag = host_flags(base, host)
    folder = f"{CERTIFICATES}/{registry}"
    trust = (
        f"  sudo mkdir -p {folder}",
        f"  homeport trust{flag} | sudo tee {folder}/ca.crt",
    )
    return (
        f"The registry answers other machines on {registry}. On one of them, once:",
        *(trust if base.tls == "own" else ()),
        f"  homeport setup{flag} --show-registry-login | docker login {registry} -u {REGISTRY_USER} --password-stdin",
    )
