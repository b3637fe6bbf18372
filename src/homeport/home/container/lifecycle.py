"""Making, finding, keeping and removing containers.

The rules are those that a release needs to survive a kill at any moment: a candidate that did not become healthy is
removed; one that already runs and carries the same configuration is adopted by giving it a new name, so that the
object which had the old name finds nothing and removes nothing; a container that serves is never removed.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from docker.errors import APIError, ImageNotFound, NotFound

from homeport.errors import CandidateFailed, HomeportError, Refused
from homeport.events import Emit, Event
from homeport.home.container.address import address_on, free_address
from homeport.home.container.engine_arguments import (
    create_arguments,
    differences,
    host_arguments,
    host_config,
)
from homeport.home.container.health import wait_until_healthy
from homeport.home.container.spec import ContainerSpec
from homeport.home.gateway import Gateway, Serving, never
from homeport.home.home import Home

ADDRESS_WAIT = timedelta(seconds=60)
STOP_SECONDS = 10
CANDIDATE_STOP_SECONDS = 2  # it served nobody, and a person waits
RESTART: Any = {"Name": "unless-stopped"}
DRAIN = timedelta(seconds=60)
LEAVING = "-leaving"  # how the name of a container ends that is being stopped

Pull = Callable[[str], None]
Environment = Callable[[ContainerSpec], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A container that is there: its name, its fixed address (empty without the edge network), and what was changed
    in it by hand, in words."""

    name: str
    address: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Containers:
    """The containers of one installation. `pull` fetches an image that the engine lacks; `environment` gives all
    variables of a spec, its secrets and its database included; `outdated` names secrets of a spec that were set anew
    since; `gateway` opens what says which containers serve (there is none yet while the base is made)."""

    home: Home
    gateway: Callable[[], Gateway]
    pull: Pull
    environment: Environment
    outdated: Callable[[ContainerSpec], set[str]]
    holder: str

    def create(self, spec: ContainerSpec, *, stopped: Callable[[], bool], emit: Emit) -> Kept:
        """A healthy container of the spec: adopted if one runs already, else new.

        Raises CandidateFailed, RegistryFailed or Interrupted; then nothing of the attempt is left, unless it serves.
        """
        self.ensure_image(spec.image)
        name = spec.new_name(self.home.instance)
        found = self._adoptable(spec)
        if found is not None:
            adopted = found["Name"].lstrip("/")
            if adopted != name:
                self.home.docker.rename(adopted, name)
            emit(Event("container", spec.service, "adopted the one that runs already"))
        else:
            self._make(spec, name)
            self._start(spec, name)
            emit(Event("container", spec.service, "started", "start"))
        return self._healthy(spec, name, stopped, emit)

    def look(self, name: str, spec: ContainerSpec) -> Kept | None:
        """The container as it is now; None when it is gone or does not run."""
        found = self._inspect(name)
        if found is None or not found["State"]["Running"]:
            return None
        return Kept(name, self._address(found, spec), tuple(self._differences(spec, found)))

    def remove(self, name: str, spec: ContainerSpec, *, stopped: Callable[[], bool], emit: Emit) -> None:
        """Stop and remove; no error if it is gone.

        Raises Refused when the gateway sends requests to it; one that is still being drained is waited for.
        """
        found = self._inspect(name)
        if found is None:
            return
        address = self._address(found, spec)
        if address and not spec.is_base:
            self._wait_until_unused(spec.service, address, stopped)
        self._stop_and_remove(name if spec.is_base else self._give_up(name))
        emit(Event("container", spec.service, f"removed {name}"))

    def present(self, application: str, target: str) -> frozenset[str]:
        """The engine's ids of the application's containers, whatever they are called."""
        return frozenset(container["Id"] for container in self._ours(application=application, target=target))

    def sweep(self, application: str, target: str, kept: Iterable[str], emit: Emit) -> None:
        """Remove the application's containers to which no route leads, but for `kept` (names or ids)."""
        wanted = set(kept)
        for container in self._ours(application=application, target=target):
            name = container["Names"][0].lstrip("/")
            address = address_on(container, self.home.network("edge"))
            if wanted & {name, container["Id"]} or (address and self._serves(address)):
                continue
            if address:
                self.gateway().retire(address)
            self._stop_and_remove(self._give_up(name))
            emit(Event("container", container["Labels"]["homeport.service"], f"removed {name}: nothing needs it"))

    def addresses(self, application: str, target: str) -> frozenset[str]:
        """The addresses of an application's containers on the edge network, of stopped ones too."""
        edge = self.home.network("edge")
        return frozenset(address_on(one, edge) for one in self._ours(application=application, target=target)) - {""}

    # ------------------------------------------------------------------ making

    def _healthy(self, spec: ContainerSpec, name: str, stopped: Callable[[], bool], emit: Emit) -> Kept:
        found = self.home.docker.inspect_container(name)
        address = self._ip(found)
        try:
            seconds = wait_until_healthy(self.home, name, spec, address, stopped)
        except HomeportError:
            if not (address and self._serves_at(address, spec)):
                self._stop_and_remove(name if spec.is_base else self._give_up(name), CANDIDATE_STOP_SECONDS)
            raise
        self.home.docker.update_container(name, restart_policy=RESTART)
        emit(Event("container", spec.service, f"healthy after {seconds:.1f} s", "done"))
        return Kept(name, self._address(self.home.docker.inspect_container(name), spec))

    def _make(self, spec: ContainerSpec, name: str) -> None:
        first, *others = (self.home.network(network) for network in spec.networks)
        binds = self._binds(spec, write=True)
        arguments = create_arguments(spec, self.environment(spec))
        if (half_made := self._inspect(name)) is not None:
            self._stop_and_remove(half_made["Id"])
        with self.home.lock("addresses", self.holder, wait=ADDRESS_WAIT):
            ip = spec.ip or (free_address(self.home) if spec.networks[0] == "edge" else None)
            endpoint = self.home.docker.create_endpoint_config(ipv4_address=ip, aliases=[*spec.aliases] or None)
            networking: Any = {first: endpoint}  # the stubs want one endpoint, the SDK takes them by network
            try:
                self.home.docker.create_container(
                    name=name,
                    labels=self.home.labels(**spec.labels()),
                    host_config=host_config(self.home.docker, host_arguments(spec, binds, first)),
                    networking_config=self.home.docker.create_networking_config(networking),
                    **arguments,
                )
            except APIError as error:
                raise _refused(spec, "be created", error) from error
        for network in others:
            self.home.docker.connect_container_to_network(name, network, aliases=[*spec.aliases] or None)

    def _start(self, spec: ContainerSpec, name: str) -> None:
        try:
            self.home.docker.start(name)
        except APIError as error:
            self._stop_and_remove(name)
            raise _refused(spec, "start", error) from error

    def _binds(self, spec: ContainerSpec, *, write: bool = False) -> list[str]:
        """Mounts in the engine's form; the spec's files are kept on the server under its configuration's hash."""
        folder = self.home.path("files", f"{spec.service}-{spec.config()[:16]}")
        binds = [_bind(mount, self.home.instance) for mount in spec.mounts]
        for index, (path, content) in enumerate(sorted(spec.files.items())):
            source = f"{folder}/{index}"
            if write:
                self.home.host.files.write(source, content.encode(), mode=0o644)
            binds.append(f"{source}:{path}:ro")
        return binds

    # ----------------------------------------------------------------- finding

    def _adoptable(self, spec: ContainerSpec) -> dict[str, Any] | None:
        """A running container that carries the spec's hash and was not changed by hand: the one that serves first."""
        candidates = []
        for listed in self._ours(**spec.labels()):
            found = self._inspect(listed["Id"])
            if found and _stays(found) and not self._differences(spec, found):
                candidates.append(found)
        return max(candidates, key=lambda found: self._serves_at(self._ip(found), spec), default=None)

    def _ours(self, **labels: str) -> list[dict[str, Any]]:
        wanted = [f"homeport.instance={self.home.instance}"]
        wanted += [f"homeport.{key}={value}" for key, value in labels.items()]
        listed: list[dict[str, Any]] = self.home.docker.containers(all=True, filters={"label": wanted})
        return listed

    def _inspect(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.home.docker.inspect_container(name)
        except NotFound:
            return None
        return found

    def _differences(self, spec: ContainerSpec, found: Mapping[str, Any]) -> list[str]:
        return differences(
            spec,
            found,
            environment=self.environment(spec),
            ignored=self.outdated(spec),
            image=self._image(spec.image),
            binds=self._binds(spec),
            networks=[self.home.network(network) for network in spec.networks],
        )

    def _ip(self, found: dict[str, Any]) -> str:
        """The address at which the host reaches it: on the edge network, else on any."""
        networks = found["NetworkSettings"]["Networks"]
        edge = self.home.network("edge")
        return address_on(found, edge if edge in networks else next(iter(networks), ""))

    def _address(self, found: dict[str, Any], spec: ContainerSpec) -> str:
        ip = address_on(found, self.home.network("edge"))
        return f"{ip}:{spec.port}" if ip and spec.port else ""

    # ------------------------------------------------------------------ images

    def _image(self, reference: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.home.docker.inspect_image(reference)  # type: ignore[no-untyped-call]
        except ImageNotFound:
            return None
        return found

    def ensure_image(self, reference: str) -> None:
        if self._image(reference) is None:
            self.pull(reference)

    # ---------------------------------------------------------------- removing

    def _serves_at(self, ip: str, spec: ContainerSpec) -> bool:
        if spec.is_base or not (ip and spec.port):
            return False
        return self.gateway().serving(f"{ip}:{spec.port}") is not Serving.NOT

    def _serves(self, ip: str) -> bool:
        """Whether a route leads to this address, on whatever port. What is in flight to another is waited for."""
        gateway = self.gateway()
        here = [address for address in gateway.serving_addresses() if address.rpartition(":")[0] == ip]
        return any(gateway.wait_until_idle(address, DRAIN, never) is Serving.READY for address in here)

    def _wait_until_unused(self, service: str, address: str, stopped: Callable[[], bool]) -> None:
        serving = self.gateway().serving(address)
        if serving is Serving.READY:
            raise Refused(
                f"{service} at {address} still serves a route and was not removed.",
                next_step="Run the same command again: the route is switched first.",
            )
        if serving is Serving.DRAINING:
            self.gateway().wait_until_idle(address, DRAIN, stopped)
        self.gateway().retire(address.rpartition(":")[0])

    def _give_up(self, name: str) -> str:
        """Its name from now on. A container that was told to stop still runs and answers for a while: whoever comes
        after a kill must not take it for one that serves.
        """
        if name.endswith(LEAVING):
            return name
        with suppress(NotFound):  # somebody else removed it meanwhile, which is what is wanted
            self.home.docker.rename(name, name + LEAVING)
        return name + LEAVING

    def _stop_and_remove(self, name: str, seconds: int = STOP_SECONDS) -> None:
        try:
            self.home.docker.stop(name, timeout=seconds)
            self.home.docker.remove_container(name, force=True, v=True)
        except NotFound:
            return  # somebody else removed it meanwhile, which is what was wanted
        except APIError as error:
            if error.status_code != 409:  # its removal is under way
                raise


def _stays(found: Mapping[str, Any]) -> bool:
    """Whether it runs and nobody has told it to stop."""
    return bool(found["State"]["Running"]) and not found["Name"].endswith(LEAVING)


def _bind(mount: str, instance: str) -> str:
    """Compose's short form: a path of the server, or the name of a volume of ours."""
    return mount if mount.startswith("/") else f"{instance}-{mount}"


def _refused(spec: ContainerSpec, what: str, error: APIError) -> CandidateFailed:
    """The engine refuses what the candidate asks for: a command that its image lacks, for example."""
    return CandidateFailed(f"The container of {spec.service} could not {what}.", detail=str(error.explanation or error))
