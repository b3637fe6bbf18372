"""The base as a file for its owner: `homeport.base.yaml`. Pure."""

from homeport.home.base import Base

TEXT = """\
# The base of a home server: made and changed by `homeport setup`, read by every application on it.
instance: {instance}
domain: {domain}                 # applications answer on <name>.{domain}
gateway:
  address: {address}
  http: {http}
  https: {https}
registry:
  port: {registry_port}                  # on the server's loopback
  {backup}
database:
  postgres: {postgres}
network:
  edge: {edge}
  data: {data}
"""
NO_BACKUP = "# backup: /mnt/second-disk/homeport-registry    # where the second volume lies"


def base_text(base: Base) -> str:
    """The file that makes this very base again."""
    return TEXT.format(
        instance=base.instance,
        domain=base.domain,
        address=base.address,
        http=base.http,
        https=base.https,
        registry_port=base.registry_port,
        backup=f"backup: {base.backup}" if base.backup else NO_BACKUP,
        postgres=base.postgres,
        edge=base.edge,
        data=base.data,
    )
