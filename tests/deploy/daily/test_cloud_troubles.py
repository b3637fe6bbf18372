"""What is told of a service on AWS that does not run as it should."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from homeport.aws.ecs_service import Service, Task
from homeport.aws.rollout_failure import Subject
from homeport.aws.service_log import worth_reading
from homeport.aws.target_health import target
from homeport.deploy.daily.cloud.troubles import stopped, too_few

SUBJECT = Subject("api", "services", 512)
THEN = datetime(2026, 11, 28, 4, 31, 7, tzinfo=UTC)
ENDED = Task("task/1", THEN, THEN, THEN, "EssentialContainerExited", "Essential container in task exited", 7)


def test_too_few_tasks_are_told_with_ecs_own_words() -> None:
    """Why it has none is in ECS's newest events."""
    said = "(service notes-production-api) was unable to place a task. Reason: Capacity is unavailable at this time."
    (found,) = too_few("api", Service(2, 1, (), (said, "older", "older still", "oldest")))
    assert ("1 of 2 tasks run.", (said, "older", "older still")) == (found.cause, found.log)


def test_as_many_as_are_wanted_are_no_trouble() -> None:
    """While a deployment is under way there are more."""
    assert [] == list(too_few("api", Service(1, 2, (), ("(service) has begun draining.",))))


def test_a_task_that_stopped_is_told_with_its_exit_code_and_time() -> None:
    """One that ends again and again is told once."""
    assert "a task exited with code 7 at 04:31:07 UTC." == stopped(SUBJECT, ENDED, 1)
    assert "a task exited with code 7 at 04:31:07 UTC, as did 4 before it." == stopped(SUBJECT, ENDED, 5)


def test_a_target_is_well_or_is_told_with_the_load_balancers_words() -> None:
    """One that comes or goes is no trouble."""
    named = {"Id": "10.0.1.5", "Port": 8000}
    sick = target(
        {
            "Target": named,
            "TargetHealth": {
                "State": "unhealthy",
                "Reason": "Target.ResponseCodeMismatch",
                "Description": "Health checks failed with these codes: [503]",
            },
        }
    )
    leaving = target({"Target": named, "TargetHealth": {"State": "draining", "Reason": "Target.Deregistering"}})
    assert (False, "10.0.1.5:8000", "Health checks failed with these codes: [503]") == (
        sick.is_well,
        sick.address,
        sick.reason,
    )
    assert leaving.is_well


def test_the_log_of_a_crash_loop_is_that_of_its_last_tasks() -> None:
    """All that run, and three that stopped: a hundred more say the same."""
    ended = [replace(ENDED, arn=f"task/{n}", created=THEN - timedelta(seconds=n)) for n in range(100)]
    running = replace(ENDED, arn="task/runs", stopped=None, created=THEN - timedelta(hours=1))
    found = [task.arn for task in worth_reading([*ended, running])]
    assert ["task/0", "task/1", "task/2", "task/runs"] == found
