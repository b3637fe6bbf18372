"""Looking at containers that run: who they are, what they use, what they log."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import docker
from docker.errors import NotFound

from homeport.home.container.address import address_on
from homeport.home.container.removing import LEAVING
from homeport.home.gateway import Gateway
from homeport.home.home import Home


@dataclass(frozen=True, slots=True)
class Running:
    """A container of an application: `status` is the engine's own phrase (`Up 3 minutes`)."""

    service: str
    name: str
    image: str
    status: str


def running(home: Home, application: str, target: str) -> list[Running]:
    """The running containers of an application's target, by service."""
    wanted = [
        f"homeport.instance={home.instance}",
        f"homeport.application={application}",
        f"homeport.target={target}",
    ]
    listed = home.docker.containers(filters={"label": wanted})
    found = [_running(one) for one in listed if one["Labels"].get("homeport.service") != "migrations"]
    return sorted(found, key=lambda one: one.service)


@dataclass(frozen=True, slots=True)
class Broken:
    """A container that does not run as it should; `exit_code` is None where it runs and is not healthy."""

    service: str
    status: str
    exit_code: int | None
    log: tuple[str, ...]


def broken(home: Home, application: str, target: str, *, lines: int) -> list[Broken]:
    """The containers of an application's target that ended, end again and again, or are not healthy, by service."""
    labels = {"instance": home.instance, "application": application, "target": target}
    wanted = [f"homeport.{key}={value}" for key, value in labels.items()]
    listed = home.docker.containers(all=True, filters={"label": wanted})
    found = (_broken(home.docker, one, lines) for one in listed if _is_broken(one))
    return sorted((one for one in found if one), key=lambda one: one.service)


def _is_broken(listed: dict[str, Any]) -> bool:
    """One that is leaving ends because it should, and one of the migrations when it is done."""
    if _name(listed).endswith(LEAVING) or listed["Labels"].get("homeport.service") in (None, "migrations"):
        return False
    return listed["State"] in ("restarting", "exited", "dead") or "(unhealthy)" in listed["Status"]


def _broken(client: docker.APIClient, listed: dict[str, Any], lines: int) -> Broken | None:
    """None for one that was removed meanwhile."""
    try:
        state = client.inspect_container(listed["Id"])["State"]
        said = client.logs(listed["Id"], tail=lines).decode(errors="replace").splitlines()
    except NotFound:
        return None
    code = None if state["Running"] and not state["Restarting"] else int(state["ExitCode"])
    return Broken(listed["Labels"]["homeport.service"], listed["Status"], code, tuple(said))


def applications(home: Home) -> list[str]:
    """The applications that have containers here, stopped ones included: `<application>.<target>`, sorted."""
    wanted = [f"homeport.instance={home.instance}", "homeport.target"]
    listed = (one["Labels"] for one in home.docker.containers(all=True, filters={"label": wanted}))
    return sorted({f"{labels['homeport.application']}.{labels['homeport.target']}" for labels in listed})


def live(home: Home, gateway: Gateway, application: str, target: str, service: str) -> str:
    """The name of a service's container that works now; empty when none runs.

    While a release is under way, or after one that was cut off, there are two: a route leads to one of them; of
    workers it is the older one, which the release has not yet replaced.
    """
    labels = {"instance": home.instance, "application": application, "target": target, "service": service}
    listed = home.docker.containers(filters={"label": [f"homeport.{key}={value}" for key, value in labels.items()]})
    found = sorted((one for one in listed if not _name(one).endswith(LEAVING)), key=lambda one: int(one["Created"]))
    if len(found) > 1:
        serving = {address.rpartition(":")[0] for address in gateway.serving_addresses()}
        # One that is being drained serves, too: the newer one took over from it.
        found = [one for one in found if address_on(one, home.network("edge")) in serving][-1:] or found
    return _name(found[0]) if found else ""


def owners(home: Home) -> dict[str, str]:
    """Whose container has which address on the edge network: `<application>.<target>` by address."""
    # Every image of ours has a label with its application, so what is made of one by hand has it, too.
    listed = home.docker.containers(filters={"label": [f"homeport.instance={home.instance}", "homeport.target"]})
    edge = home.network("edge")
    return {
        address_on(one, edge): f"{one['Labels']['homeport.application']}.{one['Labels']['homeport.target']}"
        for one in listed
    }


def _running(listed: dict[str, Any]) -> Running:
    return Running(listed["Labels"]["homeport.service"], _name(listed), listed["Image"], listed["Status"])


def _name(listed: dict[str, Any]) -> str:
    return str(listed["Names"][0].lstrip("/"))


def log_lines(
    client: docker.APIClient, containers: Iterable[Running], *, lines: int, follow: bool
) -> Iterator[tuple[str, str]]:
    """The last lines of each container, then, with `follow`, every further line of all as it comes."""
    if not follow:
        for one in containers:
            text = client.logs(one.name, tail=lines).decode(errors="replace")
            yield from ((one.service, line) for line in text.splitlines())
        return
    yield from _followed(client, list(containers), lines)


def _followed(client: docker.APIClient, containers: list[Running], lines: int) -> Iterator[tuple[str, str]]:
    arrived: queue.Queue[tuple[str, str] | None] = queue.Queue()

    def read(one: Running) -> None:
        rest = b""
        for chunk in client.logs(one.name, stream=True, follow=True, tail=lines):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                arrived.put((one.service, line.decode(errors="replace")))
        arrived.put(None)

    for one in containers:
        threading.Thread(target=read, args=(one,), daemon=True).start()
    ended = 0
    while ended < len(containers):
        line = arrived.get()
        if line is None:
            ended += 1
        else:
            yield line


def images(home: Home) -> dict[str, str]:
    """The containers of the installation, stopped ones too, and the image that each was made from, by name."""
    listed = home.docker.containers(all=True, filters={"label": f"homeport.instance={home.instance}"})
    inspected = (home.docker.inspect_container(one["Id"]) for one in listed)
    return {one["Name"].lstrip("/"): one["Config"]["Image"] for one in inspected}
