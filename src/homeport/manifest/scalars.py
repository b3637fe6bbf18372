"""YAML's plain scalars as Python values that remember how they were written."""

from typing import Any, Final

from ruamel.yaml.events import ScalarEvent
from ruamel.yaml.nodes import ScalarNode


class WrittenInt(int):
    """A whole number and its text: `012345678901` is not 12345678901 to someone who wrote an account."""

    written: str


class WrittenFloat(float):
    """A number and its text: `1.10` as an environment variable is not `1.1`."""

    written: str


class _Unread:
    def __repr__(self) -> str:
        return "UNREAD"


UNREAD: Final = _Unread()
"""Stands for a value that a problem was already noted for."""


def scalar(resolver: Any, event: ScalarEvent) -> str | int | float | bool | None:
    """The value of a scalar by YAML 1.2's core schema. Dates are text: no key takes one."""
    kind = str(resolver.resolve(ScalarNode, event.value, event.implicit)).rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return bool(event.value.lower() == "true")
    if kind in ("int", "float"):
        return _number(kind, event.value)
    return str(event.value)


def _number(kind: str, text: str) -> str | int | float:
    plain = text.replace("_", "").lower()
    try:
        if kind == "float":
            number: WrittenInt | WrittenFloat = WrittenFloat(plain.replace(".inf", "inf").replace(".nan", "nan"))
        else:
            number = WrittenInt(int(plain, _base(plain)))
    except ValueError:
        return text  # thousands of digits, or a form of YAML 1.1: text is all it can be
    number.written = text
    return number


def _base(text: str) -> int:
    digits = text.lstrip("+-")
    return {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2], 10)
