"""The differences of any resource of AWS's, down to the innermost value that differs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from homeport.deploy.summary import arrow
from homeport.terraform import Change
from homeport.terraform.masking import KNOWN_LATER, SENSITIVE
from homeport.terraform.plan import Difference

COMPUTED = ("arn", "arn_without_revision", "id", "revision", "tags_all", "unique_id", "version")
TAGS = "tags"
LONGEST = 60  # characters of one value


def words(change: Change, without: Collection[str] = ()) -> list[str]:
    """What differs, a phrase each. Of what is made anew, most that is known after the apply is AWS's to say: only what
    it is made anew for is said then."""
    differences = [one for one in change.differences if one.attribute not in (*COMPUTED, *without)]
    found = [(one.attribute, leaf) for one in differences for leaf in leaves(one)]
    is_asked = {name for name, _ in found if change.action == "update" or name in change.because}
    known = [said(leaf) for _, leaf in found if not _is_later(leaf.after)]
    later = [said(leaf) for name, leaf in found if _is_later(leaf.after) and name in is_asked]
    return list(dict.fromkeys([*known, *later]))


def leaves(difference: Difference) -> Iterator[Difference]:
    """Of a plan's difference: a sensitive value differs where nothing of it may be seen to."""
    if difference.before == difference.after:
        yield Difference(difference.attribute, SENSITIVE, SENSITIVE)
    else:
        yield from innermost(difference.attribute, difference.before, difference.after)


def said(leaf: Difference) -> str:
    """One difference as a phrase."""
    name, before, after = leaf.attribute, leaf.before, leaf.after
    if name.partition(".")[0] == TAGS:
        return TAGS
    if SENSITIVE in (before, after):
        return f"{name} changes (sensitive)"
    if _is_later(after):
        return f"{name} is known after the apply"
    if isinstance(before or after, dict) and (is_nothing(before) or is_nothing(after)):
        return f"+{name}" if after else f"-{name}"
    if isinstance(before, list) or isinstance(after, list):
        return f"{name} {_members(before or [], after or [])}"
    return f"{name} {arrow(_cut(before), _cut(after))}"


def only(change: Change, name: str) -> Difference | None:
    """The difference of one attribute, where there is one."""
    return next((one for one in change.differences if one.attribute == name), None)


def parsed(value: Any) -> Any:
    """A text that holds JSON as what it holds."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def is_nothing(value: Any) -> bool:
    """AWS gives back as an empty value, or as its default, what was left out."""
    return value in (None, "", [], {}, False, 0)


def innermost(name: str, before: Any, after: Any) -> Iterator[Difference]:
    """What differs in blocks, and in texts of JSON, by its path."""
    before, after = parsed(before), parsed(after)
    if before == after or (is_nothing(before) and is_nothing(after)):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from innermost(f"{name}.{key}".removeprefix("."), before.get(key), after.get(key))
    elif _are_blocks(before) and _are_blocks(after) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from innermost(name if len(before) == 1 else f"{name}.{index}", one, other)
    else:
        yield Difference(name, before, after)


def _are_blocks(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)


def _is_later(value: Any) -> bool:
    """Whether it is not known yet, as a whole or in a part."""
    if isinstance(value, dict):
        return any(_is_later(entry) for entry in value.values())
    if isinstance(value, list):
        return any(_is_later(entry) for entry in value)
    return bool(value == KNOWN_LATER)


def _members(before: Any, after: Any) -> str:
    """What comes and what goes; of blocks, how many."""
    if not isinstance(before, list) or not isinstance(after, list):
        return arrow(_cut(before), _cut(after))
    if _are_blocks(before or after):
        return f"{len(before)} → {len(after)}"
    come = [f"+{value}" for value in after if value not in before]
    go = [f"-{value}" for value in before if value not in after]
    return str(_cut(" ".join([*come, *go]) or "in another order"))


def _cut(value: Any) -> Any:
    """A long text by its beginning; images keep their digests."""
    is_long = isinstance(value, str) and len(value) > LONGEST and "@sha256:" not in value
    return f"{value[:LONGEST]}…" if is_long else value
