"""Finding containers of ours, and comparing one with its spec."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from docker.errors import ImageNotFound, NotFound

from homeport.home.container.address import address_on
from homeport.home.container.engine_arguments import differences
from homeport.home.container.spec import ContainerSpec
from homeport.home.home import Home

Inspection = dict[str, Any]
Environment = Callable[[ContainerSpec], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Finder:
    """Asks the engine. `environment` gives all variables of a spec, its secrets and its database included; `outdated`
    names secrets of a spec that were set anew or removed since."""

    home: Home
    environment: Environment
    outdated: Callable[[ContainerSpec], set[str]]

    def ours(self, **labels: str) -> list[Inspection]:
        """The engine's list of the installation's containers with these labels, stopped ones too."""
        wanted = [f"homeport.instance={self.home.instance}"]
        wanted += [f"homeport.{key}={value}" for key, value in labels.items()]
        listed: list[Inspection] = self.home.docker.containers(all=True, filters={"label": wanted})
        return listed

    def inspect(self, name: str) -> Inspection | None:
        """The engine's inspection; None when there is no such container."""
        try:
            found: Inspection = self.home.docker.inspect_container(name)
        except NotFound:
            return None
        return found

    def image(self, reference: str) -> Inspection | None:
        """The engine's inspection of an image; None when the engine lacks it."""
        try:
            found: Inspection = self.home.docker.inspect_image(reference)  # type: ignore[no-untyped-call]
        except ImageNotFound:
            return None
        return found

    def differences(self, spec: ContainerSpec, found: Mapping[str, Any]) -> list[str]:
        """What is not as the spec says, in words. A secret that was set anew, or removed, is not asked for: what runs
        has the value of then, and must still be found and taken down."""
        outdated = self.outdated(spec)
        present = {name: version for name, version in spec.secrets.items() if name not in outdated}
        return differences(
            spec,
            found,
            environment=self.environment(replace(spec, secrets=present)),
            ignored=outdated,
            image=self.image(spec.image),
            binds=self.binds(spec),
            networks=[self.home.network(network) for network in spec.networks],
        )

    def binds(self, spec: ContainerSpec) -> list[str]:
        """The spec's mounts in the engine's form."""
        files = [f"{source}:{path}:ro" for source, path, _ in self.files(spec)]
        return [_bind(mount, self.home.instance) for mount in spec.mounts] + files

    def files(self, spec: ContainerSpec) -> list[tuple[str, str, str]]:
        """The spec's files: where each is kept on the server (under the configuration's hash), its path in the
        container, its content."""
        folder = self.home.path("files", f"{spec.service}-{spec.config()[:16]}")
        return [(f"{folder}/{index}", path, text) for index, (path, text) in enumerate(sorted(spec.files.items()))]

    def write_files(self, spec: ContainerSpec) -> None:
        for source, _, text in self.files(spec):
            self.home.host.files.write(source, text.encode(), mode=0o644)

    def ip(self, found: Inspection) -> str:
        """The address at which the host reaches it: on the edge network, else on any."""
        networks = found["NetworkSettings"]["Networks"]
        edge = self.home.network("edge")
        return address_on(found, edge if edge in networks else next(iter(networks), ""))

    def address(self, found: Inspection, spec: ContainerSpec) -> str:
        """`ip:port` on the edge network; empty without either."""
        ip = address_on(found, self.home.network("edge"))
        return f"{ip}:{spec.port}" if ip and spec.port else ""


def _bind(mount: str, instance: str) -> str:
    """Compose's short form: a path of the server, or the name of a volume of ours."""
    return mount if mount.startswith("/") else f"{instance}-{mount}"
