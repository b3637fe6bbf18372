"""An application's database and its two roles on RDS, made by a one-off task of psql as the master."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from homeport.aws.session import Session, told
from homeport.aws.tasks import Tasks, TaskSpec
from homeport.database.rds import DONE, statements
from homeport.errors import CloudFailed, DatabaseFailed
from homeport.events import Emit, Event
from homeport.secret import Secret

PASSWORD_BYTES = 24
SQL = "HOMEPORT_SQL"  # the variable that the task gives to psql
NO_VALUE = "ResourceNotFoundException"
CURRENT = "AWSCURRENT"


@dataclass(frozen=True, slots=True)
class RolesSpec:
    """The database `name` on `host`, the ARNs of the secrets that its roles' logins are kept in, and the task that
    reaches it as the master."""

    name: str
    host: str
    port: int
    owner_secret: str
    app_secret: str
    extensions: tuple[str, ...]
    task: TaskSpec

    @property
    def owner(self) -> str:
        return f"{self.name}_owner"

    @property
    def app(self) -> str:
        return f"{self.name}_app"


@dataclass(frozen=True)
class Roles:
    """The roles of databases in one account and region. A password is made here once and is in no statement."""

    session: Session
    tasks: Tasks

    @cached_property
    def _manager(self) -> Any:
        return self.session.client("secretsmanager")

    def ensure(self, spec: RolesSpec, *, stopped: Callable[[], bool], emit: Emit) -> None:
        """Make what is missing, put right what is other; repeated, it changes nothing and keeps the passwords.

        Raises DatabaseFailed with Postgres's words, CloudFailed, Interrupted.
        """
        emit(Event("database", spec.name, "a task makes its roles; AWS takes up to a minute to start one", "start"))
        owner = self._password(spec, spec.owner, spec.owner_secret)
        app = self._password(spec, spec.app, spec.app_secret)
        sql = statements(spec.name, spec.owner, spec.app, owner, app, spec.extensions)
        for task in self.tasks.leftover(spec.task):
            self.tasks.wait(spec.task, task, stopped)
        ended = self.tasks.run(spec.task, stopped=stopped, environment={SQL: sql})
        if ended.exit_code != 0 or DONE not in ended.lines:
            said = ended.output or ended.reason
            raise DatabaseFailed(f"The database {spec.name} could not be made as it should be.", detail=said)
        emit(Event("database", spec.name, "is there, with its roles", "done"))

    def are_kept(self, spec: RolesSpec) -> bool:
        """Whether both logins are in the store, without a look at them: without one, nothing can reach the database."""
        return all(self._has_value(arn) for arn in (spec.owner_secret, spec.app_secret))

    def _password(self, spec: RolesSpec, role: str, arn: str) -> Secret:
        """The role's password; what the secret says beside it is brought up to date."""
        kept = self._kept(arn) or {}
        password = kept.get("password") or secrets.token_urlsafe(PASSWORD_BYTES)
        login = _login(spec, role, password)
        if login != kept:
            with told(f"Keeping the login of {role}"):
                self._manager.put_secret_value(SecretId=arn, SecretString=json.dumps(login))
        return Secret(password)

    def _has_value(self, arn: str) -> bool:
        try:
            with told(f"Looking for the login in {arn}"):
                said = self._manager.describe_secret(SecretId=arn)
        except CloudFailed as error:
            if error.code == NO_VALUE:
                return False
            raise
        stages = said.get("VersionIdsToStages") or {}
        return "DeletedDate" not in said and any(CURRENT in held for held in stages.values())

    def _kept(self, arn: str) -> dict[str, Any] | None:
        try:
            with told(f"Reading the login in {arn}"):
                found = self._manager.get_secret_value(SecretId=arn).get("SecretString")
        except CloudFailed as error:
            if error.code == NO_VALUE:
                return None
            raise
        return json.loads(found) if found else None


def _login(spec: RolesSpec, role: str, password: str) -> dict[str, str]:
    """What a task is given of it, by the names of libpq; `url` is for those that take one variable."""
    login = f"{quote(role)}:{quote(password, safe='')}"
    return {
        "url": f"postgresql://{login}@{spec.host}:{spec.port}/{quote(spec.name)}?sslmode=require",
        "host": spec.host,
        "port": str(spec.port),
        "dbname": spec.name,
        "username": role,
        "password": password,
    }
