"""All drivers of one server, opened together: what the provider's resources call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from homeport import namespaces
from homeport.errors import DatabaseFailed
from homeport.events import Emit
from homeport.home import base as bases
from homeport.home import migration, registry
from homeport.home.ahead import Ahead
from homeport.home.base import Base
from homeport.home.care import BaseCare
from homeport.home.container import Containers, ContainerSpec, Kept
from homeport.home.container.running import owners
from homeport.home.gateway import Gateway, RouteKey
from homeport.home.home import Home
from homeport.home.migration import History, Migrated
from homeport.home.postgres import DatabaseFacts, DatabaseSpec, Postgres
from homeport.home.pull import pull
from homeport.home.secrets import SecretStore

if TYPE_CHECKING:
    from homeport.home.gateway.certificates import Certificates

REGISTRY_USER = "homeport"
POSTGRES_HOST = "postgres"
POSTGRES_PORT = 5432


@dataclass(frozen=True)
class Drivers:
    """The drivers of one installation. `holder` names this process in the locks it takes; `ahead` is what was asked
    before its answer is needed."""

    home: Home
    holder: str
    ahead: Ahead = field(default_factory=Ahead)

    @cached_property
    def base(self) -> Base:
        folder = self.home.folder
        return bases.required(self.home, self.ahead.take(("base", folder), lambda: bases.load(self.home.host, folder)))

    @cached_property
    def gateway(self) -> Gateway:
        port = self.base.https if self.base.tls else self.base.http
        return Gateway(self.home, gateway_of(self.home), port, self.base.address, self.certificates)

    @cached_property
    def certificates(self) -> Certificates | None:
        """The gateway's certificates; None where it serves HTTP only."""
        return self.certificates_of(self.base)

    def certificates_of(self, base: Base) -> Certificates | None:
        """Those of a base that is still to be made."""
        if not base.tls:
            return None
        from homeport.home.gateway.certificates import Certificates  # its cryptography takes 50 ms to import

        return Certificates(self.home, gateway_of(self.home), base, self.secrets)

    @cached_property
    def postgres(self) -> Postgres:
        return Postgres(self.home, f"{self.home.instance}-postgres")

    @cached_property
    def secrets(self) -> SecretStore:
        return SecretStore(self.home)

    @cached_property
    def containers(self) -> Containers:
        return Containers(
            self.home, lambda: self.gateway, self.pull, self.environment, self.outdated, self.care.of, self.holder
        )

    @property
    def care(self) -> BaseCare:
        return BaseCare(self.home, lambda: self.gateway, lambda: self.postgres)

    def spec(self, attributes: Mapping[str, Any]) -> ContainerSpec:
        """What a container resource's attributes say, with the image as the engine has it."""
        return ContainerSpec.of({**attributes, "image": self.reference(attributes["image"])})

    # -------------------------------------------------------------- images

    def reference(self, image: str) -> str:
        """A repository of the base's registry becomes a full reference; any other reference stays."""
        return f"127.0.0.1:{self.base.registry_port}/{image}" if namespaces.is_in_one(image) else image

    def pull(self, reference: str) -> None:
        """Fetch an image that the engine lacks, with the registry's password when it is the base's own."""
        own = reference.startswith("127.0.0.1:")
        login = registry.auth_config(REGISTRY_USER, self.secrets.password("base", "registry")) if own else None
        pull(self.home, reference, login)

    # ----------------------------------------------- containers and routes

    def look_container(self, name: str, attributes: Mapping[str, Any]) -> Kept | None:
        return self.ahead.take(("container", name), lambda: self.containers.look(name, self.spec(attributes)))

    def look_container_ahead(self, name: str, attributes: Mapping[str, Any]) -> None:
        self.ahead.ask(("container", name), lambda: self.containers.look(name, self.spec(attributes)))

    def look_route(self, key: RouteKey) -> str | None:
        return self.ahead.take(("route", key), lambda: self.gateway.look(key))

    def look_route_ahead(self, key: RouteKey) -> None:
        self.ahead.ask(("route", key), lambda: self.gateway.look(key))

    def route_owners(self) -> dict[RouteKey, str]:
        """Whose container answers on which route: `<application>.<target>` by route."""
        with ThreadPoolExecutor(1) as pool:  # each is a way to the server and back
            asked = pool.submit(owners, self.home)
            routes, by_address = self.gateway.routes(), asked.result()
        found = {key: by_address.get((said or "").partition(":")[0]) for key, said in routes.items()}
        return {key: owner for key, owner in found.items() if owner}

    # ----------------------------------------------------------- databases

    def ensure_database(self, name: str, application: str, target: str, extensions: tuple[str, ...]) -> DatabaseSpec:
        spec = self._database(name, application, target, extensions)
        self.postgres.ensure_database(spec)
        return spec

    def look_database(
        self, name: str, application: str, target: str, extensions: tuple[str, ...]
    ) -> DatabaseFacts | None:
        spec = self._database(name, application, target, extensions)
        return self.ahead.take(("database", name), lambda: self.postgres.look(spec))

    def look_database_ahead(self, name: str, application: str, target: str, extensions: tuple[str, ...]) -> None:
        """Begin to look at a database and its history: each is a command in a container, and takes its time."""
        self.ahead.ask(
            ("database", name), lambda: self.postgres.look(self._database(name, application, target, extensions))
        )
        self.ahead.ask(("history", name), lambda: self._history(name))

    def drop_database(self, name: str, application: str, target: str) -> None:
        self.postgres.drop(name, owner_of(name), app_of(name), belongs_to=f"{application}.{target}")

    def migrate(
        self,
        database: str,
        application: str,
        target: str,
        image: str,
        placeholders: Mapping[str, str],
        *,
        stopped: Callable[[], bool],
        emit: Emit,
    ) -> Migrated:
        """Run Flyway once."""
        reference = self.reference(image)
        self.containers.ensure_image(reference)
        return migration.migrate(
            self.home,
            name=f"{self.home.instance}-{target}-{application}-migrations",
            database=database,
            image=reference,
            owner=owner_of(database),
            password=self.secrets.password("databases", owner_of(database)),
            placeholders={**placeholders, "homeport_app": app_of(database)},
            labels=self.home.labels(application=application, target=target, service="migrations"),
            stopped=stopped,
            emit=emit,
        )

    def history(self, database: str, application: str, target: str) -> History | None:
        """What Flyway has run there; None when the database is gone."""
        try:
            return self.ahead.take(("history", database), lambda: self._history(database))
        except DatabaseFailed:
            if self.postgres.look(self._database(database, application, target, ())) is None:
                return None
            raise

    def _history(self, database: str) -> History:
        return migration.history(self.postgres, database, owner_of(database))

    def _database(self, name: str, application: str, target: str, extensions: tuple[str, ...]) -> DatabaseSpec:
        return DatabaseSpec(
            name=name,
            owner=owner_of(name),
            app=app_of(name),
            extensions=extensions,
            belongs_to=f"{application}.{target}",
            owner_password=self.secrets.password("databases", owner_of(name)),
            app_password=self.secrets.password("databases", app_of(name)),
        )

    # --------------------------------------------------------- environment

    def environment(self, spec: ContainerSpec) -> dict[str, str]:
        """All variables of a container. The one place where secrets leave the server's store."""
        environment = dict(spec.environment)
        if spec.database:
            environment |= self.connection(spec.database)
        for name in spec.secrets:
            environment[name] = self.secrets.get(f"{spec.application}.{spec.target}", name).reveal()
        return environment

    def outdated(self, spec: ContainerSpec) -> set[str]:
        """Secrets of a spec that have another version in the store by now: what a container has is no drift."""
        present = self.secrets.list(f"{spec.application}.{spec.target}") if spec.secrets else {}
        return {name for name, version in spec.secrets.items() if str(present.get(name)) != version}

    def connection(self, database: str, host: str = POSTGRES_HOST, port: int = POSTGRES_PORT) -> dict[str, str]:
        """The variables by which the services' role reaches a database; `host` and `port` as seen from them."""
        user = app_of(database)
        password = self.secrets.password("databases", user).reveal()
        return {
            "DATABASE_URL": f"postgresql://{user}:{password}@{host}:{port}/{database}",
            "PGHOST": host,
            "PGPORT": str(port),
            "PGDATABASE": database,
            "PGUSER": user,
            "PGPASSWORD": password,
        }


def gateway_of(home: Home) -> str:
    """The engine's name of the gateway's container."""
    return f"{home.instance}-gateway"


def owner_of(database: str) -> str:
    """The role that owns a database and runs its migrations."""
    return f"{database}_owner"


def app_of(database: str) -> str:
    """The role that an application's services have in its database."""
    return f"{database}_app"
