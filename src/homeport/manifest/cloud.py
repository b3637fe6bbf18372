"""What an AWS target asks of homeport.yaml beyond its other rules. Pure.

They are no rules of the file itself: an application may run at home and not be ready for AWS yet, and the list of
extensions ages. So the file loads, `homeport check` tells, and only the AWS target refuses.
"""

from collections.abc import Iterator

from homeport.manifest.fargate import MOST_CPUS, MOST_MEMORY, task_size
from homeport.manifest.manifest import Manifest, Section
from homeport.manifest.problems import KeyPath, Problem, meant, rule
from homeport.manifest.rds import allowed
from homeport.manifest.service import Service
from homeport.manifest.target import AwsTarget

EXTENSION_ON_AWS = rule(
    "extension-on-aws", "On AWS a database has extensions that RDS allows for its Postgres major. Only AWS refuses it."
)
LIMIT_ON_AWS = rule(
    "limit-on-aws",
    "On AWS a service or a model has at most 16 processors and 120G of memory, as Fargate has. Only AWS refuses it.",
)
ROUNDED_ON_AWS = rule(
    "rounded-on-aws", "On AWS `cpus` and `memory` become the next larger pair that Fargate has. It is told."
)

GIB = 1024**3


def refused(manifest: Manifest) -> Iterator[Problem]:
    """What the AWS targets of a manifest cannot run."""
    if any(isinstance(target, AwsTarget) for target in manifest.targets.values()):
        yield from _extensions(manifest)
    for target, section, name, service in _on_aws(manifest):
        yield from _limits(_places(manifest, target, section, name), service)


def rounded(manifest: Manifest) -> Iterator[Problem]:
    """Where the AWS targets of a manifest give more than it says."""
    for target, section, name, service in _on_aws(manifest):
        size = task_size(service.cpus, service.memory)
        if size and (size.cpus, size.bytes) != (service.cpus, service.memory):
            places = _places(manifest, target, section, name)
            written = f"{service.cpus:g} cpus and {_size(service.memory)}"
            text = f"{written} become {size} on AWS, the next pair that Fargate has"
            yield ROUNDED_ON_AWS.at(max(places.values(), key=len)[:-1], text)


def _on_aws(manifest: Manifest) -> Iterator[tuple[str, Section, str, Service]]:
    """Each service and model as each AWS target runs it."""
    for target, kind in manifest.targets.items():
        if isinstance(kind, AwsTarget):
            for section, name, part in manifest.at(target).parts():
                if isinstance(part, Service):
                    yield target, section, name, part


def _extensions(manifest: Manifest) -> Iterator[Problem]:
    database = manifest.database
    if database is None:
        return
    known = allowed().extensions.get(database.postgres, frozenset())
    for index, extension in enumerate(database.extensions):
        if extension not in known:
            text = (
                f'RDS does not allow "{extension}" for Postgres {database.postgres}, '
                f"by its list of {allowed().as_of}{meant(extension, sorted(known))}"
            )
            yield EXTENSION_ON_AWS.at(("database", "extensions", index), text, because=[("database", "postgres")])


def _limits(places: dict[str, KeyPath], service: Service) -> Iterator[Problem]:
    if service.cpus > MOST_CPUS:
        text = f"{service.cpus:g} are more than the {MOST_CPUS} that a task on AWS can have (Fargate)"
        yield LIMIT_ON_AWS.at(places["cpus"], text)
    if service.memory > MOST_MEMORY:
        text = f"{_size(service.memory)} are more than the {_size(MOST_MEMORY)} that a task on AWS can have (Fargate)"
        yield LIMIT_ON_AWS.at(places["memory"], text)


def _places(manifest: Manifest, target: str, section: Section, name: str) -> dict[str, KeyPath]:
    """Where the limits stand that a target would run with: in its own words, or in the service's."""
    override = getattr(manifest.targets[target], section).get(name)
    own = override.model_fields_set if override else set()
    of_target: KeyPath = ("targets", target, section, name)
    return {key: (*(of_target if key in own else (section, name)), key) for key in ("cpus", "memory")}


def _size(size: int) -> str:
    """As Compose writes it."""
    return f"{size / GIB:g}G" if size >= GIB else f"{size / 1024**2:g}M"
