"""Kinds of check that several nouns share."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Strict, WithJsonSchema

from homeport.manifest.problems import Rule, rule, shown

PORT = rule("port", "A port is a number between 1 and 65535.")
POSTGRES = rule("postgres", "The Postgres major is a number between 14 and 18.")
LISTED_TWICE = rule("listed-twice", "A list names each thing once.")


def matching(rule: Rule, pattern: str, words: str) -> AfterValidator:
    """Text of a pattern, which `words` say."""
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise rule.broken(f"should be {words}, not {shown(text)}")
        return text

    return AfterValidator(check)


def between(rule: Rule, low: int, high: int) -> BeforeValidator:
    """A whole number; neither `true` nor "80" is one."""

    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise rule.broken(f"should be a number between {low} and {high}, not {shown(value)}")
        return int(value)

    return BeforeValidator(check)


def _listed_once(values: tuple[str, ...]) -> tuple[str, ...]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise LISTED_TWICE.broken(f"names {shown(value)} twice")
    return values


def short_form(key: str) -> Callable[[object], object]:
    """Text alone stands for a map with that one key."""

    def expand(value: object) -> object:
        return {key: value} if isinstance(value, str) else value

    return expand


once = AfterValidator(_listed_once)

Port = Annotated[int, between(PORT, 1, 65535), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65535})]
PostgresMajor = Annotated[
    int, between(POSTGRES, 14, 18), WithJsonSchema({"type": "integer", "minimum": 14, "maximum": 18})
]
Switch = Annotated[bool, Strict()]
