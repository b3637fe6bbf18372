"""What the base of a server shall be: what stands, what the owner's file wants, and what is free there."""

import uuid
from dataclasses import replace
from typing import Any

from homeport import __version__
from homeport.errors import Refused
from homeport.events import Emit, Event
from homeport.home import network, ports, subnets
from homeport.home.base import Base
from homeport.home.home import Home
from homeport.machine import ServiceImages
from homeport.manifest import BaseFile

SERVICE_IMAGES = ("registry", "postgres", "gateway", "flyway")


def decide(
    home: Home,
    standing: Base | None,
    wanted: BaseFile | None,
    *,
    free_ports: bool,
    emit: Emit,
) -> Base:
    """The base to be made. Without a file what stands is kept; the first time, the defaults are taken.

    Raises Refused for what cannot be: another Postgres major in place, a port that is taken.
    """
    if standing is None:
        base = replace(_first(home), **_settings(wanted or BaseFile()))
    else:
        base = replace(standing, **(_settings(wanted) if wanted else {}))
    _same_major(home, standing, base)
    return _with_free_ports(home, _with_networks(home, base, wanted), free_ports=free_ports, emit=emit)


def with_images(base: Base, images: ServiceImages) -> Base:
    """The base with this homeport's service images: decided last, because they may have to be built."""
    return replace(
        base,
        homeport=__version__,
        image_source=images.source,
        images={name: getattr(images, name) for name in SERVICE_IMAGES},
        substitutes=dict(images.substitutes),
    )


def _first(home: Home) -> Base:
    """Without a setting, but on the networks that stand: the record of a base may have been lost."""
    standing = {name: found.subnet for name in ("edge", "data") if (found := network.look(home, name))}
    return Base(
        id=uuid.uuid4().hex,
        instance=home.instance,
        domain="",
        address="",
        http=0,
        https=0,
        registry_port=0,
        backup="",
        postgres=0,
        edge=standing.get("edge", ""),
        data=standing.get("data", ""),
        image_source=None,
    )


def _settings(wanted: BaseFile) -> dict[str, Any]:
    """The settings of the owner's file; networks only where it names them."""
    networks = {name: str(cidr) for name in ("edge", "data") if (cidr := getattr(wanted.network, name))}
    return {
        "domain": wanted.domain,
        "address": wanted.listen_address(),
        "http": wanted.gateway.http,
        "https": wanted.gateway.https,
        "registry_port": wanted.registry.port,
        "backup": wanted.registry.backup or "",
        "postgres": wanted.database.postgres,
        **networks,
    }


def _same_major(home: Home, standing: Base | None, base: Base) -> None:
    if standing is not None and base.postgres != standing.postgres:
        raise Refused(
            f"The cluster of {home.called} is Postgres {standing.postgres} and cannot become {base.postgres} in place.",
            next_step=f"Set database.postgres: {standing.postgres} in homeport.base.yaml.",
        )


def _with_networks(home: Home, base: Base, wanted: BaseFile | None) -> Base:
    """The two subnets: those that the file names, those that stand, and free ones for the rest.

    One that was chosen before and never made is chosen anew where another has taken it since.
    """
    chosen = {name: getattr(base, name) for name in ("edge", "data")}
    unsettled = [name for name in chosen if not _is_settled(home, name, base, wanted)]
    taken = subnets.taken(home) if unsettled else []
    for name in unsettled:
        if not chosen[name] or not subnets.is_free(chosen[name], taken):
            chosen[name] = subnets.choose(taken, instance=home.instance)
        taken.append(subnets.Network(chosen[name]))
    return replace(base, **chosen)


def _is_settled(home: Home, name: str, base: Base, wanted: BaseFile | None) -> bool:
    named = wanted is not None and getattr(wanted.network, name)
    return bool(named) or (getattr(base, name) != "" and network.look(home, name) is not None)


def _with_free_ports(home: Home, base: Base, *, free_ports: bool, emit: Emit) -> Base:
    taken = ports.taken_by_others(home, [base.http, base.registry_port])
    if not taken:
        return base
    http, registry_port = ports.next_free(home, base.http), ports.next_free(home, base.registry_port)
    said = "; ".join(f"port {one.port} is taken by {one.owner}" for one in taken)
    if free_ports:
        emit(Event("ports", "", f"{said}; the gateway takes {http}, the registry {registry_port}"))
        return replace(base, http=http, registry_port=registry_port)
    raise Refused(
        f"{said[0].upper()}{said[1:]}.",
        next_step="Stop it, or set other ports in homeport.base.yaml, for example:\n"
        f"  gateway: {{http: {http}}}\n  registry: {{port: {registry_port}}}\n"
        "Or let the next free ones be taken: homeport setup --free-ports",
    )
