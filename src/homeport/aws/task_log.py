"""What a container of a task wrote: the part of CloudWatch that is this task's."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from homeport.aws.session import Session, told
from homeport.errors import CloudFailed

POLL = timedelta(seconds=0.5)
AT_ONCE = 10_000  # lines in one answer. Source: CloudWatch Logs API, GetLogEvents
NOT_THERE = "ResourceNotFoundException"  # nothing was written yet


@dataclass(frozen=True, slots=True)
class Logged:
    """A line, and when it was written: milliseconds since 1970."""

    when: int
    text: str


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
        fresh = [line.text for line in self.logged_on()]
        self.lines += fresh
        return fresh

    def logged_on(self) -> list[Logged]:
        """The same, each with its time, and not kept here."""
        fresh: list[Logged] = []
        while (page := self._page(self._token)) is not None:
            fresh += _logged(page)
            is_last = page["nextForwardToken"] == self._token
            self._token = page["nextForwardToken"]
            if is_last:
                break
        return fresh

    def last(self, count: int) -> list[Logged]:
        """The last lines; what is read on comes after them."""
        limit = min(max(count, 1), AT_ONCE)
        page, token = self._page(is_from_head=False, limit=limit), ""
        self._token = page["nextForwardToken"] if page else ""
        found: list[Logged] = []
        while page is not None:
            found = _logged(page) + found
            if len(found) >= count or page["nextBackwardToken"] == token:
                break
            token = page["nextBackwardToken"]
            page = self._page(token, is_from_head=False, limit=limit)
        return found[-count:] if count else []

    def read_to_end(self, is_whole: Callable[[list[str]], bool], patience: timedelta) -> list[str]:
        """All its lines once it is whole. CloudWatch is some seconds behind a task that has ended; what comes later
        than `patience` is not waited for."""
        deadline = time.monotonic() + patience.total_seconds()
        self.read_on()
        while not is_whole(self.lines) and time.monotonic() < deadline:
            time.sleep(POLL.total_seconds())
            self.read_on()
        return self.lines

    def _page(self, token: str = "", *, is_from_head: bool = True, limit: int = AT_ONCE) -> dict[str, Any] | None:
        """One answer; None where nothing was written yet. A page may be empty though more follows."""
        further = {"nextToken": token} if token else {}
        try:
            with told(f"Reading the log {self.group}"):
                page: dict[str, Any] = self.session.client("logs").get_log_events(
                    logGroupName=self.group,
                    logStreamName=self.stream,
                    startFromHead=is_from_head,
                    limit=limit,
                    **further,
                )
        except CloudFailed as error:
            if error.code == NOT_THERE:
                return None
            raise
        return page


def _logged(page: Mapping[str, Any]) -> list[Logged]:
    return [Logged(event["timestamp"], event["message"].rstrip("\n")) for event in page["events"]]
