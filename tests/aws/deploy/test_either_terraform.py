"""Terraform and OpenTofu in turns, on one base and one application on AWS."""

from pathlib import Path

import pytest

from homeport.aws.emulator import Running as Emulator
from tests.support.production import Production

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


def test_each_goes_on_with_what_the_other_made(emulator: Emulator, tmp_path: Path) -> None:
    """Nothing to do after a change of hands; each removes what the other made. Both must be on PATH."""
    with Production.of(emulator, tmp_path) as production:

        def take_over(name: str) -> None:
            production.home.variables["HOMEPORT_TERRAFORM"] = name

        take_over("terraform")
        production.run("setup", "production", "--yes")
        production.run("promote", "staging", "production", "--yes")

        take_over("tofu")
        _assert_nothing_to_do(production)
        before, _, rest = (production.application / "homeport.yaml").read_text().partition("\n  worker:")
        (production.application / "homeport.yaml").write_text(before + "\n# A model" + rest.partition("\n# A model")[2])
        production.next_version()
        assert "Release 2 of notes serves" in production.run("promote", "staging", "production", "--yes")

        take_over("terraform")
        _assert_nothing_to_do(production)
        production.run("down", "production", "--delete-data", "--confirm-name", "notes", "--yes")


def _assert_nothing_to_do(production: Production) -> None:
    for words in (["setup"], ["promote", "staging"]):
        assert "Nothing to do" in production.run(*words, "production", "--yes")
