"""What Flyway's answers mean."""

import json

import pytest

from homeport.database.flyway import (
    Failed,
    Succeeded,
    concurrent_indexes,
    is_migration,
    locate,
    migrate_arguments,
    outcome,
    statement,
    version_of,
)
from homeport.database.migration_failure import explain

BLOCK = """Failed to execute script V2__bad.sql
------------------------------------
SQL State  : 23505
Error Code : 0
Message    : ERROR: could not create unique index "t_a"
  Detail: Key (a)=(1) is duplicated.
Location   : /flyway/sql/V2__bad.sql (/flyway/sql/V2__bad.sql)
Line       : 4
Statement  : Run Flyway with -X option to see the actual statement causing the problem
"""


def answer(**parts: object) -> str:
    return json.dumps(parts)


def failed(message: str, code: str = "ERROR", **more: object) -> Failed:
    found = outcome(1, answer(error={"errorCode": code, "message": message, **more}))
    assert isinstance(found, Failed)
    return found


def test_success_is_what_both_the_exit_code_and_the_answer_call_success() -> None:
    said = answer(success=True, migrations=[{"filepath": "/flyway/sql/sub/V1__a.sql"}])
    assert Succeeded(("sub/V1__a.sql",)) == outcome(0, said)


@pytest.mark.parametrize(
    ("exit_code", "said"),
    [
        (0, answer(success=False, migrations=[])),
        (0, answer(migrations=[])),
        (1, answer(success=True, migrations=[])),
        (0, answer(error={"errorCode": "ERROR", "message": "no"}, success=True, migrations=[])),
        (0, ""),
        (137, "Killed"),
    ],
    ids=["exit 0, success false", "exit 0, no success", "exit 1, success", "exit 0, error", "silence", "no JSON"],
)
def test_anything_else_is_a_failure(exit_code: int, said: str) -> None:
    """Without one of its jars Flyway ends a failed migration with 0, and a failed `validate` always."""
    assert isinstance(outcome(exit_code, said), Failed)


def test_an_sql_error_is_read_from_its_fields_or_from_its_text() -> None:
    """A callback's failure has the text only."""
    words = 'ERROR: could not create unique index "t_a"\n  Detail: Key (a)=(1) is duplicated.'
    expected = Failed("ERROR", words, "/flyway/sql/V2__bad.sql", 4, "23505")
    assert expected == failed(BLOCK)
    assert expected == failed(BLOCK, lineNumber=4, path="/flyway/sql/V2__bad.sql", sqlState="23505")


def test_a_placeholder_without_a_value_is_found_where_it_stands() -> None:
    """Flyway gives the first line of the file."""
    said = failed(
        "Unable to parse statement in /flyway/sql/V3__x.sql at line 1 col 1. See https://example.org/topic=a "
        "for more information. No value provided for placeholder: ${who}.  Check your configuration!"
    )
    assert locate(said, {"V3__x.sql": "SELECT 1;\n\nSELECT '${who}';"}) == ("V3__x.sql", 3)
    assert "https" not in said.words


def test_a_statement_that_flyway_quotes_without_its_file_is_found() -> None:
    said = failed(
        "Detected both transactional and non-transactional statements within the same migration (even though mixed is "
        "false). Offending statement found at line 2: create index concurrently i on t(a) [non-transactional]"
    )
    files = {
        "V1__t.sql": "create table t(a int);\nselect 1;",
        "V2__i.sql": "select 1;\ncreate index concurrently i on t(a);",
    }
    assert locate(said, files) == ("V2__i.sql", 2)


def test_a_failure_without_a_file_is_told_in_flyways_words() -> None:
    error = explain(failed("Out of luck"), {}, is_half_done=False, left="")
    assert "Out of luck" in str(error)


@pytest.mark.parametrize(
    ("content", "line", "expected"),
    [
        ("a;\nb\n  c;\nd;", 2, "b\n  c;"),
        ("do $$\nbegin\n  x;\nend $$;\nnext;", 1, "do $$\nbegin\n  x;\nend $$;"),
        ("no end", 1, "no end"),
        ("a;", 9, ""),
        ("x\n" * 40, 1, "x\n" * 15 + "…"),
    ],
)
def test_the_statement_at_a_line_is_shown(content: str, line: int, expected: str) -> None:
    assert expected == statement(content, line)


def test_indexes_are_named_as_postgres_keeps_them() -> None:
    sql = """
        CREATE INDEX CONCURRENTLY Notes_Text ON notes (text);
        create unique index concurrently if not exists "We ird" on notes (id);
        CREATE INDEX CONCURRENTLY ${table}_id ON ${table} (id);
        CREATE INDEX CONCURRENTLY ON notes (id);
        CREATE INDEX plain ON notes (id);
    """
    assert list(concurrent_indexes(sql, {"table": "tags"})) == ["notes_text", "We ird", "tags_id"]


@pytest.mark.parametrize(
    ("script", "version"),
    [("V1__a.sql", (1,)), ("sub/V1_10.0__a.sql", (1, 10)), ("V2.sql", (2,)), ("R__a.sql", None), ("x.sql", None)],
)
def test_the_version_of_a_file(script: str, version: tuple[int, ...] | None) -> None:
    assert version == version_of(script)


def test_callbacks_are_no_migrations() -> None:
    names = ["V1__a.sql", "sub/R__b.sql", "B3__c.sql", "afterMigrate.sql", "beforeMigrate__x.sql", ".keep"]
    assert [name for name in names if is_migration(name)] == ["V1__a.sql", "sub/R__b.sql", "B3__c.sql"]


def test_the_password_is_no_argument() -> None:
    """And what keeps Flyway from calling a mistake "nothing to do" always is one."""
    arguments = migrate_arguments("notes", "notes_owner", {"b": "2", "a": "x=y"})
    assert not [argument for argument in arguments if "password" in argument]
    assert {"-failOnMissingLocations=true", "-validateMigrationNaming=true"} < set(arguments)
    assert arguments[-3:] == ["-placeholders.a=x=y", "-placeholders.b=2", "migrate"]
