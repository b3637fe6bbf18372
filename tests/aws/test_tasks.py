"""One-off tasks: run once, followed, and never twice at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from homeport.aws import Session
from homeport.aws.started_task import has_ended
from homeport.aws.task_log import TaskLog
from homeport.aws.tasks import Tasks
from homeport.errors import Interrupted
from tests.support.running import wait_until
from tests.support.tasks import Cluster


def never() -> bool:
    return False


@pytest.fixture
def cluster(session: Session) -> Cluster:
    return Cluster.make(session)


@pytest.fixture
def script(session: Session, cluster: Cluster) -> Callable[[str], object]:
    return lambda text: cluster.define("it", session.endpoints.client_image, ["sh", "-c", text])


def test_exit_code_and_lines_are_the_containers(session: Session, cluster: Cluster, script: Callable) -> None:
    """What a person is told of a task is what its container said; its variables reached it."""
    spec = script("echo $WORD; echo to the error >&2; exit 3")
    ended = Tasks(session).run(spec, stopped=never, environment={"WORD": "to the output"})
    assert (3, ["to the error", "to the output"]) == (ended.exit_code, sorted(ended.lines))


def test_lines_are_told_while_it_runs(session: Session, cluster: Cluster, script: Callable) -> None:
    """A long task is not silent: each line is told once, in its order."""
    told: list[list[str]] = []
    Tasks(session).run(script("for n in 1 2 3; do echo $n; sleep 1; done"), stopped=never, told_lines=told.append)
    assert ["1", "2", "3"] == [line for lines in told for line in lines]
    assert 1 < len([lines for lines in told if lines])


def test_a_task_that_cannot_start_says_why(session: Session, cluster: Cluster) -> None:
    """An image that is not there is AWS's reason, and no exit code."""
    spec = cluster.define("it", "localhost:1/no/such@sha256:" + "0" * 64, ["true"])
    ended = Tasks(session).run(spec, stopped=never)
    assert None is ended.exit_code
    assert "unable to pull image" in ended.reason


def test_ctrl_c_stops_the_task(session: Session, cluster: Cluster, script: Callable) -> None:
    """Nothing goes on behind the back of a person who stopped it."""
    spec = script("sleep 600")
    asked = iter([False, False, True])
    with pytest.raises(Interrupted):
        Tasks(session).run(spec, stopped=lambda: next(asked, True))
    assert [] == Tasks(session).leftover(spec)


def test_a_started_task_says_whose_it_is(session: Session, cluster: Cluster, script: Callable) -> None:
    """So that the next one knows whether anybody still waits for it, and may stop it."""
    spec, tasks = script("sleep 600"), Tasks(session)
    assert {} == tasks.holders(spec)
    task = tasks.start(spec, holder="ana@laptop pid 4711")
    assert {task.arn: "ana@laptop pid 4711"} == tasks.holders(spec)
    tasks.stop(spec, task.arn)
    assert {} == tasks.holders(spec)


def test_the_last_lines_and_what_follows_them(session: Session, cluster: Cluster, script: Callable) -> None:
    """A log is taken up at its end: each line once, none of before."""
    tasks = Tasks(session)
    task = tasks.start(script("for n in 1 2 3; do echo $n; done; sleep 2; echo 4"))
    wait_until(lambda: 3 == len(TaskLog(session, task.log.group, task.log.stream).read_on()), "three lines")
    assert ["2", "3"] == [line.text for line in task.log.last(2)]
    assert [] == task.log.logged_on()
    wait_until(lambda: has_ended(task.look()), "the end")
    assert ["4"] == [line.text for line in task.log.logged_on()]
    assert [] == TaskLog(session, task.log.group, "it/it/no-such-task").last(5)


def test_what_a_killed_run_left_is_found_by_every_revision(
    session: Session, cluster: Cluster, script: Callable
) -> None:
    """A task goes on without its homeport; the next run finds it, though its definition has a newer revision."""
    first, second = script("sleep 3"), script("sleep 4")
    asked: list[int] = []

    def killed() -> bool:
        asked.append(1)
        if len(asked) > 1:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        Tasks(session).run(first, stopped=killed)
    left = Tasks(session).leftover(second)
    assert 1 == len(left)
    Tasks(session).wait(second, left[0], never)
    assert [] == Tasks(session).leftover(second)
