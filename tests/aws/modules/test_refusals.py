"""Every module for AWS, by Terraform's own checks and its tests with a mocked account."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from homeport.errors import HomeportError
from homeport.home.drivers import Drivers
from homeport.provider.provider import HomeportProvider
from tests.support.rules import rules
from tests.support.terraform import MODULES, Root, served_root

NAMES = sorted(path.name for path in (MODULES / "aws").iterdir())
FILES = {"README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf"}


def _no_server(host: str, instance: str) -> Drivers:
    raise HomeportError("There is no server here.")


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", NAMES)
def test_a_module_refuses_what_it_says_it_refuses(tmp_path: Path, name: str) -> None:
    """It is valid, and its runs pass with a mocked account; without any one of its rules, a run that should be refused
    is not."""
    copied = tmp_path / "copied"
    shutil.copytree(MODULES, copied, ignore=shutil.ignore_patterns(".terraform*"))
    folder = copied / "aws" / name
    with served_root(tmp_path, HomeportProvider(_no_server)) as served:
        module = Root(folder, served.environment)
        module.terraform("init", "-input=false")
        if "configuration_aliases" not in (folder / "versions.tf").read_text():  # such a one is no root by itself
            module.terraform("validate")
        module.terraform("test")
        for rule in rules(folder):
            whole = rule.file.read_text()
            rule.file.write_text(rule.taken_out())
            assert rule.is_missed(module.terraform("test", returncode=1)), rule.text
            rule.file.write_text(whole)


@pytest.mark.parametrize("name", NAMES)
def test_a_module_is_formatted_and_described(tmp_path: Path, name: str) -> None:
    """Its files and a README; every variable and output is described."""
    folder = MODULES / "aws" / name
    assert FILES <= {path.name for path in folder.iterdir()}
    for file in ("variables.tf", "outputs.tf"):
        text = (folder / file).read_text()
        assert text.count('variable "') + text.count('output "') == text.count("\n  description = ")
    with served_root(tmp_path, HomeportProvider(_no_server)) as served:
        Root(folder, served.environment).terraform("fmt", "-check", "-diff")
