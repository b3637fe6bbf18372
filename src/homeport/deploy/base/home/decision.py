"""What the base of a server shall be: what stands, what the owner's file wants, and what is free there."""

import uuid
from collections.abc import Container
from dataclasses import replace
from typing import Any

from homeport import __version__
from homeport.deploy.base.home.changes import check_in_place
from homeport.deploy.base.home.ports import opened_ports, with_free_ports
from homeport.events import Emit
from homeport.home import network, subnets
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
    """The base to be made. Without a file, or by one of AWS alone, what stands is kept; the first time, the defaults
    are taken.

    Raises Refused for what cannot be: what cannot be changed in place, a port that is taken.
    """
    if standing is None:
        base = replace(_first(home), **_settings(wanted or BaseFile()))
    elif wanted is not None and wanted.is_of_a_server:
        base = replace(standing, **_settings(wanted))
    else:
        base = standing
    named = _networks(wanted)
    base = _with_networks(home, base, named)
    check_in_place(home, standing, base, named)
    return with_free_ports(home, base, free_ports=free_ports, emit=emit)


def with_images(base: Base, images: ServiceImages, front: str) -> Base:
    """The base with this homeport's service images: decided last, because they may have to be built. `front` is that
    of the front."""
    return replace(
        base,
        homeport=__version__,
        image_source=images.source,
        images={name: getattr(images, name) for name in SERVICE_IMAGES} | {"front": front},
        substitutes=dict(images.substitutes),
    )


def kept_front(standing: Base | None, base: Base) -> str:
    """The image of the front that stands; empty where the front is made, or replaced in any case.

    It is HAProxy, like the gateway's, and may stay an older one, because nobody is let in while it is replaced.
    """
    if standing is None or opened_ports(standing) != opened_ports(base) or standing.address != base.address:
        return ""
    return standing.images.get("front", "")


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
    return {
        "domain": wanted.domain,
        "address": wanted.listen_address(),
        "http": wanted.gateway.http,
        "https": wanted.gateway.https,
        **_certificate(wanted),
        "registry_port": wanted.registry.port,
        "registry_lan": wanted.registry.lan or 0,
        "backup": wanted.registry.backup or "",
        "postgres": wanted.database.postgres,
        **_networks(wanted),
    }


def _networks(wanted: BaseFile | None) -> dict[str, str]:
    """The subnets that the owner's file names, by network."""
    if wanted is None:
        return {}
    return {name: str(cidr) for name in ("edge", "data") if (cidr := getattr(wanted.network, name))}


def _certificate(wanted: BaseFile) -> dict[str, str]:
    tls = wanted.gateway.tls
    kind = "" if tls is None else "own" if tls.is_own else "given"
    return {"tls": kind, "certificate": (tls and tls.certificate) or "", "key": (tls and tls.key) or ""}


def _with_networks(home: Home, base: Base, named: Container[str]) -> Base:
    """The two subnets: those that the file names, those that stand, and free ones for the rest.

    One that was chosen before and never made is chosen anew where another has taken it since.
    """
    chosen = {name: getattr(base, name) for name in ("edge", "data")}
    unsettled = [name for name in chosen if not _is_settled(home, name, base, named)]
    settled = [subnets.Network(subnet) for name, subnet in chosen.items() if name not in unsettled]
    taken = [*subnets.taken(home), *settled] if unsettled else []
    for name in unsettled:
        if not chosen[name] or not subnets.is_free(chosen[name], taken):
            chosen[name] = subnets.choose(taken, instance=home.instance)
        taken.append(subnets.Network(chosen[name]))
    return replace(base, **chosen)


def _is_settled(home: Home, name: str, base: Base, named: Container[str]) -> bool:
    return name in named or (getattr(base, name) != "" and network.look(home, name) is not None)
