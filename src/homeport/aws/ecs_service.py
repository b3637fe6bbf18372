"""An ECS service as ECS describes it: its deployments, and the tasks of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from homeport.aws.session import Session, told
from homeport.aws.task_definitions import TaskDefinitions
from homeport.errors import CloudFailed

AT_ONCE = 100  # tasks in one question
GONE = ("ServiceNotFoundException", "ClusterNotFoundException", "ServiceNotActiveException")


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment of a service. `state` is its rollout's: IN_PROGRESS, COMPLETED or FAILED."""

    id: str
    is_primary: bool
    task_definition: str
    state: str
    reason: str
    desired: int
    running: int
    pending: int
    created: datetime

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Deployment:
        return cls(
            described["id"],
            described["status"] == "PRIMARY",
            described["taskDefinition"],
            described.get("rolloutState", ""),
            described.get("rolloutStateReason", ""),
            described["desiredCount"],
            described["runningCount"],
            described.get("pendingCount", 0),
            described["createdAt"],
        )


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it is now; `events` are ECS's own sentences, the newest first."""

    desired: int
    running: int
    deployments: tuple[Deployment, ...]
    events: tuple[str, ...]

    @property
    def primary(self) -> Deployment:
        return next(each for each in self.deployments if each.is_primary)

    def of(self, task_definition: str) -> Deployment | None:
        """The newest deployment of a task definition."""
        found = [each for each in self.deployments if each.task_definition == task_definition]
        return max(found, key=lambda each: each.created, default=None)


@dataclass(frozen=True, slots=True)
class Task:
    """A task: when it stopped, and why; `exit_code` and `container_reason` are its container's."""

    arn: str
    created: datetime
    started: datetime
    stopped: datetime | None
    stop_code: str = ""
    stopped_reason: str = ""
    exit_code: int | None = None
    container_reason: str = ""

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Task:
        container = (described.get("containers") or [{}])[0]
        is_stopped = described.get("lastStatus") == "STOPPED"
        stopped = described.get("stoppedAt") or described.get("stoppingAt") or described["createdAt"]
        return cls(
            described["taskArn"],
            described["createdAt"],
            described.get("startedAt") or described["createdAt"],
            stopped if is_stopped else None,
            described.get("stopCode") or "",
            described.get("stoppedReason") or "",
            container.get("exitCode"),
            container.get("reason") or "",
        )

    @property
    def has_failed(self) -> bool:
        """Whether it stopped by a fault of its own, not because a service was scaled or rolled on."""
        own = self.stop_code in ("EssentialContainerExited", "TaskFailedToStart")
        return self.stopped is not None and (own or "health check" in self.stopped_reason)


@dataclass(frozen=True)
class Services:
    """What ECS answers of one service of one cluster."""

    session: Session
    cluster: str
    name: str

    def find(self) -> Service | None:
        """The service; None when there is none."""
        try:
            with told(f"Looking at the ECS service {self.name}"):
                found = self._ecs.describe_services(cluster=self.cluster, services=[self.name])["services"]
        except CloudFailed as error:
            if error.code in GONE:
                return None
            raise
        return _service(found[0]) if found and found[0]["status"] == "ACTIVE" else None

    def tasks(self, task_definition: str, since: datetime) -> list[Task]:
        """The tasks of a task definition that were created since then, the newest first."""
        own = [each for each in self._described() if each["taskDefinitionArn"] == task_definition]
        return _newest_first(Task.of(each) for each in own if each["createdAt"] >= since)

    def all_tasks(self) -> list[Task]:
        """Those that run, and those that have stopped within the hour that ECS remembers; the newest first."""
        return _newest_first(map(Task.of, self._described()))

    def deploy(self, task_definition: str) -> None:
        with told(f"Putting {self.name} back"):
            self._ecs.update_service(cluster=self.cluster, service=self.name, taskDefinition=task_definition)

    def empty(self) -> None:
        """No task of it is wanted. By a deployment of its own: the failed one is not what a next attempt meets."""
        with told(f"Scaling {self.name} to 0"):
            self._ecs.update_service(cluster=self.cluster, service=self.name, desiredCount=0, forceNewDeployment=True)

    @cached_property
    def definitions(self) -> TaskDefinitions:
        return TaskDefinitions(self.session)

    @cached_property
    def _ecs(self) -> Any:
        return self.session.client("ecs")

    def _described(self) -> list[dict[str, Any]]:
        with told(f"Looking at the tasks of {self.name}"):
            arns = [arn for status in ("RUNNING", "STOPPED") for arn in self._arns(status)][:AT_ONCE]
            found: list[dict[str, Any]] = []
            if arns:
                found = self._ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"]
        return found

    def _arns(self, status: str) -> list[str]:
        found: list[str] = self._ecs.list_tasks(
            cluster=self.cluster, serviceName=self.name, desiredStatus=status, maxResults=AT_ONCE
        )["taskArns"]
        return found


def _newest_first(tasks: Iterable[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: task.created, reverse=True)


def _service(described: Mapping[str, Any]) -> Service:
    return Service(
        described["desiredCount"],
        described["runningCount"],
        tuple(Deployment.of(each) for each in described["deployments"]),
        tuple(event["message"] for event in described.get("events", ())),
    )
