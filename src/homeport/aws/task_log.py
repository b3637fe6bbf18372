"""What a container of a task wrote: the part of CloudWatch that is this task's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from homeport.aws.session import Session, told
from homeport.errors import CloudFailed

POLL = timedelta(seconds=0.5)
NOT_THERE = "ResourceNotFoundException"  # nothing was written yet


@dataclass
class TaskLog:
    """The log of one container of one task, read on as it grows. `group` and `stream` are CloudWatch's names."""

    session: Session
    group: str
    stream: str
    lines: list[str] = field(default_factory=list)
    _token: str = ""

    @classmethod
    def of(cls, session: Session, container: dict[str, Any], task: str) -> TaskLog:
        """By a container's definition and the task's ARN. Source: Amazon ECS, "Using the awslogs driver"."""
        options = container["logConfiguration"]["options"]
        stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{task.rpartition('/')[2]}"
        return cls(session, options["awslogs-group"], stream)

    def read_on(self) -> list[str]:
        """The lines since the last time. Raises CloudFailed when the log may not be read."""
        fresh: list[str] = []
        while (page := self._page()) is not None:
            fresh += [event["message"].rstrip("\n") for event in page["events"]]
            is_last = page["nextForwardToken"] == self._token
            self._token = page["nextForwardToken"]
            if is_last:
                break
        self.lines += fresh
        return fresh

    def read_to_end(self, is_whole: Callable[[list[str]], bool], patience: timedelta) -> list[str]:
        """All its lines once it is whole. CloudWatch is some seconds behind a task that has ended; what comes later
        than `patience` is not waited for."""
        deadline = time.monotonic() + patience.total_seconds()
        self.read_on()
        while not is_whole(self.lines) and time.monotonic() < deadline:
            time.sleep(POLL.total_seconds())
            self.read_on()
        return self.lines

    def _page(self) -> dict[str, Any] | None:
        further = {"nextToken": self._token} if self._token else {}
        try:
            with told(f"Reading the log {self.group}"):
                page: dict[str, Any] = self.session.client("logs").get_log_events(
                    logGroupName=self.group, logStreamName=self.stream, startFromHead=True, **further
                )
        except CloudFailed as error:
            if error.code == NOT_THERE:
                return None
            raise
        return page
