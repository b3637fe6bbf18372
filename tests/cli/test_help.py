"""What the command line says of itself."""

import re
from pathlib import Path

from homeport.cli.reference import reference

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "verbs.md"
OUR_OWN = {"HOMEPORT_BUILD_SECRET_", "HOMEPORT_RESTARTED_AS_MEMBER", "HOMEPORT_SQL", "HOMEPORT_TERMINAL"}


def test_the_reference_is_what_the_verbs_say() -> None:
    """`python -m homeport.cli.reference` was run after the last change of a verb."""
    assert DOCUMENT.read_text() == reference()


def test_every_help_reads_well_in_eighty_columns() -> None:
    """No line is longer, and no sentence is cut in the list of verbs."""
    assert [] == [line for line in reference().splitlines() if len(line) > 80 and "python -m" not in line]
    assert [] == [line for line in reference().splitlines() if line.endswith("...") and "Usage" not in line]


def test_every_variable_that_a_person_may_set_is_told() -> None:
    """A setting that only the code knows is none; what our processes tell each other is not a person's to set."""
    read = {name for path in (ROOT / "src").rglob("*.py") for name in re.findall(r"HOMEPORT_[A-Z_]+", path.read_text())}
    told = re.findall(r"(?m)^HOMEPORT_[A-Z_]+", reference())
    assert read - OUR_OWN == set(told)
