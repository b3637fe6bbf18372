"""`homeport psql` on AWS: in a task beside the database, which has no public door."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from homeport.aws.started_task import StartedTask
from homeport.aws.tasks import MOST_OVERRIDES, TaskSpec, too_long
from homeport.deploy.application import Application
from homeport.deploy.daily.cloud.input import Input
from homeport.deploy.daily.cloud.serving import Serving
from homeport.deploy.daily.cloud.session import TaskSession
from homeport.deploy.daily.cloud.sessions import NO_TERMINAL, STARTS, ending, swept
from homeport.deploy.daily.protocol import Asked
from homeport.deploy.services import no_database
from homeport.deploy.ways.cloud.bringing import promotion
from homeport.deploy.ways.cloud.standing import standing
from homeport.errors import Refused
from homeport.events import Emit, Event
from homeport.provider.task_place import task_of
from homeport.targets import CloudTarget
from homeport.terraform.statefile import attributes, resources

SQL = "HOMEPORT_SQL"  # the variable that holds what psql reads
# The login comes from Secrets Manager, by the task's definition. Both outputs as one, because CloudWatch knows one;
# `$0` is the last line, by which the log is known to be whole.
SCRIPT = f'exec 2>&1; printf %s "${SQL}" | psql "$@"; code=$?; echo "$0"; exit $code'
# Options with which psql reads no standard input. Source: Postgres, "psql", "Options".
READS_NOTHING = re.compile(r"-[cflV?]|--(command|file|list|version|help)(=|$)")


@contextmanager
def psql(
    application: Application, target: CloudTarget, asked: Asked, emit: Emit, *, as_owner: bool
) -> Iterator[TaskSession]:
    """As the role whose login the task has. Raises Refused without a database, for a terminal, and for too long SQL."""
    spec = _task(application, target, "owner" if as_owner else "app")
    reads = not any(READS_NOTHING.match(word) for word in asked.command)
    if asked.terminal and (reads or asked.insists):
        raise Refused(NO_TERMINAL, next_step=_way_out(application))
    last_line = f"homeport: {secrets.token_hex(8)}"
    given = Input(MOST_OVERRIDES, too_long(f"more than {MOST_OVERRIDES}"), is_read=reads)

    def start(given_up: threading.Event) -> StartedTask | None:
        environment = {SQL: as_text(given.whole(given_up))} if reads else {}
        if given_up.is_set():
            return None
        swept(target, spec, "psql", emit)
        emit(Event("psql", application.name, STARTS, "start"))
        words = command(last_line, asked.command)
        return target.drivers.tasks.start(spec, environment=environment, command=words, holder=target.holder)

    with ending(TaskSession("psql", ("psql", *asked.command), start, given, emit, last_line)) as session:
        yield session


def command(last_line: str, options: Sequence[str]) -> list[str]:
    """What the task runs."""
    return ["sh", "-c", SCRIPT, last_line, *options]


def as_text(data: bytes) -> str:
    """Raises Refused for what no variable of a task can hold."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _not_text() from error
    if "\0" in text:
        raise _not_text()
    return text


def _not_text() -> Refused:
    return Refused("SQL on standard input should be UTF-8 text.", next_step="Convert it, as by: iconv -t UTF-8")


def _task(application: Application, target: CloudTarget, role: str) -> TaskSpec:
    """The task that has the role's login, as the module application-database made it."""
    release = promotion(application)
    state = Serving.of(application, target).state()
    if not standing(state).instance:
        raise no_database(application, release)
    families = {one["family"]: one["arn"] for _, one in resources(state, "aws_ecs_task_definition")}
    definition = families.get(f"{application.name}-{application.target_name}-psql-{role}")
    places = attributes(state, "rds_roles")
    if definition is None or not places:
        raise Refused(
            f"There is no task for psql yet on {application.target_name}: the last release there is of before.",
            next_step=f"Run: {release}",
        )
    return replace(task_of(places[0]), definition=str(definition))


def _way_out(application: Application) -> str:
    place = application.target_name
    return f"Give it SQL: homeport psql {place} -c 'SELECT 1', or on standard input: homeport psql {place} < new.sql"
