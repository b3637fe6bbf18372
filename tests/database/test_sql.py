"""Names and values in SQL."""

import pytest

from homeport.database.sql import identifier, literal
from homeport.errors import DatabaseFailed


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("notes", '"notes"'), ('a"b', '"a""b"'), ("a'b; --", '"a\'b; --"'), ("n" * 63, f'"{"n" * 63}"')],
)
def test_a_name_is_quoted(name: str, quoted: str) -> None:
    assert quoted == identifier(name)


@pytest.mark.parametrize("name", ["", "a\0b", "n" * 64, "ü" * 32])
def test_a_name_that_postgres_cannot_keep_is_refused(name: str) -> None:
    """It would cut a long one without a word."""
    with pytest.raises(DatabaseFailed, match="63 bytes"):
        identifier(name)


@pytest.mark.parametrize(
    ("value", "quoted"),
    [("notes", "'notes'"), ("it's", "'it''s'"), ("a\\b", " E'a\\\\b'"), ("\\'; DROP", " E'\\\\''; DROP'")],
)
def test_a_value_is_quoted(value: str, quoted: str) -> None:
    assert quoted == literal(value)


def test_a_value_with_a_zero_byte_is_refused() -> None:
    with pytest.raises(DatabaseFailed, match="zero byte"):
        literal("a\0b")
