"""An application's database and its two roles: what should be, what is, and the statements between them.
Pure.

Every difference is a remedy: its words are the drift that `read` shows, its SQL is what `ensure_database`
runs. So the two cannot disagree, and a half-made database is only one with more remedies.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from homeport.database.scram import proves, verifier
from homeport.database.sql import identifier, literal
from homeport.errors import DatabaseFailed, Refused
from homeport.secret import Secret

ATTRIBUTES = (
    "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1 VALID UNTIL 'infinity'"
)
SHARED_DATABASES = ("postgres", "template1")


@dataclass(frozen=True, slots=True)
class DatabaseSpec:
    """A database of the application and target `belongs_to` (`notes.home`), owned by the role `owner`,
    which runs the migrations; the services use the role `app`."""

    name: str
    owner: str
    app: str
    belongs_to: str
    owner_password: Secret
    app_password: Secret
    extensions: tuple[str, ...] = ()

    def mark(self) -> str:
        return mark(self.belongs_to)


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role as it is. `limits` are the reasons why it could not log in or could do too much, in words."""

    mark: str | None
    verifier: str | None
    limits: tuple[str, ...]
    member_of: tuple[str, ...]
    may_connect: bool


@dataclass(frozen=True, slots=True)
class Inside:
    """What only a session in the database itself can see."""

    extensions: tuple[str, ...]
    open_schema: bool
    app_creates: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """The cluster as far as it concerns one database. `owner` is None while the database does not exist."""

    owner: str | None
    mark: str | None
    is_open: bool
    roles: Mapping[str, RoleFacts]
    open_databases: tuple[str, ...]
    inside: Inside | None


@dataclass(frozen=True, slots=True)
class Remedy:
    """One difference in words, and the SQL that ends it: in the database itself, or in `postgres`."""

    drift: str
    sql: str
    is_inside: bool = False


def mark(belongs_to: str) -> str:
    """The comment that says whose a role or a database is."""
    return f"homeport {belongs_to}"


def question(name: str, owner: str, app: str, *, inside: bool) -> str:
    """The one SELECT that answers everything, as JSON; `inside` when it is asked in the database itself."""
    parts = {"database": _DATABASE, "roles": _ROLES, "open_databases": _OPEN_DATABASES}
    if inside:
        parts["inside"] = _INSIDE
    answers = ", ".join(f"'{key}', ({select})" for key, select in parts.items())
    shared = ", ".join(literal(database) for database in SHARED_DATABASES)
    values = {"$NAME": literal(name), "$OWNER": literal(owner), "$APP": literal(app), "$SHARED": shared}
    # In one pass: a name may look like a placeholder.
    return f"SELECT json_build_object({re.sub(r'[$][A-Z]+', lambda found: values[found[0]], answers)});"


_DATABASE = """
    SELECT json_build_object(
        'owner', pg_get_userbyid(datdba), 'mark', shobj_description(oid, 'pg_database'),
        'is_open', has_database_privilege('public', oid, 'CONNECT, TEMPORARY, CREATE'))
    FROM pg_database WHERE datname = $NAME"""

_ROLES = """
    SELECT json_object_agg(rolname, json_build_object(
        'mark', shobj_description(oid, 'pg_authid'), 'verifier', rolpassword,
        'limits', array_remove(ARRAY[
            CASE WHEN NOT rolcanlogin THEN 'may not log in' END,
            CASE WHEN rolvaliduntil <> 'infinity' THEN 'has a password that ends' END,
            CASE WHEN rolconnlimit <> -1 THEN 'has a connection limit' END,
            CASE WHEN rolsuper THEN 'is a superuser' END,
            CASE WHEN rolcreatedb THEN 'may create databases' END,
            CASE WHEN rolcreaterole THEN 'may create roles' END,
            CASE WHEN rolreplication THEN 'may replicate' END,
            CASE WHEN rolbypassrls THEN 'passes by row security' END], NULL),
        'member_of', ARRAY(SELECT pg_get_userbyid(roleid) FROM pg_auth_members WHERE member = pg_authid.oid),
        'may_connect', (SELECT has_database_privilege(pg_authid.oid, pg_database.oid, 'CONNECT')
                               AND has_database_privilege(pg_authid.oid, pg_database.oid, 'TEMPORARY')
                        FROM pg_database WHERE datname = $NAME)))
    FROM pg_authid WHERE rolname IN ($OWNER, $APP)"""

_OPEN_DATABASES = """
    SELECT json_agg(datname) FROM pg_database
    WHERE datname IN ($SHARED) AND has_database_privilege('public', oid, 'CONNECT')"""

_INSIDE = """
    SELECT json_build_object(
        'extensions', ARRAY(SELECT extname FROM pg_extension ORDER BY extname),
        'open_schema', bool_or(has_schema_privilege('public', oid, 'USAGE, CREATE')),
        'app_creates', bool_or((SELECT has_schema_privilege(pg_authid.oid, pg_namespace.oid, 'CREATE')
                                FROM pg_authid WHERE rolname = $APP)))
    FROM pg_namespace WHERE nspname = 'public'"""


def parse(answer: str) -> Seen:
    """The answer to `question`."""
    found = json.loads(answer)
    database = found["database"] or {}
    roles = found["roles"] or {}
    return Seen(
        owner=database.get("owner"),
        mark=database.get("mark"),
        is_open=bool(database.get("is_open")),
        roles={name: _role(facts) for name, facts in roles.items()},
        open_databases=tuple(found["open_databases"] or ()),
        inside=_inside(found["inside"]) if "inside" in found else None,
    )


