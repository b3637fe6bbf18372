"""The statements that make an application's database and roles where nobody is a superuser, as on RDS. Pure.

They can be run again: what is there is kept, what is other is put right. At home `home/roles.py` asks first what is
there, which takes a superuser. Source: Amazon RDS, "Understanding PostgreSQL roles and permissions".
"""

from collections.abc import Iterator, Sequence

from homeport.database.scram import verifier
from homeport.database.sql import identifier, literal
from homeport.secret import Secret

DONE = "homeport: the database is as it should be"  # by which the whole of a session's log is known

# As at home, where the server can: the same order of text on both targets. Source: Postgres 17, "Locale Providers".
LOCALE = (
    "CASE WHEN current_setting('server_version_num')::int >= 170000 "
    "THEN ' LOCALE_PROVIDER builtin BUILTIN_LOCALE ''C.UTF-8'' LOCALE ''C.UTF-8''' ELSE '' END"
)


def statements(
    database: str, owner: str, app: str, owner_password: Secret, app_password: Secret, extensions: Sequence[str] = ()
) -> str:
    """A script of psql's, for a session in the database `postgres` as the master; passwords are in it as verifiers."""
    name, quoted_owner, quoted_app = identifier(database), identifier(owner), identifier(app)
    lines = [
        *_role(owner, owner_password),
        *_role(app, app_password),
        f"GRANT {quoted_owner} TO CURRENT_USER;",  # a database is given only to a role that one is a member of
        _unless_there(
            f"CREATE DATABASE {name} OWNER {quoted_owner} TEMPLATE template0 ENCODING 'UTF8'",
            f"SELECT FROM pg_database WHERE datname = {literal(database)}",
            more=LOCALE,
        ),
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {quoted_owner}, {quoted_app};",
        "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;",
        rf"\connect {name}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {quoted_owner};",
        f"GRANT USAGE ON SCHEMA public TO {quoted_app};",
        "SET search_path = public;",
        *(f"CREATE EXTENSION IF NOT EXISTS {identifier(extension)};" for extension in extensions),
        rf"\echo {DONE}",
    ]
    return "\n".join(lines)


def _role(role: str, password: Secret) -> Iterator[str]:
    yield _unless_there(
        f"CREATE ROLE {identifier(role)} LOGIN", f"SELECT FROM pg_roles WHERE rolname = {literal(role)}"
    )
    yield f"ALTER ROLE {identifier(role)} LOGIN PASSWORD {literal(verifier(password))};"


def _unless_there(statement: str, question: str, more: str = "''") -> str:
    """psql runs what a query gives: nothing where the question has an answer. `more` is an expression of SQL."""
    return rf"SELECT {literal(statement)} || {more} WHERE NOT EXISTS ({question}) \gexec"
