"""One-off tasks on ECS: run once, log followed, exit code known."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from homeport.aws.session import Session, told
from homeport.aws.task_log import TaskLog
from homeport.errors import CloudFailed, Interrupted

POLL = timedelta(seconds=0.5)
LOG_PATIENCE = timedelta(seconds=20)
AGAIN = "Run the same command again to go on."


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """What runs and where: ARNs of the cluster and the task definition, the name of its one container, ids of subnets
    and security groups."""

    cluster: str
    definition: str
    container: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    assign_public_ip: bool = True

    @property
    def started_by(self) -> str:
        """By which a run is found again whose homeport was killed: the same for every revision of the definition."""
        family = self.definition.rpartition(":")[0]
        return f"homeport-{hashlib.sha256(f'{self.cluster} {family} {self.container}'.encode()).hexdigest()[:24]}"


@dataclass(frozen=True, slots=True)
class Ended:
    """A task that ended. `exit_code` is None where the container never ran; `reason` is then AWS's."""

    task: str
    exit_code: int | None
    reason: str
    lines: tuple[str, ...]

    @property
    def output(self) -> str:
        return "\n".join(self.lines)


Lines = Callable[[list[str]], None]


@dataclass(frozen=True)
class Tasks:
    """The one-off tasks of an account and region."""

    session: Session

    @cached_property
    def _ecs(self) -> Any:
        return self.session.client("ecs")

    def run(
        self,
        spec: TaskSpec,
        *,
        stopped: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (),
        is_whole: Callable[[list[str]], bool] = bool,
        told_lines: Lines = lambda lines: None,
    ) -> Ended:
        """Run it to its end. `is_whole` says when all of its log has come; `told_lines` hears of it as it comes.

        Raises CloudFailed when AWS does not start it, Interrupted after having stopped it.
        """
        container = self._container(spec)
        task = self._start(spec, environment or {}, command)
        log = TaskLog.of(self.session, container, task)
        found = self._follow(spec, task, log, stopped, told_lines)
        ran = found["containers"][0].get("exitCode") is not None
        seen = len(log.lines)
        lines = log.read_to_end(is_whole, LOG_PATIENCE) if ran else []
        told_lines(lines[seen:])
        return Ended(task, found["containers"][0].get("exitCode"), _reason(found), tuple(lines))

    def leftover(self, spec: TaskSpec) -> list[str]:
        """The tasks that run of this definition's family, because a homeport was killed that had started them."""
        with told("Listing the tasks that run"):
            found: list[str] = self._ecs.list_tasks(
                cluster=spec.cluster, startedBy=spec.started_by, desiredStatus="RUNNING"
            )["taskArns"]
        return found

    def wait(self, spec: TaskSpec, task: str, stopped: Callable[[], bool]) -> None:
        """Until a task has ended that an earlier run began. Raises Interrupted; the task then goes on."""
        while self._look(spec, task)["lastStatus"] != "STOPPED":
            if stopped():
                raise Interrupted("Stopped while waiting for the task of an interrupted run.", next_step=AGAIN)
            time.sleep(POLL.total_seconds())

    def image(self, spec: TaskSpec) -> str:
        """The reference of the image that the task's container is made of."""
        return str(self._container(spec)["image"])

    def _container(self, spec: TaskSpec) -> dict[str, Any]:
        with told(f"Looking at the task definition {spec.definition}"):
            found = self._ecs.describe_task_definition(taskDefinition=spec.definition)["taskDefinition"]
        containers = found["containerDefinitions"]
        return next(container for container in containers if container["name"] == spec.container)

    def _start(self, spec: TaskSpec, environment: Mapping[str, str], command: Sequence[str]) -> str:
        override: dict[str, Any] = {"name": spec.container}
        if environment:
            override["environment"] = [{"name": name, "value": value} for name, value in environment.items()]
        if command:
            override["command"] = list(command)
        network = {
            "subnets": list(spec.subnets),
            "securityGroups": list(spec.security_groups),
            "assignPublicIp": "ENABLED" if spec.assign_public_ip else "DISABLED",
        }
        with told(f"Starting a task of {spec.container}"):
            answer = self._ecs.run_task(
                cluster=spec.cluster,
                taskDefinition=spec.definition,
                launchType="FARGATE",
                startedBy=spec.started_by,
                networkConfiguration={"awsvpcConfiguration": network},
                overrides={"containerOverrides": [override]},
            )
        if not answer["tasks"]:
            reasons = "; ".join(failure.get("reason", "") for failure in answer.get("failures", ()))
            raise CloudFailed(f"AWS does not start a task of {spec.container}.", detail=reasons, next_step=AGAIN)
        return str(answer["tasks"][0]["taskArn"])

    def _follow(
        self, spec: TaskSpec, task: str, log: TaskLog, stopped: Callable[[], bool], told_lines: Lines
    ) -> dict[str, Any]:
        while (found := self._look(spec, task))["lastStatus"] != "STOPPED":
            if stopped():
                self._stop(spec, task)
            told_lines(log.read_on())
            time.sleep(POLL.total_seconds())
        return found

    def _look(self, spec: TaskSpec, task: str) -> dict[str, Any]:
        with told(f"Looking at the task of {spec.container}"):
            found = self._ecs.describe_tasks(cluster=spec.cluster, tasks=[task])["tasks"]
        if not found:
            raise CloudFailed(f"AWS knows the task of {spec.container} no more.", detail=task, next_step=AGAIN)
        looked: dict[str, Any] = found[0]
        return looked

    def _stop(self, spec: TaskSpec, task: str) -> None:
        with told(f"Stopping the task of {spec.container}"):
            self._ecs.stop_task(cluster=spec.cluster, task=task, reason="homeport was stopped by a person")
        raise Interrupted(f"The task of {spec.container} was stopped.", next_step=AGAIN)


def _reason(task: Mapping[str, Any]) -> str:
    """AWS's words: of the container where it has some, else of the task."""
    container = task["containers"][0]
    return str(container.get("reason") or task.get("stoppedReason") or "")
