"""Whatever a file holds, loading it ends in a manifest or in ManifestInvalid."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from homeport.errors import ManifestInvalid
from homeport.manifest import load, load_base
from homeport.manifest.schema import FOLDER
from tests.manifest.harness import repository

EXAMPLE = (FOLDER / "example.yaml").read_text(encoding="utf-8")
PYDANTIC = re.compile(r"[Ii]nput should|[Vv]alid (string|integer|dictionary)|[Ff]ield required|not permitted")

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
pieces = st.text(alphabet="-:[]{}&*!|>%@`\"'#,?\n\t \\~<=aU0\x00\x85é", max_size=12)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    return [path, *(place for key in keys for place in places(data[key], (*path, key)))]


def replaced(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(data, dict):
        return {**data, path[0]: replaced(data[path[0]], path[1:], value)}
    return [replaced(item, path[1:], value) if index == path[0] else item for index, item in enumerate(data)]


DATA = json.loads(json.dumps(YAML(typ="safe", pure=True).load(EXAMPLE)))


def survives(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as place:
        for name, read in (("homeport.yaml", load), ("homeport.base.yaml", load_base)):
            file = repository(Path(place) / name) / name
            file.write_bytes(content)
            try:
                read(file)
            except ManifestInvalid as refused:
                assert refused.problems
                for problem in refused.problems:
                    assert re.match(rf"{re.escape(name)}:[1-9]\d*: .", problem)
                    assert problem.isprintable() and not PYDANTIC.search(problem)


@settings(deadline=None, max_examples=80)
@given(st.integers(0, len(EXAMPLE)), st.integers(0, 30), pieces)
def test_text_cut_and_patched_anywhere(start: int, length: int, piece: str) -> None:
    """A slip of the editor is told by line."""
    survives((EXAMPLE[:start] + piece + EXAMPLE[start + length :]).encode("utf-8", "surrogatepass"))


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_any_value_in_any_place(data: st.DataObject) -> None:
    """A value of the wrong kind is told at its key."""
    mangled = DATA
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(mangled)))
        mangled = replaced(mangled, place, data.draw(values))
    survives(json.dumps(mangled).encode())


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    """Nonsense is not a traceback."""
    survives(content)
