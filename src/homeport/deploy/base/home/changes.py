"""From the base that stands to another one: what cannot be done in place, and what a person should know before."""

from collections.abc import Container, Iterator

from homeport.errors import Refused
from homeport.home import network, subnets, volume
from homeport.home.base import Base
from homeport.home.container.running import applications
from homeport.home.home import Home
from homeport.home.network import Network

BACKUP_VOLUME = "registry-backup"


def check_in_place(home: Home, standing: Base | None, base: Base, named: Container[str]) -> None:
    """Raises Refused for what cannot be changed while what stands is there, and for a subnet that cannot be had.

    `named` are the networks whose subnets the owner gave: the others' were free when they were chosen, and who takes
    one in this moment is found when the network is made.

    The engine is asked, because the record of what stands may have been lost; asked later, it would say so when
    something is gone already.
    """
    if standing is not None:
        _same_major(home, standing, base)
    _same_backup(home, base)
    for name in ("edge", "data"):
        present, wanted = network.look(home, name), str(getattr(base, name))
        if present is None or present.subnet != wanted:
            _without_applications(home, name, present, wanted)
            if name in named:
                _free(home, name, present, wanted)


def told(standing: Base, base: Base) -> Iterator[str]:
    """What changes without Terraform, or means more than its plan says; clauses."""
    if base.domain != standing.domain:
        yield (
            f"the domain {standing.domain} becomes {base.domain}: an application without hosts of its own moves there "
            "with its next `homeport up`, and answers on its old name until then"
        )
    if _https(base) != _https(standing):
        yield f"{_https(standing)} becomes {_https(base)}"
    if base.backup != standing.backup:
        before = f": what lies at {standing.backup} stays there and is not moved" if standing.backup else ""
        yield f"the second volume of the registry begins at {base.backup or 'a place of the engine'}{before}"


def _https(base: Base) -> str:
    given = f"HTTPS by the certificate {base.certificate}"
    return {"": "HTTP only", "own": "HTTPS by the server's own authority", "given": given}[base.tls]


def _same_major(home: Home, standing: Base, base: Base) -> None:
    if base.postgres != standing.postgres:
        raise Refused(
            f"The cluster of {home.called} is Postgres {standing.postgres} and cannot become {base.postgres} in place.",
            next_step=f"Set database.postgres: {standing.postgres} in homeport.base.yaml.",
        )


def _same_backup(home: Home, base: Base) -> None:
    """Data in the engine's own place would go with the volume; an empty one, or a path of the owner's, may change."""
    present = volume.look(home, BACKUP_VOLUME)
    if present is None or present.path == base.backup or not volume.holds_data(home, BACKUP_VOLUME, present):
        return
    name = volume.name_of(home, BACKUP_VOLUME)
    raise Refused(
        f"The second volume of the registry holds copies at {present.mountpoint}; homeport does not move them to "
        f"{base.backup}.",
        next_step="Take registry.backup out of homeport.base.yaml. Or copy them there yourself, remove the volume:\n"
        f"  docker rm -f {home.instance}-registry && docker volume rm {name}\nand run: homeport setup",
    )


def _without_applications(home: Home, name: str, present: Network | None, wanted: str) -> None:
    """Containers keep the addresses they were given: a network changes only when no application is on it."""
    on_it = applications(home) if present else []
    if present and on_it:
        raise Refused(
            f"Network {home.network(name)} is {present.subnet} and cannot become {wanted} "
            f"while applications are on it: {', '.join(on_it)}.",
            next_step=f"Set network.{name}: {present.subnet} in homeport.base.yaml. Or take each application off first "
            f"(homeport down {on_it[0].partition('.')[2]}; its data stays), run homeport setup, then homeport up.",
        )


def _free(home: Home, name: str, present: Network | None, wanted: str) -> None:
    """Neither a route of the server nor another network of its engine is in it; our own present one goes."""
    own = present.subnet if present else ""
    others = [str(other) for other in subnets.taken(home) if str(other) != own and not subnets.is_free(wanted, [other])]
    if others:
        raise Refused(
            f"Network {name} cannot be {wanted}: {home.called} has {others[0]} already, as a route or a network.",
            next_step=f"Choose another in homeport.base.yaml: network.{name}",
        )
