"""A service whose deployment failed serves what it served before; and what is told of the failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from homeport.aws.ecs_service import Deployment, Service, Services, Task
from homeport.aws.rollout_failure import Subject, advice, detail, why_it_stopped
from homeport.aws.task_log import TaskLog
from homeport.errors import CandidateFailed, HomeportError, Interrupted
from homeport.events import Emit, Event

EVENTS = 3
LOG_LINES = 15
LOG_PATIENCE = timedelta(seconds=5)  # CloudWatch is behind a task that has ended
POLL = timedelta(seconds=1)
BACK_WITHIN = timedelta(minutes=5)
LASTING = timedelta(seconds=10)


class Failed(Exception):
    """A deployment failed: why, if its `tasks` (the newest first) do not say so themselves.

    Not `is_ours` is what somebody else did to the service meanwhile: that is left as it is.
    """

    def __init__(self, cause: str, tasks: Sequence[Task] = (), *, is_ours: bool = True) -> None:
        super().__init__(cause)
        self.cause = cause
        self.tasks = tasks
        self.is_ours = is_ours


def taken_back(
    services: Services,
    task_definition: str,
    previous: str | None,
    failed: Failed,
    stopped: Callable[[], bool],
    emit: Emit,
) -> CandidateFailed:
    """Put the service back, and say what happened. Raises Interrupted when asked to stop while it goes back."""
    container = services.definitions.look(task_definition)["taskDefinition"]["containerDefinitions"][0]
    subject = Subject.of(container)
    service = services.find()
    log = _last_lines(services, container, failed.tasks)
    cause = failed.cause or _cause(subject, failed.tasks)
    back = _back(services, service, task_definition, previous, stopped, emit) if failed.is_ours and service else ""
    next_step = advice(subject, cause, log) if failed.is_ours else "If that is right, deploy this one again."
    events = service.events[:EVENTS] if service else ()
    return CandidateFailed(f"{subject.name} {cause}.", detail=detail(events, log, back), next_step=next_step)


def _cause(subject: Subject, tasks: Sequence[Task]) -> str:
    newest = next(task for task in tasks if task.has_failed)
    return why_it_stopped(subject, newest)


def _last_lines(services: Services, container: dict[str, Any], tasks: Sequence[Task]) -> list[str]:
    """The end of the log of the newest task that stopped, else of the newest."""
    chosen = next((task for task in tasks if task.has_failed), next(iter(tasks), None))
    if chosen is None or "logConfiguration" not in container:
        return []
    log = TaskLog.of(services.session, container, chosen.arn)
    try:
        return log.read_to_end(lambda lines: bool(lines), LOG_PATIENCE)[-LOG_LINES:]
    except HomeportError as error:  # the cause is worth more than its log
        return [f"({error.message} {error.detail})"]


def _back(
    services: Services,
    service: Service,
    task_definition: str,
    previous: str | None,
    stopped: Callable[[], bool],
    emit: Emit,
) -> str:
    """Put it back; returns what serves now."""
    previous = previous if previous != task_definition else None
    previous = previous or _that_still_runs(services, service, task_definition)
    if previous is None:
        services.empty()
        emit(Event("service", services.name, "has no tasks: nothing of it ran before", "warning"))
        return "Nothing of it ran before, so none of it runs now."
    if service.primary.task_definition != previous:
        previous = services.definitions.usable(previous)
        services.deploy(previous)
    if _is_alone_again(services, previous, stopped):
        emit(Event("service", services.name, "put back to what ran before", "warning"))
        return "What ran before serves again."
    return f"It is going back to what ran before, which took longer than {BACK_WITHIN.seconds // 60} minutes so far."


def _that_still_runs(services: Services, service: Service, task_definition: str) -> str | None:
    """What runs beside the failed deployment, when nobody recorded it; not what ends each time it is started."""
    others = [each for each in service.deployments if each.task_definition != task_definition and each.running > 0]
    return next((each.task_definition for each in others if _is_lasting(services, each)), None)


def _is_lasting(services: Services, deployment: Deployment) -> bool:
    before = datetime.now(UTC) - LASTING
    tasks = services.tasks(deployment.task_definition, datetime.min.replace(tzinfo=UTC))
    return any(task.stopped is None and task.started < before for task in tasks)


def _is_alone_again(services: Services, previous: str, stopped: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + BACK_WITHIN.total_seconds()
    while time.monotonic() < deadline:
        service = services.find()
        if service is None or _has_only(service, previous):
            return service is not None
        if stopped():
            raise Interrupted(f"Stopped while {services.name} goes back to what ran before; ECS goes on with that.")
        time.sleep(POLL.total_seconds())
    return False


def _has_only(service: Service, task_definition: str) -> bool:
    primary = service.primary
    others = [each for each in service.deployments if not each.is_primary and each.running + each.pending > 0]
    is_up = primary.running >= service.desired and primary.state == "COMPLETED"
    return primary.task_definition == task_definition and is_up and not others
