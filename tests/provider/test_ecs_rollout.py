"""What a plan says of a rollout, and when a change of it is followed."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from tf.types import Unknown

from homeport.aws.rollout import Rollout, Route
from homeport.provider.ecs_rollout import EcsRolloutResource, _rollout

FIRST = "arn:aws:ecs:eu-west-1:1:task-definition/notes:1"
STATE: dict[str, Any] = {
    "cluster": "homeport",
    "service": "notes",
    "task_definition": FIRST,
    "load_balancer": None,
    "host": None,
    "path": None,
    "encrypted": None,
    "start_period": None,
    "timeout": None,
    "deployment": "ecs-svc/1",
}
ROLLOUT = EcsRolloutResource(cast(Any, SimpleNamespace()))


@pytest.mark.parametrize(("changed", "deployment"), [({"task_definition"}, Unknown), ({"timeout"}, "ecs-svc/1")])
def test_another_task_definition_is_another_deployment(changed: set[str], deployment: object) -> None:
    """Its id is known after it was done; nothing else makes one."""
    context = cast(Any, SimpleNamespace(changed_fields=changed))
    assert deployment == ROLLOUT.plan(context, STATE, STATE)["deployment"]


def test_nothing_is_followed_where_nothing_is_deployed() -> None:
    """More patience for the next time is recorded, and no driver is asked."""
    planned = STATE | {"timeout": 900}
    assert planned == ROLLOUT.change(STATE, planned)


def test_what_is_left_out() -> None:
    """A worker is not asked, and has the times that a manifest has by default."""
    assert Rollout("homeport", "notes", FIRST, None, 60, 600) == _rollout(STATE)


@pytest.mark.parametrize(("encrypted", "is_encrypted"), [(None, True), (True, True), (False, False)])
def test_where_it_is_asked(encrypted: bool | None, is_encrypted: bool) -> None:
    """Over HTTPS, unless the application has no certificate."""
    state = STATE | {"load_balancer": "arn:lb", "host": "notes.example.com", "path": "/api", "encrypted": encrypted}
    assert Route("arn:lb", "notes.example.com", "/api", is_encrypted) == _rollout(state).route
