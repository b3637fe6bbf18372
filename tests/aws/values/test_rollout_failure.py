"""The words for a deployment that failed: from what ECS says of a task, and from the end of its log."""

from datetime import UTC, datetime

import pytest

from homeport.aws.ecs_service import Task
from homeport.aws.rollout_failure import Subject, advice, cannot_be_pulled, detail, why_it_stopped

WHEN = datetime(2026, 11, 28, tzinfo=UTC)
API = Subject("api", "services", 512)
PULL = "CannotPullContainerError: pull image manifest has been retried 1 time(s): not found"
HEALTH = "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/api/1)"


def _stopped(code: str, reason: str, exit_code: int | None = None, container: str = "") -> Task:
    return Task("arn:aws:ecs:eu-west-1:1:task/homeport/1", WHEN, WHEN, WHEN, code, reason, exit_code, container)


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (_stopped("EssentialContainerExited", "Essential container in task exited", 7), "exited with code 7"),
        (
            _stopped("EssentialContainerExited", "Essential container in task exited", 137, "OutOfMemoryError: x"),
            "was killed for memory: its limit is 512M",
        ),
        (
            _stopped("TaskFailedToStart", PULL),
            f"cannot be started, because its image cannot be pulled ({PULL})",
        ),
        (
            _stopped("TaskFailedToStart", "ResourceInitializationError: unable to pull secrets."),
            "could not be started (ResourceInitializationError: unable to pull secrets)",
        ),
        (_stopped("ServiceSchedulerInitiated", HEALTH, 143), f"was stopped ({HEALTH})"),
        (_stopped("", ""), "was stopped (ECS gives no reason)"),
    ],
)
def test_why_a_task_stopped(task: Task, words: str) -> None:
    """One clause, in a person's words where there are any and in ECS's own otherwise."""
    assert words == why_it_stopped(API, task)


@pytest.mark.parametrize(
    ("task", "has_failed"),
    [
        (_stopped("EssentialContainerExited", "Essential container in task exited", 0), True),
        (_stopped("TaskFailedToStart", PULL), True),
        (_stopped("ServiceSchedulerInitiated", HEALTH), True),
        (_stopped("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)"), False),
        (_stopped("UserInitiated", "Task stopped by user"), False),
        (Task("arn", WHEN, WHEN, None), False),
    ],
)
def test_which_tasks_failed(task: Task, has_failed: bool) -> None:
    """One that was scaled down, or stopped by a person, is no fault of the version."""
    assert has_failed == task.has_failed


def test_an_image_that_cannot_be_pulled_is_not_tried_again() -> None:
    """Nor is anything else taken for it."""
    assert cannot_be_pulled(_stopped("TaskFailedToStart", PULL))
    assert not cannot_be_pulled(_stopped("TaskFailedToStart", "ResourceInitializationError: unable to pull secrets"))


@pytest.mark.parametrize(
    ("cause", "log", "line"),
    [
        ("was killed for memory: its limit is 512M", [], "services.api.memory: 1024M"),
        ("exited with code 1", ["OSError: [Errno 30] Read-only file system: '/data'"], "services.api.read_only: false"),
        ("exited with code 1", ["chown: /data: Operation not permitted"], "services.api.cap_add: [CHOWN]"),
        ("did not become healthy within 600 s", [], "services.api.healthcheck.start_period"),
    ],
)
def test_the_line_to_add(cause: str, log: list[str], line: str) -> None:
    """A default of ours that was too tight is named with the line of homeport.yaml that widens it."""
    assert line in advice(API, cause, log)


def test_no_advice_where_none_is_known() -> None:
    """The cause and the log are all that can be said."""
    assert "" == advice(API, "exited with code 7", ["DATABASE_URL is missing"])


@pytest.mark.parametrize(
    ("image", "where"),
    [
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/api/notes-api/production@sha256:1", "services.it"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/model/notes-tagger/production@sha256:1", "models.it"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/site/notes-web/production@sha256:1", "sites.it"),
        ("public.ecr.aws/nginx:1", "services.it"),
    ],
)
def test_the_section_of_the_manifest(image: str, where: str) -> None:
    """It is the one of the image's namespace."""
    assert where == Subject.of({"name": "it", "image": image, "memory": 256}).where


def test_what_is_told_beside_the_cause() -> None:
    """ECS's own sentences, the log's end, and what serves now, in this order."""
    assert "ECS says:\n  has begun\nIts last log lines:\n  one\n  two\nIt serves." == detail(
        ["has begun"], ["one", "two"], "It serves."
    )
    assert "It logged nothing." == detail([], [], "")
