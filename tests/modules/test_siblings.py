"""The modules at home and on AWS: siblings, so that one root differs from the other in `source` alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

MODULES = Path(__file__).parents[2] / "modules"
ONLY_ON_AWS = YAML(typ="safe").load(Path(__file__).parent / "only_on_aws.yaml")
BLOCK = r'^%s "(\w+)" {\n(.*?)^}'
OWN_CONDITIONS = {"hosts"}  # optional on AWS, where there is always a name; see the modules' READMEs


def _blocks(kind: str, module: str, noun: str) -> dict[str, str]:
    """Name to body of every variable or output."""
    file = MODULES / kind / module / f"{noun}s.tf"
    return dict(re.findall(BLOCK % noun, file.read_text(), re.DOTALL | re.MULTILINE))


def _argument(body: str, name: str) -> list[str]:
    """The lines of one argument without their indentation, aligned or not; empty where it is not there."""
    found = re.search(rf"^  {name}\s+= (.*?)(?=^  \w+\s+=|^  \w+ {{|\Z)", body, re.DOTALL | re.MULTILINE)
    return [" ".join(line.split()) for line in found[1].splitlines() if line.strip()] if found else []


@pytest.mark.parametrize("module", ONLY_ON_AWS)
def test_aws_takes_what_home_takes(module: str) -> None:
    """The same names; what there is more is listed with its reason, and no input is another's."""
    home, aws = _blocks("home", module, "variable"), _blocks("aws", module, "variable")
    assert set() == home.keys() - aws.keys()
    assert set(ONLY_ON_AWS[module]) == aws.keys() - home.keys()


@pytest.mark.parametrize("module", ONLY_ON_AWS)
def test_an_input_is_of_the_same_type(module: str) -> None:
    """An object may have more keys on AWS, never fewer or others."""
    aws = _blocks("aws", module, "variable")
    for name, body in _blocks("home", module, "variable").items():
        missing = [line for line in _argument(body, "type") if line not in _argument(aws[name], "type")]
        assert [] == missing, name


@pytest.mark.parametrize("module", ONLY_ON_AWS)
def test_an_input_has_the_same_default(module: str) -> None:
    """What is left out means the same on both."""
    aws = _blocks("aws", module, "variable")
    home = _blocks("home", module, "variable")
    for name in home.keys() - OWN_CONDITIONS:
        assert _argument(home[name], "default") == _argument(aws[name], "default"), name


@pytest.mark.parametrize("module", ONLY_ON_AWS)
def test_aws_gives_what_home_gives(module: str) -> None:
    """Whatever uses an output at home finds it on AWS."""
    assert set() == _blocks("home", module, "output").keys() - _blocks("aws", module, "output").keys()


def test_every_module_at_home_has_a_sibling() -> None:
    """But for the base, which is each kind's own."""
    assert set(ONLY_ON_AWS) == {path.name for path in (MODULES / "home").iterdir()} - {"base"}
