"""`run` and `exec` on AWS."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from homeport.aws.started_task import StartedTask
from homeport.aws.tasks import TaskSpec
from homeport.deploy.application import Application
from homeport.deploy.daily.cloud.input import Input
from homeport.deploy.daily.cloud.serving import Serving
from homeport.deploy.daily.cloud.session import TaskSession
from homeport.deploy.daily.protocol import Asked
from homeport.errors import Refused
from homeport.events import Emit, Event
from homeport.targets import CloudTarget
from homeport.targets.holder import has_ended

FIRST_INPUT = 0.3  # seconds, in which what is piped here has come
NO_TERMINAL = "A task on AWS has no terminal."
STARTS = "a task starts; AWS takes up to a minute"


@contextmanager
def run(application: Application, target: CloudTarget, service: str, asked: Asked, emit: Emit) -> Iterator[TaskSession]:
    """A one-off task like those of the service that run: its image, variables, secrets, role, network and limits.

    Raises Refused for what no task can have: a terminal, standard input.
    """
    if asked.insists:
        raise Refused(NO_TERMINAL, next_step="Leave out --tty: its output is shown as it comes.")
    spec = Serving.of(application, target).one(service).task
    given = Input(0, _no_input())

    def start(given_up: threading.Event) -> StartedTask | None:
        given.checked(FIRST_INPUT)
        if given_up.is_set():
            return None
        for other in swept(target, spec, service, emit):
            emit(Event("run", service, f"another command runs beside it: {other}", "warning"))
        emit(Event("run", service, STARTS, "start"))
        return target.drivers.tasks.start(spec, command=asked.command, holder=target.holder)

    with ending(TaskSession(service, asked.command, start, given, emit)) as session:
        yield session


def not_inside(application: Application, target: CloudTarget, service: str, asked: Asked) -> Refused:
    """Why not, and what to do instead. Raises Refused for a service that is not there."""
    Serving.of(application, target).one(service)
    return Refused(
        "To run a command inside of a task on AWS takes Amazon's Session Manager plugin, which homeport does without.",
        next_step="Run it in a task of its own, with the same image, variables and secrets: "
        f"homeport run {application.target_name} {service} -- {shlex.join(asked.command)}",
    )


@contextmanager
def ending(session: TaskSession) -> Iterator[TaskSession]:
    """Whatever happens here, its task does not go on."""
    try:
        yield session
    finally:
        session.end()


def swept(target: CloudTarget, spec: TaskSpec, subject: str, emit: Emit) -> list[str]:
    """Stop what killed processes of this machine left of such tasks. The others that run, each with whose it is."""
    left = []
    for task, holder in target.drivers.tasks.holders(spec).items():
        name = task.rpartition("/")[2]
        if has_ended(holder, target.holder):
            target.drivers.tasks.stop(spec, task)
            emit(Event("run", subject, f"stopped the task {name}: {holder} was killed"))
        else:
            left.append(f"the task {name} of {holder or 'somebody'}")
    return left


def _no_input() -> Refused:
    return Refused(
        "A task on AWS has no standard input.",
        next_step="Give it in the command's words, or let the command read it from where it lies: its image, or S3.",
    )
