"""The base as a file for its owner: `homeport.base.yaml`. Pure."""

from homeport.home.base import Base
from homeport.manifest import default_address

TEXT = """\
# The base of a home server: made and changed by `homeport setup`, read by every application on it.
instance: {instance}
domain: {domain}                 # applications answer on <name>.{domain}
gateway:
  {address}
  http: {http}
  https: {https}
  {tls}
registry:
  port: {registry_port}                  # on the server's loopback
  {lan}
  {backup}
database:
  postgres: {postgres}
network:
  edge: {edge}
  data: {data}
"""
NO_BACKUP = "# backup: /mnt/second-disk/homeport-registry    # where the second volume lies"
NO_LAN = "# lan: 5443                  # for other machines, on the gateway's address; needs gateway.tls"
NO_ADDRESS = "# address: 127.0.0.1         # unless said: 127.0.0.1 while the domain is localhost, else 0.0.0.0"
TLS = {"": "# tls: own                   # HTTPS by the server's own authority: homeport trust", "own": "tls: own"}


def base_text(base: Base) -> str:
    """The file that makes this very base again."""
    return TEXT.format(
        instance=base.instance,
        domain=base.domain,
        address=_address(base),
        http=base.http,
        https=base.https,
        tls=TLS.get(base.tls) or f'tls: {{certificate: "{base.certificate}", key: "{base.key}"}}',
        registry_port=base.registry_port,
        lan=f"lan: {base.registry_lan}" if base.registry_lan else NO_LAN,
        backup=f"backup: {base.backup}" if base.backup else NO_BACKUP,
        postgres=base.postgres,
        edge=base.edge,
        data=base.data,
    )


def _address(base: Base) -> str:
    """A default is not written: it goes with the domain, which its owner may change."""
    return NO_ADDRESS if base.address == default_address(base.domain) else f"address: {base.address}"


def ports_text(base: Base) -> tuple[str, str]:
    """The lines of the file that set the ports the base opens."""
    https = f", https: {base.https}" if base.tls else ""
    lan = f", lan: {base.registry_lan}" if base.registry_lan else ""
    return f"gateway: {{http: {base.http}{https}}}", f"registry: {{port: {base.registry_port}{lan}}}"
