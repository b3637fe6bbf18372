"""The rules of homeport.yaml that hold between several keys. Pure; `repository` looks at files."""

from collections.abc import Iterator

from homeport.manifest.manifest import NAMESPACES, Manifest
from homeport.manifest.problems import KeyPath, Problem, dotted, rule, shown
from homeport.manifest.service import Service
from homeport.manifest.site import Site

NOTHING_RUNS = rule("nothing-runs", "There is at least one of `database`, `services`, `models` and `sites`.")
NAME_TAKEN = rule("name-taken", "Names of services, models and sites are unique together.")
NAMES_TOGETHER = rule(
    "names-together",
    "The names of an application and of a target have at most 50 characters together, "
    "because Postgres cuts the names of databases and roles.",
)
ROUTE_WITHOUT_PORT = rule("route-without-port", "What has a route has a port.")
HEALTHCHECK_WITHOUT_PORT = rule("healthcheck-without-port", "What has a health check has a port.")
ROUTE_TAKEN = rule("route-taken", "A route belongs to one service, model or site.")
SECRET_IN_ENVIRONMENT = rule("secret-in-environment", "A variable is a secret or in `environment`, not both.")
DATABASE_VARIABLE = rule(
    "database-variable",
    "With a database, DATABASE_URL, PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD are set by homeport.",
)

DATABASE_VARIABLES = ("DATABASE_URL", "PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD")


def relations(manifest: Manifest) -> Iterator[Problem]:
    """Every problem between the keys of a manifest, its targets aside."""
    yield from _something_runs(manifest)
    yield from _names(manifest)
    yield from _routes(manifest)
    for section, name, part in manifest.parts():
        if isinstance(part, Service):
            yield from _without_port((section, name), part)
        yield from _variables(manifest, (section, name), part)
        yield from _build_variables((section, name), part)


def _something_runs(manifest: Manifest) -> Iterator[Problem]:
    if not manifest.database and not any(manifest.parts()):
        because = [("database",), *((section,) for section in NAMESPACES)]
        yield NOTHING_RUNS.at((), "nothing runs: add services, models, sites or a database", because=because)


def _names(manifest: Manifest) -> Iterator[Problem]:
    taken: dict[str, KeyPath] = {}
    for section, name, _ in manifest.parts():
        if name in taken:
            yield NAME_TAKEN.at((section, name), f"the name is taken by {dotted(taken[name])}")
        taken.setdefault(name, (section, name))
    for target in manifest.targets:
        together = len(manifest.name) + len(target)
        if together > 50:
            text = f"has {together} characters with the application's name; at most 50 together"
            yield NAMES_TOGETHER.at(("targets", target), text, because=[("name",)])


def _routes(manifest: Manifest) -> Iterator[Problem]:
    taken: dict[str, KeyPath] = {}
    for section, name, part in manifest.parts():
        if part.route in taken:
            text = f"{shown(part.route)} is the route of {dotted(taken[part.route])} already"
            reasons = [(section, name, "route"), (*taken[part.route], "route")]
            yield ROUTE_TAKEN.at((section, name, "route"), text, because=reasons)
        elif part.route is not None:
            taken[part.route] = (section, name)


def _without_port(path: KeyPath, service: Service) -> Iterator[Problem]:
    if service.port is not None:
        return
    port = [(*path, "port")]
    if service.route is not None:
        yield ROUTE_WITHOUT_PORT.at((*path, "route"), "needs a port: nothing answers on a route without", because=port)
    if service.healthcheck is not None:
        text = "needs a port: nothing answers it without"
        yield HEALTHCHECK_WITHOUT_PORT.at((*path, "healthcheck"), text, because=port)


def _variables(manifest: Manifest, path: KeyPath, part: Service | Site) -> Iterator[Problem]:
    """The names of variables: in the part itself, and in what each target says otherwise."""
    secrets = part.secrets if isinstance(part, Service) else ()
    places = {(*path, "environment"): part.environment}
    for name, target in manifest.targets.items():
        override = getattr(target, str(path[0])).get(path[1])
        if override:
            places["targets", name, *path, "environment"] = override.environment
    for place, environment in places.items():
        for variable in environment:
            if variable in secrets:
                text = "is one of its secrets too; it can be one of the two"
                yield SECRET_IN_ENVIRONMENT.at((*place, variable), text)
    if manifest.database and isinstance(part, Service):
        named = [(*place, variable) for place, environment in places.items() for variable in environment]
        named += [(*path, "secrets", index) for index in range(len(secrets))]
        yield from _database_variables(named, secrets)


def _database_variables(named: list[KeyPath], secrets: tuple[str, ...]) -> Iterator[Problem]:
    for place in named:
        variable = secrets[place[-1]] if isinstance(place[-1], int) else place[-1]
        if variable in DATABASE_VARIABLES:
            yield DATABASE_VARIABLE.at(place, f"homeport sets {variable} itself: to the application's database")


def _build_variables(path: KeyPath, part: Service | Site) -> Iterator[Problem]:
    for name in part.build.args:
        if name in part.build.secrets:
            text = "is one of the build's secrets too; it can be one of the two"
            yield SECRET_IN_ENVIRONMENT.at((*path, "build", "args", name), text)
