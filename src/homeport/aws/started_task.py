"""A one-off task that was started: looked at, stopped, and its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from homeport.aws.session import Session, told
from homeport.aws.task_log import TaskLog
from homeport.errors import CloudFailed

AGAIN = "Run the same command again to go on."
STOPPED_BY_A_PERSON = "homeport was stopped by a person"


@dataclass(frozen=True)
class StartedTask:
    """`arn` in `cluster`; `container` names the one that it runs."""

    session: Session
    cluster: str
    container: str
    arn: str
    log: TaskLog

    def look(self) -> dict[str, Any]:
        """As ECS describes it. Raises CloudFailed for one that it knows no more."""
        with told(f"Looking at the task of {self.container}"):
            found = self._ecs.describe_tasks(cluster=self.cluster, tasks=[self.arn])["tasks"]
        if not found:
            raise CloudFailed(f"AWS knows the task of {self.container} no more.", detail=self.arn, next_step=AGAIN)
        looked: dict[str, Any] = found[0]
        return looked

    def stop(self) -> None:
        """Tell ECS to end it, which takes its container half a minute where that does not end by itself."""
        with told(f"Stopping the task of {self.container}"):
            self._ecs.stop_task(cluster=self.cluster, task=self.arn, reason=STOPPED_BY_A_PERSON)

    @cached_property
    def _ecs(self) -> Any:
        return self.session.client("ecs")


def has_ended(found: Mapping[str, Any]) -> bool:
    return bool(found["lastStatus"] == "STOPPED")


def exit_code(found: Mapping[str, Any]) -> int | None:
    """Its container's; None where that never ran."""
    code: int | None = found["containers"][0].get("exitCode")
    return code


def reason(found: Mapping[str, Any]) -> str:
    """Why it ended, in AWS's words: of the container where it has some, else of the task."""
    return str(found["containers"][0].get("reason") or found.get("stoppedReason") or "")
