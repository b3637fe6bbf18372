"""`homeport_container`: a container of the base or of an application."""

from collections.abc import Iterable
from typing import ClassVar

from tf.schema import Attribute
from tf.types import Bool, List, Map, Number, String, TfType

from homeport.home.container import Kept
from homeport.provider.home_resource import HomeResource
from homeport.provider.resource import State


def _fixed(name: str, kind: TfType, description: str, *, required: bool = False) -> Attribute:
    """An attribute that a running container cannot change: another value is another container."""
    return Attribute(
        name, kind, required=required, optional=not required, requires_replace=True, description=description
    )


class ContainerResource(HomeResource):
    noun = "container"
    attributes: ClassVar[list[Attribute]] = [
        _fixed("service", String(), "What it is called in its application, or in the base.", required=True),
        _fixed(
            "image",
            String(),
            "`api/notes-api@sha256:…` (a namespace of the base's registry), or any reference.",
            required=True,
        ),
        _fixed("application", String(), "The application; none for a container of the base."),
        _fixed("target", String(), "The target of the application."),
        _fixed("command", List(String()), "Instead of the image's own."),
        _fixed("user", String(), "`uid` or `uid:gid`, instead of the image's own."),
        _fixed("environment", Map(String()), "Variables; no secrets."),
        _fixed("secrets", Map(String()), "Names of secrets in the server's store, with their versions."),
        _fixed("database", String(), "The database whose app role it gets, as DATABASE_URL and PG…."),
        _fixed("networks", List(String()), "`edge`, `data`; the first is the one it answers on."),
        _fixed("ip", String(), "Its address on the first network; chosen and kept without it."),
        _fixed("aliases", List(String()), "Further names on its networks."),
        _fixed("port", Number(), "The port it listens on; none for a worker."),
        _fixed(
            "healthcheck",
            String(),
            "The path that answers 2xx or 3xx when it is ready; without it the port must accept.",
        ),
        _fixed("start_period", Number(), "Seconds it has to become healthy; 60."),
        _fixed("mounts", List(String()), "`volume:/path[:ro]` or `/folder/of/the/server:/path[:ro]`."),
        _fixed("files", Map(String()), "Path in the container to content, read-only."),
        _fixed("publish", List(String()), "`address:port:container port`; applications have no need of it."),
        _fixed("cpus", Number(), "A limit in CPUs; 0.5."),
        _fixed("memory", Number(), "A limit in bytes; 512 MiB."),
        _fixed("read_only", Bool(), "Whether its root is read-only; true."),
        _fixed("tmpfs", List(String()), "Folders in memory beside /tmp."),
        _fixed("cap_add", List(String()), "Capabilities it keeps; none."),
        Attribute("name", String(), computed=True, description="The engine's name of the container."),
        Attribute(
            "address",
            String(),
            computed=True,
            description="`ip:port` on the edge network; empty without a port.",
        ),
        Attribute("changed", String(), computed=True, description="What was changed in it by hand; empty."),
    ]

    def make(self, planned: State) -> State:
        spec = self.drivers.spec(planned)
        may_adopt = spec.service not in self.provider.renewed
        kept = self.drivers.containers.create(spec, stopped=self.stopped, emit=self.provider.emit, may_adopt=may_adopt)
        return planned | _computed(kept)

    def look(self, current: State) -> State | None:
        kept = self.drivers.look_container(current["name"], current)
        return current | _computed(kept) if kept else None

    def remove(self, current: State) -> None:
        self.drivers.containers.remove(
            current["name"], self.drivers.spec(current), stopped=self.stopped, emit=self.provider.emit
        )

    def changes_in_place(self, current: State, planned: State) -> bool:
        """A container of the base is replaced in one step, so that it is away as shortly as can be. Not when it gets
        another address: then its network is made anew, and nothing may be on the old one."""
        same = all(current[name] == planned[name] for name in ("service", "networks"))
        stays = planned["ip"] in (None, current["ip"])
        return not current["application"] and not planned["application"] and same and stays

    def change(self, current: State, planned: State) -> State:
        kept = self.drivers.containers.replace(
            current["name"], self.drivers.spec(planned), stopped=self.stopped, emit=self.provider.emit
        )
        return planned | _computed(kept)

    def recomputed(self, current: State, changed: set[str]) -> Iterable[str]:
        """Without a fixed address another container has another one."""
        is_made_anew = bool(changed or current["changed"])
        return ("address",) if changed & {"port", "ip"} or (is_made_anew and not current["ip"]) else ()

    def replaced_by_drift(self, current: State) -> list[str]:
        return ["changed"] if current["changed"] else []

    def subject(self, state: State) -> str:
        return str(state["service"])


def _computed(kept: Kept) -> State:
    return {"name": kept.name, "address": kept.address, "changed": ", ".join(kept.changed)}
