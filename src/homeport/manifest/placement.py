"""The rules of homeport.yaml about its targets: what each may say, and how they get along on one host."""

from collections.abc import Iterator

from homeport.manifest.manifest import NAMESPACES, Manifest
from homeport.manifest.problems import KeyPath, Problem, meant, rule
from homeport.manifest.target import AwsTarget, DockerTarget, ServiceOverride

OVERRIDE = rule("override", "A target says otherwise only for services, models and sites that there are.")
REPLICAS_AT_HOME = rule("replicas-at-home", "On a Docker target each service runs once.")
HOST_TAKEN = rule("host-taken", "Targets that share a host or an account answer on different names.")
HOSTS_NEEDED = rule("hosts-needed", "Of targets that share a Docker host at most one does without `hosts`.")

Place = tuple[str, ...]


def placement(manifest: Manifest) -> Iterator[Problem]:
    """Every problem between the targets of a manifest, and between them and what runs."""
    for name, target in manifest.targets.items():
        for section in NAMESPACES:
            yield from _overrides(manifest, name, section)
        if isinstance(target, DockerTarget):
            yield from _replicas(manifest, name)
    yield from _names(manifest)


def _overrides(manifest: Manifest, target: str, section: str) -> Iterator[Problem]:
    known = getattr(manifest, section)
    for name in getattr(manifest.targets[target], section):
        if name not in known:
            text = f"there is no {section[:-1]} of that name{meant(name, known)}"
            yield OVERRIDE.at(("targets", target, section, name), text, because=[(section, name)])


def _replicas(manifest: Manifest, target: str) -> Iterator[Problem]:
    """Where the number stands that this target would run: in its own words, or in the service's."""
    for section, name, part in manifest.parts():
        override = getattr(manifest.targets[target], section).get(name)
        own = override.replicas if isinstance(override, ServiceOverride) else None
        place: KeyPath = (section, name, "replicas") if own is None else ("targets", target, section, name, "replicas")
        replicas = getattr(part, "replicas", 1) if own is None else own
        if replicas > 1:
            text = f'should be 1 on the Docker target "{target}": there each service runs once; more are for AWS'
            yield REPLICAS_AT_HOME.at(place, text, because=[("targets", target)])


def _names(manifest: Manifest) -> Iterator[Problem]:
    """Each target against the first in the same place that has the name, or none either."""
    named: dict[tuple[Place, str], str] = {}
    unnamed: dict[Place, str] = {}
    for name, target in manifest.targets.items():
        for index, host in enumerate(target.hosts):
            first = named.setdefault((target.place, host), name)
            if first != name:
                text = f'"{host}" is a name of targets.{first} already, on the same {_called(target)}'
                yield HOST_TAKEN.at(("targets", name, "hosts", index), text)
        if isinstance(target, DockerTarget) and not target.hosts:
            first = unnamed.setdefault(target.place, name)
            if first != name:
                yield _hosts_needed(manifest, first, name)


def _hosts_needed(manifest: Manifest, one: str, other: str) -> Problem:
    text = (
        f"answers on the same name as targets.{one}, on the same host; "
        f"add hosts, such as hosts: [{other}.{manifest.name}.localhost]"
    )
    places = [("targets", target, key) for target in (one, other) for key in ("host", "hosts")]
    return HOSTS_NEEDED.at(("targets", other), text, because=[*places, ("name",)])


def _called(target: DockerTarget | AwsTarget) -> str:
    return "host" if isinstance(target, DockerTarget) else "account and region"
