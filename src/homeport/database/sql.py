"""Names and values in SQL text.

Source: Postgres, "Lexical Structure": identifiers and constants.
"""

from homeport.errors import DatabaseFailed

LONGEST_NAME = 63  # bytes (NAMEDATALEN - 1); Postgres would cut a longer one, and two names could become one


def identifier(name: str) -> str:
    """A name in double quotes. Raises DatabaseFailed for one that Postgres cannot keep."""
    if not name or "\0" in name or len(name.encode()) > LONGEST_NAME:
        raise DatabaseFailed(f"{name!r} is no name for Postgres: 1 to {LONGEST_NAME} bytes, none of them zero.")
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A value in single quotes, read the same whatever standard_conforming_strings is."""
    if "\0" in value:
        raise DatabaseFailed("A text value for Postgres holds a zero byte.")
    quoted = "'" + value.replace("'", "''").replace("\\", "\\\\") + "'"
    return f" E{quoted}" if "\\" in value else quoted
