"""One-off tasks on ECS: run once, log followed, exit code known."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from homeport.aws.session import Session, told
from homeport.aws.started_task import AGAIN, StartedTask, exit_code, has_ended, reason
from homeport.aws.task_log import TaskLog
from homeport.errors import CloudFailed, Interrupted, Refused

POLL = timedelta(seconds=0.5)
LOG_PATIENCE = timedelta(seconds=20)
HOLDER = "homeport:holder"  # the tag of a task that says whose it is
NO_TAG = re.compile(r"[^\w .:/=+@-]")  # what the value of a tag may not hold. Source: Amazon ECS API, Tag
MOST_OVERRIDES = 8192  # bytes, as JSON. Source: Amazon ECS API, RunTask, "overrides"


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
        task = self.start(spec, environment=environment, command=command)
        found = self._follow(task, stopped, told_lines)
        ran = exit_code(found) is not None
        seen = len(task.log.lines)
        lines = task.log.read_to_end(is_whole, LOG_PATIENCE) if ran else []
        told_lines(lines[seen:])
        return Ended(task.arn, exit_code(found), reason(found), tuple(lines))

    def start(
        self,
        spec: TaskSpec,
        *,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (),
        holder: str = "",
    ) -> StartedTask:
        """Start it, for somebody who follows it: the process that `holder` names.

        Raises CloudFailed when AWS does not, Refused for more in `environment` and `command` than ECS takes.
        """
        overrides = _overrides(spec, environment or {}, command)
        container = self._container(spec)
        arn = self._start(spec, overrides, holder)
        return self._started(spec, container, arn)

    def leftover(self, spec: TaskSpec) -> list[str]:
        """The tasks that run of this definition's family, because a homeport was killed that had started them."""
        with told("Listing the tasks that run"):
            found: list[str] = self._ecs.list_tasks(
                cluster=spec.cluster, startedBy=spec.started_by, desiredStatus="RUNNING"
            )["taskArns"]
        return found

    def holders(self, spec: TaskSpec) -> dict[str, str]:
        """The same tasks by ARN, each with who started it."""
        arns = self.leftover(spec)
        if not arns:
            return {}
        with told("Looking at the tasks that run"):
            found = self._ecs.describe_tasks(cluster=spec.cluster, tasks=arns, include=["TAGS"])["tasks"]
        tags = {one["taskArn"]: {tag["key"]: tag["value"] for tag in one.get("tags", ())} for one in found}
        return {arn: given.get(HOLDER, "") for arn, given in tags.items()}

    def stop(self, spec: TaskSpec, task: str) -> None:
        """One that an earlier run began."""
        self._started(spec, self._container(spec), task).stop()

    def wait(self, spec: TaskSpec, task: str, stopped: Callable[[], bool]) -> None:
        """Until a task has ended that an earlier run began. Raises Interrupted; the task then goes on."""
        earlier = self._started(spec, self._container(spec), task)
        while not has_ended(earlier.look()):
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

    def _started(self, spec: TaskSpec, container: dict[str, Any], arn: str) -> StartedTask:
        log = TaskLog.of(self.session, container, arn)
        return StartedTask(self.session, spec.cluster, spec.container, arn, log)

    def _start(self, spec: TaskSpec, overrides: dict[str, Any], holder: str) -> str:
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
                overrides=overrides,
                tags=[{"key": HOLDER, "value": NO_TAG.sub("-", holder)}] if holder else [],
            )
        if not answer["tasks"]:
            reasons = "; ".join(failure.get("reason", "") for failure in answer.get("failures", ()))
            raise CloudFailed(f"AWS does not start a task of {spec.container}.", detail=reasons, next_step=AGAIN)
        return str(answer["tasks"][0]["taskArn"])

    def _follow(self, task: StartedTask, stopped: Callable[[], bool], told_lines: Lines) -> dict[str, Any]:
        while not has_ended(found := task.look()):
            if stopped():
                task.stop()
                raise Interrupted(f"The task of {task.container} was stopped.", next_step=AGAIN)
            told_lines(task.log.read_on())
            time.sleep(POLL.total_seconds())
        return found


def _overrides(spec: TaskSpec, environment: Mapping[str, str], command: Sequence[str]) -> dict[str, Any]:
    """What the task has otherwise than its definition says. Raises Refused for more than ECS takes."""
    override: dict[str, Any] = {"name": spec.container}
    if environment:
        override["environment"] = [{"name": name, "value": value} for name, value in environment.items()]
    if command:
        override["command"] = list(command)
    overrides = {"containerOverrides": [override]}
    size = len(json.dumps(overrides))
    if size > MOST_OVERRIDES:
        raise too_long(str(size))
    return overrides


def too_long(size: str) -> Refused:
    """What to say of a command, or of SQL, that takes so many bytes."""
    return Refused(
        f"ECS is told what a task runs in at most {MOST_OVERRIDES} bytes, and this takes {size}.",
        next_step="Send it in several parts, or let the task read it from where it lies: its image, or S3.",
    )
