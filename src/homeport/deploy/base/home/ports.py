"""The ports that a base opens on its server: those that are wanted, or the next free ones."""

from dataclasses import replace
from typing import Any

from homeport.deploy.base.home.text import ports_text
from homeport.errors import Refused
from homeport.events import Emit, Event
from homeport.home import ports
from homeport.home.base import Base
from homeport.home.home import Home

PORT_NAMES = {
    "http": "the gateway",
    "https": "its HTTPS",
    "registry_port": "the registry",
    "registry_lan": "its port on the LAN",
}


def with_free_ports(home: Home, base: Base, *, free_ports: bool, emit: Emit) -> Base:
    """The base on ports that are free, those that are taken moved to the next free ones where that is asked for."""
    wanted = opened_ports(base)
    taken = ports.taken_by_others(home, list(wanted.values()))
    if not taken:
        return base
    free = _next_free(home, wanted)
    said = "; ".join(f"port {one.port} is taken by {one.owner}" for one in taken)
    if free_ports:
        words = ", ".join(f"{PORT_NAMES[name]} takes {port}" for name, port in free.items() if port != wanted[name])
        emit(Event("ports", "", f"{said}; {words}"))
        return replace(base, **free)
    lines = "\n".join(f"  {line}" for line in ports_text(replace(base, **free)))
    raise Refused(
        f"{said[0].upper()}{said[1:]}.",
        next_step=f"Stop it, or set other ports in homeport.base.yaml, for example:\n{lines}\n"
        "Or let the next free ones be taken: homeport setup --free-ports",
    )


def opened_ports(base: Base) -> dict[str, int]:
    """The ports that the base opens on the server, by the names of its fields."""
    https = {"https": base.https} if base.tls else {}
    lan = {"registry_lan": base.registry_lan} if base.registry_lan else {}
    return {"http": base.http, **https, "registry_port": base.registry_port, **lan}


def _next_free(home: Home, wanted: dict[str, int]) -> dict[str, Any]:
    """Each port itself or the next free one; no two the same."""
    free: dict[str, Any] = {}
    for name, port in wanted.items():
        candidate = ports.next_free(home, port)
        while candidate in free.values():
            candidate = ports.next_free(home, candidate + 1)
        free[name] = candidate
    return free