def _role(facts: Mapping[str, Any]) -> RoleFacts:
    return RoleFacts(
        facts["mark"],
        facts["verifier"],
        tuple(facts["limits"]),
        tuple(facts["member_of"]),
        bool(facts["may_connect"]),
    )


def _inside(facts: Mapping[str, Any]) -> Inside:
    return Inside(tuple(facts["extensions"]), bool(facts["open_schema"]), bool(facts["app_creates"]))


def refuse_foreign(name: str, roles: Iterable[str], belongs_to: str, seen: Seen) -> None:
    """Raises Refused when a role or the database of that name was made by, or for, somebody else."""
    for role in roles:
        if role in seen.roles and seen.roles[role].mark != mark(belongs_to):
            raise _foreign("role", role, belongs_to, seen.roles[role].mark)
    # A kill between CREATE DATABASE and its comment leaves a database that only its owner tells.
    is_ours = seen.mark == mark(belongs_to) or (seen.mark is None and seen.owner in set(roles))
    if seen.owner is not None and not is_ours:
        raise _foreign("database", name, belongs_to, seen.mark)


def _foreign(kind: str, name: str, belongs_to: str, found: str | None) -> Refused:
    statement = f"COMMENT ON {kind.upper()} {identifier(name)} IS {literal(mark(belongs_to))}"
    return Refused(
        f"Postgres has a {kind} {name} already, and it was not made for {belongs_to}"
        + (f" (its comment says: {found})." if found else " (it has no comment)."),
        next_step=f"Rename or drop it, or hand it over as the superuser with: {statement}",
    )


def remedies(spec: DatabaseSpec, seen: Seen) -> list[Remedy]:
    """Everything that is not as the spec says, in the order in which it can be put right."""
    return [
        *_role_remedies(spec, spec.owner, spec.owner_password, seen),
        *_role_remedies(spec, spec.app, spec.app_password, seen),
        *_database_remedies(spec, seen),
        *_shared_remedies(seen),
        *(_inside_remedies(spec, seen.inside) if seen.inside is not None else ()),
    ]


def _role_remedies(spec: DatabaseSpec, name: str, password: Secret, seen: Seen) -> Iterator[Remedy]:
    role, quoted = seen.roles.get(name), identifier(name)
    if role is None:
        # Together: a role without its comment would be somebody else's at the next try.
        yield Remedy(
            f"role {name} is missing",
            f"BEGIN; CREATE ROLE {quoted} {ATTRIBUTES} PASSWORD {literal(verifier(password))}; "
            f"COMMENT ON ROLE {quoted} IS {literal(spec.mark())}; COMMIT;",
        )
        return
    if role.limits:
        yield Remedy(f"role {name} {' and '.join(role.limits)}", f"ALTER ROLE {quoted} {ATTRIBUTES};")
    if not proves(password, role.verifier):
        change = f"ALTER ROLE {quoted} PASSWORD {literal(verifier(password))};"
        yield Remedy(f"role {name} has another password", change)
    for group in role.member_of:
        yield Remedy(f"role {name} is a member of {group}", f"REVOKE {identifier(group)} FROM {quoted};")


def _database_remedies(spec: DatabaseSpec, seen: Seen) -> Iterator[Remedy]:
    name, owner, app = identifier(spec.name), identifier(spec.owner), identifier(spec.app)
    comment = f"COMMENT ON DATABASE {name} IS {literal(spec.mark())};"
    close = f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;"
    grant = f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {owner}, {app};"
    if seen.owner is None:
        create = (
            f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8' "
            "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8';"
        )
        yield Remedy(f"database {spec.name} is missing", f"{create}\n{close}\n{comment}\n{grant}")
        return
    if seen.mark is None:
        yield Remedy(f"database {spec.name} has no comment", comment)
    if seen.owner != spec.owner:
        yield Remedy(f"database {spec.name} belongs to {seen.owner}", f"ALTER DATABASE {name} OWNER TO {owner};")
    if seen.is_open:
        yield Remedy(f"database {spec.name} is open to every role", close)
    if not all(role.may_connect for role in seen.roles.values()) or len(seen.roles) < 2:
        yield Remedy(f"a role of database {spec.name} may not connect to it", grant)


def _shared_remedies(seen: Seen) -> Iterator[Remedy]:
    for database in seen.open_databases:
        sql = f"REVOKE CONNECT ON DATABASE {identifier(database)} FROM PUBLIC;"
        yield Remedy(f"database {database} is open to every role", sql)


def _inside_remedies(spec: DatabaseSpec, inside: Inside) -> Iterator[Remedy]:
    if inside.open_schema:
        sql = "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
        yield Remedy("schema public is open to every role", sql, is_inside=True)
    if inside.app_creates:
        sql = f"REVOKE CREATE ON SCHEMA public FROM {identifier(spec.app)};"
        yield Remedy(f"role {spec.app} may create in schema public", sql, is_inside=True)
    for extension in spec.extensions:
        if extension not in inside.extensions:
            # Not WITH SCHEMA: an extension that names its own schema refuses another.
            create = f"CREATE EXTENSION IF NOT EXISTS {identifier(extension)};"
            sql = f"SET search_path = public; {create} RESET search_path;"
            yield Remedy(f"extension {extension} is missing", sql, is_inside=True)


def unfinished(spec: DatabaseSpec, left: Iterable[Remedy]) -> DatabaseFailed:
    words = "; ".join(remedy.drift for remedy in left)
    return DatabaseFailed(f"Database {spec.name} could not be made as it should be: {words}.")
