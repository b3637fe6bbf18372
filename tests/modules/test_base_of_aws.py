"""What the base on AWS gives, and what the modules of an application take of it."""

from __future__ import annotations

import re
from pathlib import Path

MODULES = Path(__file__).parents[2] / "modules" / "aws"
GIVEN = re.compile(r'^output "base" {.*?^  value = {\n(.*?)^  }', re.DOTALL | re.MULTILINE)
TAKEN = re.compile(r'^variable "base" {.*?^  type = object\({\n(.*?)^  }\)', re.DOTALL | re.MULTILINE)


def _keys(pattern: re.Pattern[str], file: Path) -> set[str]:
    found = pattern.search(file.read_text())
    assert found, file
    return set(re.findall(r"^    (\w+)\s+=", found[1], re.MULTILINE))


def test_an_application_takes_all_that_the_base_gives() -> None:
    """Terraform drops what an object's type does not name, and says nothing."""
    assert _keys(GIVEN, MODULES / "base" / "outputs.tf") == _keys(TAKEN, MODULES / "application" / "variables.tf")


def test_its_parts_take_nothing_else() -> None:
    """What they are given is what the application was."""
    given = _keys(GIVEN, MODULES / "base" / "outputs.tf")
    for file in MODULES.glob("*/variables.tf"):
        if file.parent.name != "base":
            assert set() == _keys(TAKEN, file) - given, file.parent.name
