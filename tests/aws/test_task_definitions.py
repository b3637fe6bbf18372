"""Task definitions that cannot be deployed any more are copied once, and the copies do not stay."""

from __future__ import annotations

from uuid import uuid4

import pytest

from homeport.aws import Session
from homeport.aws.task_definitions import COPY_OF, TaskDefinitions

TAGS = [{"key": "homeport", "value": "notes.production"}]


@pytest.fixture
def definitions(session: Session) -> TaskDefinitions:
    return TaskDefinitions(session)


@pytest.fixture
def family() -> str:
    return f"notes-production-t{uuid4().hex[:8]}"


def _registered(session: Session, family: str) -> str:
    container = {"name": "api", "image": "api", "memory": 512}
    made = session.client("ecs").register_task_definition(family=family, containerDefinitions=[container], tags=TAGS)
    return str(made["taskDefinition"]["taskDefinitionArn"])


def _deregister(session: Session, arn: str) -> None:
    session.client("ecs").deregister_task_definition(taskDefinition=arn)


def _active(session: Session, family: str) -> list[str]:
    found: list[str] = session.client("ecs").list_task_definitions(familyPrefix=family, status="ACTIVE")[
        "taskDefinitionArns"
    ]
    return found


def test_one_that_is_registered_is_deployed_itself(session: Session, definitions: TaskDefinitions, family: str) -> None:
    """A copy would be another revision than the one that Terraform knows."""
    arn = _registered(session, family)
    assert arn == definitions.usable(arn)
    assert [arn] == _active(session, family)


def test_one_that_was_deregistered_is_copied_once(session: Session, definitions: TaskDefinitions, family: str) -> None:
    """With its tags, which the role that deploys may not leave out; a second failure finds the first one's copy."""
    arn = _registered(session, family)
    _deregister(session, arn)
    copy = definitions.usable(arn)
    found = definitions.look(copy)
    assert "api" == found["taskDefinition"]["containerDefinitions"][0]["image"]
    assert [*TAGS, {"key": COPY_OF, "value": arn}] == found["tags"]
    assert (copy, [copy]) == (definitions.usable(arn), _active(session, family))


def test_copies_alone_are_forgotten(session: Session, definitions: TaskDefinitions, family: str) -> None:
    """What Terraform registered is Terraform's, and a family whose name begins alike is another's."""
    old = _registered(session, family)
    _deregister(session, old)
    definitions.usable(old)
    present, other = _registered(session, family), _registered(session, f"{family}-more")
    definitions.forget_copies(present)
    assert [present] == [arn for arn in _active(session, family) if arn != other]
    assert [other] == _active(session, f"{family}-more")
