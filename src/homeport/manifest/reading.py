"""From a file to a record, or to all that is wrong with the file, in plain words and by line."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from homeport.manifest.document import Document, read
from homeport.manifest.problems import KeyPath, Problem, dotted
from homeport.manifest.record import Record
from homeport.manifest.scalars import UNREAD
from homeport.manifest.translation import problem_of

Checked = TypeVar("Checked", bound=Record)
Relations = Callable[[Checked], Iterable[Problem]]

_ROUNDS = 8
_MOST = 200  # problems between keys: of two long lists, each entry may clash with each
STAND_INS: dict[str | int, object] = {
    "name": "unnamed",
    "build": ".",
    "context": ".",
    "path": "/",
    "account": "000000000000",
    "region": "eu-west-1",
}
"""For required keys that are missing or wrong, so that the rules over several keys can still be asked."""


def line_of(path: Path, problem: Problem) -> str:
    """`homeport.yaml:14: services.api.port: should be …`."""
    place = problem.path if problem.place is None else problem.place
    where = f"{dotted(place)}: " if place else ""
    return f"{path.name}:{problem.line}: {where}{problem.text}"


def judge(path: Path, model: type[Checked], relations: Relations[Checked]) -> tuple[Checked | None, list[Problem]]:
    """The record as far as there is one, and the problems by line.

    The rules over several keys are asked even when single keys are wrong: those are mended first, and what
    would only follow from them is left out.
    """
    document = read(path)
    problems = list(document.problems)
    broken = set(document.unread)
    record = None
    if document.data is not UNREAD:
        record, found = _validate(document, model, broken)
        problems += found
    if record is not None:
        problems += [problem for problem in islice(relations(record), _MOST) if not problem.echoes(broken)]
    return record, sorted((_placed(problem, document) for problem in problems), key=_order)


def _validate(document: Document, model: type[Checked], broken: set[KeyPath]) -> tuple[Checked | None, list[Problem]]:
    """The record of what is right, and the problems of single keys; adds their places to `broken`."""
    data = document.data
    problems: list[Problem] = []
    for turn in range(_ROUNDS):
        try:
            return model.model_validate(data), problems
        except ValidationError as error:
            found = [problem_of(detail, model) for detail in error.errors(include_url=False)]
        problems += [problem for problem in found if not problem.echoes(broken)]
        broken |= {_mended_place(problem, document) for problem in found}
        data = _mended(data, [_mended_place(problem, document) for problem in found], stand_in=turn == 0)
    return None, problems


def _mended_place(problem: Problem, document: Document) -> KeyPath:
    """The key to drop: where a short form or a list stands for the path, the key that holds it."""
    is_key_of_place = problem.place is not None
    path = problem.path if is_key_of_place else document.written(problem.path)
    numbers = [index for index, part in enumerate(path) if isinstance(part, int)]
    return path[: numbers[0]] if numbers else path


def _mended(data: object, places: Iterable[KeyPath], *, stand_in: bool) -> object:
    """A copy without the values at `places`; required keys get a stand-in, or else what lacks them goes."""
    copy = _copied(data)
    for place in places:
        holder, key = _holder(copy, place)
        if not isinstance(holder, dict):
            continue
        if stand_in and key in STAND_INS and isinstance(key, str):
            holder[key] = STAND_INS[key]
        elif key in holder:
            del holder[key]
        else:
            grandparent, name = _holder(copy, place[:-1])
            if isinstance(grandparent, dict):
                grandparent.pop(name, None)
    return copy


def _holder(data: object, place: KeyPath) -> tuple[object, str | int]:
    for part in place[:-1]:
        data = data.get(part) if isinstance(data, dict) else None
    return (data, place[-1]) if place else (None, "")


def _copied(data: object) -> object:
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return data


def _placed(problem: Problem, document: Document) -> Problem:
    place = document.written(problem.path) if problem.place is None else problem.place
    return replace(problem, place=place, line=problem.line or document.line(problem.path))


def _order(problem: Problem) -> tuple[int, str, str]:
    return problem.line, dotted(problem.path), problem.text
