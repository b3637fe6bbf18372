"""What of an application does not run as it should on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from homeport.aws.ecs_service import Service, Services, Task
from homeport.aws.rollout_failure import Subject, advice, why_it_stopped
from homeport.aws.services import RunningService
from homeport.aws.target_health import targets
from homeport.aws.task_log import TaskLog
from homeport.deploy.application import Application
from homeport.deploy.daily.cloud.serving import Serving
from homeport.deploy.daily.protocol import EXPLAINING_LINES, Trouble
from homeport.targets import CloudTarget

EVENTS = 3


def troubles(application: Application, target: CloudTarget) -> tuple[Trouble, ...]:
    """By service: too few tasks, one that stopped by itself within the hour that ECS remembers, an unhealthy one."""
    if not target.states(application.root).read():
        return ()
    serving = Serving.of(application, target)
    looked = (_Looked(serving, name, service) for name, service in serving.all().items())
    return tuple(trouble for one in looked for trouble in one.troubles())


@dataclass(frozen=True)
class _Looked:
    """One service, looked at."""

    serving: Serving
    name: str
    service: RunningService

    def troubles(self) -> Iterator[Trouble]:
        services = Services(self.serving.target.session, self.serving.cluster, self.service.name)
        found = services.find()
        if found is not None:
            yield from too_few(self.name, found)
        failed = [task for task in services.all_tasks() if task.has_failed]
        if failed:
            yield self._stopped(failed)
        yield from self._unhealthy()

    def _stopped(self, failed: list[Task]) -> Trouble:
        """The newest; each of the others said the same, most likely."""
        newest, log = failed[0], self._log(failed[0])
        subject = Subject.of(self.service.container)
        cause = stopped(subject, newest, len(failed))
        return Trouble(self.name, cause, newest.exit_code, log, advice(subject, cause, log))

    def _log(self, task: Task) -> tuple[str, ...]:
        log = TaskLog.of(self.serving.target.session, dict(self.service.container), task.arn)
        return tuple(line.text for line in log.last(EXPLAINING_LINES))

    def _unhealthy(self) -> Iterator[Trouble]:
        for group in self.service.target_groups:
            for target in targets(self.serving.target.session, group):
                if not target.is_well:
                    said = f" ({target.reason.rstrip('.')})" if target.reason else ""
                    yield Trouble(self.name, f"its task at {target.address} is {target.state}{said}.")


def too_few(name: str, service: Service) -> Iterator[Trouble]:
    """Fewer tasks than are wanted, with ECS's own sentences. Pure."""
    if service.running < service.desired:
        yield Trouble(name, f"{service.running} of {service.desired} tasks run.", log=service.events[:EVENTS])


def stopped(subject: Subject, task: Task, count: int) -> str:
    """The sentence about the newest task that stopped by itself, one of `count`. Pure."""
    assert task.stopped
    others = f", as did {count - 1} before it" if count > 1 else ""
    return f"a task {why_it_stopped(subject, task)} at {task.stopped:%H:%M:%S} UTC{others}."
