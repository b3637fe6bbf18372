"""A task that somebody waits for: how it ends where it does not begin."""

import threading

import pytest

from homeport.aws.started_task import StartedTask
from homeport.deploy.daily.cloud.input import Input
from homeport.deploy.daily.cloud.session import TaskSession
from homeport.errors import CloudFailed, Refused
from homeport.events import ignore


def test_a_task_that_aws_does_not_start_is_127() -> None:
    """As a shell says of a command that is not there."""

    def start(given_up: threading.Event) -> StartedTask | None:
        raise CloudFailed("AWS does not start a task of api.", detail="Capacity is unavailable at this time.")

    session = TaskSession("api", ["true"], start, Input(0, Refused("none")), ignore)
    with pytest.raises(CloudFailed, match="Capacity is unavailable") as failed:
        list(session.output())
    assert 127 == failed.value.exit_code


def test_what_was_given_up_before_it_began_is_130() -> None:
    """Ctrl-C while its input is read starts nothing."""
    session = TaskSession("psql", ["psql"], lambda given_up: None, Input(8, Refused("too much")), ignore)
    session.interrupt()
    assert [] == list(session.output())
    assert 130 == session.exit_code()
