"""Where the dev database of an application lives on this machine: an installation of its own, without a base.

It has the names, the network, the store of passwords and the drivers of any installation, so whatever is done to a
database of a release is done to this one by the same code.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from homeport.errors import SubnetTaken
from homeport.events import Emit, Event
from homeport.home import network, ports, subnets, volume
from homeport.home.container import ContainerSpec
from homeport.home.drivers import Drivers
from homeport.home.engine import engine
from homeport.home.home import Home
from homeport.host import Host
from homeport.manifest import Manifest
from homeport.terraform.workspace import ignore_in_git

TARGET = "dev"
FOLDER = "dev.database"  # beside the targets' own folders: no target can have a name with a dot
FIRST_PORT = 15432
PORTS = 4000
DATA = "postgres"
MEMORY = 512 * 1024 * 1024
LOOKS = 3  # for a free subnet, where somebody was quicker


@dataclass(frozen=True, slots=True)
class Place:
    """The installation, and what is remembered of it from one run to the next."""

    drivers: Drivers

    @classmethod
    def of(cls, manifest: Manifest, folder: Path, host: Host, holder: str) -> "Place":
        """That of the application in `folder`: two clones of one repository have one each, as their migrations differ.

        Raises HostUnreachable without an engine.
        """
        derived = folder.resolve() / ".homeport"
        host.files.make_folder(str(derived))
        ignore_in_git(derived)
        clone = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:6]
        name = f"homeport-{TARGET}-{manifest.name}-{clone}"
        return cls(Drivers(Home(host, name, str(derived / FOLDER), engine(host)), holder))

    @property
    def home(self) -> Home:
        return self.drivers.home

    @property
    def container(self) -> str:
        return self.drivers.postgres.container

    def ensure_network(self) -> None:
        """Not an internal one, as a release's: nothing could be published from it."""
        for looks_left in reversed(range(LOOKS)):
            if network.look(self.home, "data") is not None:
                return
            subnet = subnets.choose(subnets.taken(self.home), instance=self.home.instance)
            try:
                network.ensure(self.home, "data", subnet, internal=False)
            except SubnetTaken:
                if not looks_left:
                    raise

    def ensure_volume(self) -> None:
        volume.ensure(self.home, DATA, "")

    def publishes(self, port: int) -> bool:
        """Whether the container runs with this port."""
        found = self.drivers.containers.finder.inspect(self.container)
        return found is not None and found["HostConfig"]["PortBindings"] == {
            "5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]
        }

    def port(self, emit: Emit) -> int:
        """The one of last time; another only where that is taken, and it is said by whom."""
        wanted = int(self.recall("port") or self._first_port())
        port = ports.next_free(self.home, wanted)
        if port != wanted:
            owner = ports.taken_by_others(self.home, [wanted])[0].owner
            emit(Event("port", "", f"{wanted} is taken by {owner}: the database is on {port} from now on", "warning"))
        self.remember("port", str(port))
        return port

    def postgres(self, image: str, port: int) -> ContainerSpec:
        """The container, as the base has its own; published on the loopback only."""
        return ContainerSpec(
            service="postgres",
            image=image,
            user="999:999",
            networks=("data",),
            aliases=("postgres",),
            environment={
                "POSTGRES_PASSWORD": self.drivers.secrets.password("base", "postgres").reveal(),
                "POSTGRES_INITDB_ARGS": "--auth-host=scram-sha-256 --locale-provider=builtin --builtin-locale=C.UTF-8",
                "PGDATA": "/var/lib/postgresql/data",
            },
            mounts=(f"{DATA}:/var/lib/postgresql/data",),
            publish=(f"127.0.0.1:{port}:5432",),
            cpus=2,
            memory=MEMORY,
            tmpfs=("/var/run/postgresql",),
        )

    def recall(self, name: str) -> str:
        """What was remembered under the name; empty the first time."""
        try:
            return self.home.host.files.read(self.home.path(name)).decode()
        except FileNotFoundError:
            return ""

    def remember(self, name: str, text: str) -> None:
        if self.recall(name) != text:
            self.home.host.files.write(self.home.path(name), text.encode())

    def _first_port(self) -> int:
        """Each place begins to look elsewhere, so that a lost record seldom means another port."""
        return FIRST_PORT + int(hashlib.sha256(self.home.instance.encode()).hexdigest(), 16) % PORTS
