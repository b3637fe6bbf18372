"""SQL as far as migrations are read."""

import pytest

from homeport.releases import sql


def test_a_value_of_several_lines_moves_no_line() -> None:
    """A finding is shown where the author finds it."""
    filled = sql.fill("a\nb ${x} ${y}\nc", {"x": "1\n2\n3"})
    assert "a\nb 1\n2\n3 placeholder\nc" == filled.text
    assert (1, 2, 2, 2, 3) == filled.lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALTER TABLE IF EXISTS ONLY Public.Notes ADD x int", {"notes"}),
        ('ALTER TABLE "No;tes" ADD x int', {"No;tes"}),
        ("ALTER TABLE other . notes ADD x int", {"other.notes"}),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY notes (x)", {"notes"}),
        ("CREATE INDEX ON notes (x)", {"notes"}),
        ("DROP TABLE a, b.c CASCADE", {"a", "b.c"}),
        ("DROP FUNCTION f(int, text), g() RESTRICT", {"f", "g"}),
        ("DROP MATERIALIZED VIEW IF EXISTS v", {"v"}),
        ("DROP INDEX i", set()),
        ("UPDATE notes SET x = 1", set()),
    ],
)
def test_what_a_statement_is_about(text: str, expected: set[str]) -> None:
    """Nothing where it is not plain: that counts as in use."""
    (statement,) = sql.statements(f"-- one; comment\n{text};")
    assert expected == statement.about()


def test_statements_end_at_their_semicolons() -> None:
    """Not at those in text, in names, in comments or in the bodies of functions."""
    text = """SELECT ';', E'\\';', ";" /* ; */ -- ;
    ; DO $$ BEGIN; END; $$; DO $a$ $$ ; $$ $a$"""
    assert ["SELECT '', '', \";\"", "DO ''", "DO ''"] == [one.shown for one in sql.statements(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE TEMP TABLE IF NOT EXISTS a (x int)", ["a"]),
        ("CREATE UNLOGGED TABLE a AS SELECT 1", ["a"]),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", ["v"]),
        ("CREATE MATERIALIZED VIEW public.v AS SELECT 1", ["v"]),
        ("CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$", ["f"]),
        ("CREATE INDEX i ON a (x)", []),
    ],
)
def test_what_is_made(text: str, expected: list[str]) -> None:
    """An index is a part of its table."""
    assert expected == list(sql.made(sql.statements(text)))
