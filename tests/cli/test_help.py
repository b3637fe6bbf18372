"""What the command line says of itself."""

from pathlib import Path

from homeport.cli.reference import reference

DOCUMENT = Path(__file__).parents[2] / "docs" / "verbs.md"


def test_the_reference_is_what_the_verbs_say() -> None:
    """`python -m homeport.cli.reference` was run after the last change of a verb."""
    assert DOCUMENT.read_text() == reference()


def test_every_help_reads_well_in_eighty_columns() -> None:
    """No line is longer, and no sentence is cut in the list of verbs."""
    assert [] == [line for line in reference().splitlines() if len(line) > 80 and "python -m" not in line]
    assert [] == [line for line in reference().splitlines() if line.endswith("...") and "Usage" not in line]
