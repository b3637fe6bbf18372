"""What squawk is asked about migrations, and how its answer is read. Pure.

Each file is linted twice in the one run: as it is, and without the comments that squawk obeys. So what a comment
answers is known, too: it lets a lock pass, but a column that is dropped is gone all the same.
Source: squawk 2.70, "CLI" (its JSON, its comments); Flyway, "Script Configuration".
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeport.releases import sql
from homeport.releases.sql import Statement

# It asks for IF NOT EXISTS, which takes the invalid index of a failed CONCURRENTLY for a good one; homeport removes it.
EXCLUDED = ("prefer-robust-stmts",)
COMMENT = "squawk-ignore"
OUTSIDE = "\n-- squawk-disable-assume-in-transaction\n"
CONFIGURED_OUTSIDE = re.compile(r"^\s*(?:flyway\.)?executeInTransaction\s*=\s*false\s*$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """A migration's text, and it with its placeholders' values; `configuration` is Flyway's .conf beside it."""

    script: str
    text: str
    filled: sql.Filled
    statements: tuple[Statement, ...]
    configuration: str = ""

    @classmethod
    def of(cls, script: str, text: str, placeholders: Mapping[str, str], configuration: str = "") -> "File":
        filled = sql.fill(text, placeholders)
        return cls(script, text, filled, sql.statements(filled.text), configuration)

    @property
    def is_outside_by_itself(self) -> bool:
        """Whether Flyway runs it outside a transaction for what is in it; it can hold no SET then."""
        return not self._is_configured_outside and sql.is_never_in_a_transaction(self.statements)

    @property
    def is_outside(self) -> bool:
        return self._is_configured_outside or self.is_outside_by_itself

    @property
    def _is_configured_outside(self) -> bool:
        return CONFIGURED_OUTSIDE.search(self.configuration) is not None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as squawk gives it: lines and columns from 0, in the filled text of the file with this number."""

    number: int
    line: int
    column: int
    end: tuple[int, int]
    rule: str
    message: str
    remedy: str


def place(found: Found) -> tuple[int, int, int]:
    """For an order as in the files."""
    return found.number, found.line, found.column


@dataclass(frozen=True, slots=True)
class Answer:
    """The findings, and those that a comment in the file answers; each by place."""

    open: tuple[Found, ...]
    answered: tuple[Found, ...]

    def of(self, number: int) -> "Answer":
        """What is of one file."""
        return Answer(
            tuple(one for one in self.open if one.number == number),
            tuple(one for one in self.answered if one.number == number),
        )


def questions(files: Sequence[File], wanted: Collection[File]) -> dict[str, str]:
    """What squawk is given, by name: the wanted files, each as it is and bare."""
    asked: dict[str, str] = {}
    for number, file in enumerate(files):
        if file in wanted:
            text = file.filled.text + (OUTSIDE if file.is_outside else "")
            asked[f"{number:05}.sql"] = text
            asked[f"{number:05}.bare.sql"] = text.replace(COMMENT, COMMENT.replace("-", " "))
    return asked


def read(answer: str) -> Answer:
    """squawk's JSON. Raises ValueError or LookupError when it is none."""
    given: list[dict[str, Any]] = json.loads(answer)
    if not isinstance(given, list):
        raise ValueError("not a list")
    open_ = [_found(one) for one in given if not one["file"].endswith(".bare.sql")]
    bare = [_found(one) for one in given if one["file"].endswith(".bare.sql")]
    answered = set(bare) - set(open_)
    return Answer(tuple(sorted(open_, key=place)), tuple(sorted(answered, key=place)))


def _found(given: Mapping[str, Any]) -> Found:
    message, remedy = (" ".join((given[key] or "").split()) for key in ("message", "help"))
    end = (given["line_end"], given["column_end"])
    return Found(int(given["file"][:5]), given["line"], given["column"], end, given["rule_name"], message, remedy)
