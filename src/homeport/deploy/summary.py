"""A plan in words: what a person reads before they say yes. Pure; each kind of target has words of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeport.releases.images import NO_DIGEST
from homeport.terraform import Change, Plan

MARKS = {"create": "+", "update": "~", "replace": "~", "delete": "-"}
DONE = {"create": "new", "update": "changed", "replace": "made anew", "delete": "removed"}
DROPPED = "DROPPED, with all its data"
SHORT_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a summary: the mark (`+`, `~`, `-`), the noun, what it is, and what happens to it."""

    mark: str
    noun: str
    subject: str
    text: str


def counted(plan: Plan) -> str:
    """`61 resources: 58 new, 2 changed, 1 removed`."""
    found = Counter(DONE[change.action] for change in plan.changes)
    kinds = ", ".join(f"{found[done]} {done}" for done in dict.fromkeys(DONE.values()) if found[done])
    return f"{len(plan.changes)} resource{'s' if len(plan.changes) != 1 else ''}: {kinds}"


def mark_of(change: Change) -> str:
    return MARKS[change.action]


def arrow(before: Any, after: Any) -> str:
    """`aaaaaaaaaaaa → bbbbbbbbbbbb`: images by their digests, unless these are the same."""
    one, other = short(before), short(after)
    return f"{one} → {other}" if one != other else f"{before or one} → {after or other}"


def short(value: Any) -> str:
    """A value in few words; of an image, the beginning of its digest."""
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if str(value).endswith(NO_DIGEST):
        return "one to be built"
    repository, at, digest = str(value).partition("@sha256:")
    return digest[:SHORT_DIGEST] if at else repository


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The names alone: `LOG_LEVEL, +NEW, -OLD`."""
    names = sorted(before.keys() | after.keys())
    return ", ".join(_key(name, before, after) for name in names if before.get(name) != after.get(name))


def _key(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if name not in before:
        return f"+{name}"
    return f"-{name}" if name not in after else name
