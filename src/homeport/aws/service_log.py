"""The log of a service: what its tasks write, and wrote that ECS still knows of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeport.aws.ecs_service import Services, Task
from homeport.aws.task_log import Logged, TaskLog

STOPPED_ONES = 3  # whose last words are of interest: one that ends again and again has many


@dataclass
class ServiceLog:
    """`container` is the one of its task definition. A one-off writes to the same group of CloudWatch, and is none of
    the service's tasks."""

    services: Services
    container: Mapping[str, Any]
    _logs: dict[str, TaskLog] = field(default_factory=dict)

    def last(self, count: int) -> list[Logged]:
        """The last lines of its tasks together, in their order; what is read on comes after them."""
        found = [line for log in self._known().values() for line in log.last(count)]
        return _in_order(found)[-count:] if count else []

    def read_on(self) -> list[Logged]:
        """What came since; of a task that is new, all."""
        return _in_order([line for log in self._known().values() for line in log.logged_on()])

    def _known(self) -> dict[str, TaskLog]:
        arns = [task.arn for task in worth_reading(self.services.all_tasks())]
        self._logs = {arn: self._logs.get(arn) or self._log(arn) for arn in arns}
        return self._logs

    def _log(self, arn: str) -> TaskLog:
        return TaskLog.of(self.services.session, dict(self.container), arn)


def worth_reading(tasks: list[Task]) -> list[Task]:
    """Those that run, and the newest that have stopped. The newest come first, in and out. Pure."""
    stopped = [task for task in tasks if task.stopped is not None][:STOPPED_ONES]
    return [task for task in tasks if task.stopped is None or task in stopped]


def _in_order(lines: list[Logged]) -> list[Logged]:
    return sorted(lines, key=lambda line: line.when)
