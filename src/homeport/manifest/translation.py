"""pydantic's errors in our words: none of its own is ever shown."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from homeport.manifest.problems import RULES, KeyPath, Problem, meant, printable, rule, shown

KNOWN_KEYS = rule("known-keys", "Only the keys of this page are known.")
REQUIRED = rule("required", "What is required is there.")
TARGET_KIND = rule("target-kind", "A target's `kind` is `docker` or `aws`.")
MAP = rule("map", "Where keys are expected stands a map.")
LIST = rule("list", "Where several values are expected stands a list.")
TEXT = rule("text", "Where text is expected stands text; a number or `true` is quoted to be text.")
SWITCH = rule("switch", "A switch is `true` or `false`.")

_TYPES = {
    "model_type": (MAP, "a map"),
    "model_attributes_type": (MAP, "a map"),
    "dict_type": (MAP, "a map"),
    "tuple_type": (LIST, "a list"),
    "bool_type": (SWITCH, "true or false"),
}


def problem_of(error: ErrorDetails, model: type[BaseModel]) -> Problem:
    """One error of a model, as a problem at its place in the file."""
    path, kind = _path(error["loc"]), error["type"]
    if kind in RULES:
        return Problem(kind, path, error["msg"])
    if kind == "extra_forbidden":
        key = printable(str(path[-1]))
        suggestion = meant(path[-1], keys_at(model, error["loc"][:-1]))
        return Problem(KNOWN_KEYS.name, path, f'unknown key "{key}"{suggestion}', place=path[:-1])
    if kind == "missing":
        return Problem(REQUIRED.name, path, f'needs the key "{path[-1]}"', place=path[:-1])
    if kind == "union_tag_not_found":
        return Problem(REQUIRED.name, (*path, "kind"), 'needs the key "kind": "docker" or "aws"', place=path)
    if kind == "union_tag_invalid":
        return _unknown_kind(path, error["input"])
    wanted, words = _TYPES.get(kind, (TEXT, "text"))
    hint = " (write it in quotes)" if wanted is TEXT and not isinstance(error["input"], dict | list) else ""
    return wanted.at(path, f"should be {words}, not {shown(error['input'])}{hint}")


def keys_at(model: type[BaseModel], location: tuple[str | int, ...]) -> Iterator[str]:
    """The keys that may stand at a location of a model."""
    types: list[Any] = [model]
    for part in location:
        types = [inner for outer in types for inner in _inside(outer, part)]
    for found in types:
        yield from (key for record in _records(found) for key in record.model_fields)


def _unknown_kind(path: KeyPath, target: Any) -> Problem:
    kind = target["kind"]
    suggestion = meant(kind, ("docker", "aws")) if isinstance(kind, str) else ""
    text = f'should be "docker" or "aws", not {shown(kind)}{suggestion}'
    return TARGET_KIND.at((*path, "kind"), text)


def _path(location: tuple[str | int, ...]) -> KeyPath:
    """A location without pydantic's own marks: which kind of target it took, and that it means the key."""
    parts = [part for part in location if part != "[key]"]
    if location[:1] == ("targets",) and len(location) > 2 and location[2] in ("docker", "aws"):
        del parts[2]
    return tuple(parts)


def _inside(outer: Any, part: str | int) -> list[Any]:
    if isinstance(outer, type) and issubclass(outer, BaseModel):
        return [outer.model_fields[part].annotation] if part in outer.model_fields else []
    if get_origin(outer) is dict:
        return [get_args(outer)[1]]
    members = get_args(outer)
    of_this_kind = [member for member in members if _kind(member) == part]
    return of_this_kind or [inner for member in members for inner in _inside(member, part)]


def _kind(member: Any) -> object:
    is_target = isinstance(member, type) and issubclass(member, BaseModel) and "kind" in member.model_fields
    return member.model_fields["kind"].default if is_target else None


def _records(found: Any) -> list[type[BaseModel]]:
    if isinstance(found, type) and issubclass(found, BaseModel):
        return [found]
    return [record for member in get_args(found) for record in _records(member)]
