"""What can be known of an application without changing anything: `homeport check`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from homeport.build import Source
from homeport.deploy.application import MANIFEST, Application, load_application
from homeport.deploy.checks import examine_for
from homeport.deploy.identity import holder
from homeport.deploy.migrations import Examined, examine
from homeport.deploy.ways import way_of
from homeport.errors import ManifestInvalid
from homeport.manifest import Parity, load, parity
from homeport.targets import open_target


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. `compared_with` is the target whose last release the migrations were compared with."""

    application: str
    targets: tuple[str, ...]
    dockerfiles: tuple[str, ...]
    examined: Examined
    compared_with: str | None = None
    parity: Parity = field(default_factory=Parity)

    def lines(self) -> list[str]:
        """For a person: what is good, and what should be known."""
        said = [f"homeport.yaml is good: {self.application}, targets {', '.join(self.targets)}."]
        if self.dockerfiles:
            said.append(f"{len(self.dockerfiles)} Dockerfiles are good: {', '.join(self.dockerfiles)}.")
        if self.examined.migrations and not self._is_refused():
            said.append(self._of_migrations())
        warnings = self.examined.warnings(with_locks=self.compared_with is None)
        said += [f"{place}: {words}" if place else words for place, words in warnings]
        return [*said, *self._not_known(), *self._on_aws()]

    def _of_migrations(self) -> str:
        compared = f", as released to {self.compared_with}" if self.compared_with else ""
        return f"{len(self.examined.migrations)} migrations are named and numbered well{compared}."

    def _not_known(self) -> list[str]:
        """Without a target, whether what locks a table is released already."""
        locks = [finding for finding in self.examined.judged.findings if finding.locks]
        if self.compared_with is not None or not locks:
            return []
        places = ", ".join(f"{self.examined.named}/{one.script}:{one.line}" for one in locks)
        return [f"Where it is new on a target, `up` refuses: {places}. See it by: homeport check TARGET"]

    def _on_aws(self) -> list[str]:
        """What an AWS target would refuse, and what it would round."""
        refused, targets = self.parity.refused, ", ".join(self.parity.targets)
        lines = "the line before is" if len(refused) == 1 else f"the {len(refused)} lines before are"
        last = [f"Not ready for AWS: {lines} refused by {targets}."] if refused else []
        return [*self.parity.rounded, *refused, *last]

    def _is_refused(self) -> bool:
        return self.compared_with is not None and any(finding.locks for finding in self.examined.judged.findings)

    def refuse(self) -> None:
        """Raises Refused for what `up` would refuse on the target."""
        if self.compared_with is not None:
            self.examined.refuse()

    def to_json(self) -> dict[str, object]:
        """For a script."""
        judged = self.examined.judged
        return {
            "application": self.application,
            "targets": self.targets,
            "dockerfiles": self.dockerfiles,
            "migrations": self.examined.migrations,
            "findings": judged.findings,
            "unjudged": judged.unjudged,
            "compared_with": self.compared_with,
            "aws": self.parity,
        }


def check(folder: Path, target: str | None, host: str | None, instance: str) -> Checked:
    """Raises ManifestInvalid or BuildFailed for what is wrong in the repository, Refused for what a target refuses."""
    manifest = load(folder / MANIFEST)
    sources = [Source.of(image, folder, manifest.platform) for image in manifest.images()]
    for source in sources:
        source.read()
    found = Checked(
        application=manifest.name,
        targets=tuple(manifest.targets),
        dockerfiles=tuple(sorted({source.shown for source in sources})),
        examined=examine(folder, manifest.database, None),
        parity=parity(folder / MANIFEST, target),
    )
    return _compared(found, load_application(folder, target), host, instance) if target else found


def _compared(found: Checked, application: Application, host: str | None, instance: str) -> Checked:
    if found.parity.refused:
        raise ManifestInvalid(found.parity.refused)
    with open_target(
        application.target, name=application.target_name, host=host, instance=instance, holder=holder()
    ) as target:
        way_of(target).check(application)
        return replace(found, examined=examine_for(application, target), compared_with=application.target_name)
