"""`data "homeport_base"` gives what the module of the base gives, and what the module of an application takes."""

import re
from pathlib import Path

from homeport.provider.cloud_base import TYPES

MODULES = Path(__file__).parents[2] / "modules" / "aws"


def _keys(file: str, begin: str) -> set[str]:
    """The keys of the braces that begin so."""
    body = (MODULES / file).read_text().split(begin, 1)[1].split("\n  }", 1)[0]
    return set(re.findall(r"^    (\w+) += ", body, re.MULTILINE))


def test_it_has_what_the_base_gives_and_an_application_takes() -> None:
    """A key that one of the three has alone would be missed by whoever leaves out `base`."""
    given = _keys("base/outputs.tf", 'output "base" {\n')
    taken = _keys("application/variables.tf", 'variable "base" {\n')
    assert given == taken == TYPES.keys()


def test_an_application_reads_the_base_in_one_place() -> None:
    """Where it was left out, the input is null: what asks it instead of `local.base` would work in one root only."""
    texts = {path.name: path.read_text() for path in (MODULES / "application").glob("*.tf")}
    assert "base = one(concat(var.base[*], data.homeport_base.this[*]))" in texts["main.tf"]
    assert [] == [name for name, text in texts.items() if re.search(r"var\.base\b(?!\[\*\]| == null)", text)]
