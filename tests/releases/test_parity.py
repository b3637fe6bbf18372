"""What home cannot prove for AWS, in code and on its page."""

from pathlib import Path

from homeport.releases.parity import NOT_PROVEN_AT_HOME, NOT_PROVEN_BY_AN_EMULATOR

ALL = (*NOT_PROVEN_AT_HOME, *NOT_PROVEN_BY_AN_EMULATOR)
PAGE = Path(__file__).parents[2] / "docs" / "aws-parity.md"


def test_the_page_says_what_is_printed() -> None:
    """A sentence that is printed is one that a reader can look up."""
    listed = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("- **")]
    assert [f"- **{one.subject}**: {one.sentence}" for one in ALL] == listed[-len(ALL) :]


def test_each_is_one_sentence_about_something_else() -> None:
    """Short enough to be read at a promotion, or a rehearsal."""
    assert len({one.subject for one in ALL}) == len(ALL)
    assert all(one.sentence.endswith(".") and len(str(one)) <= 160 for one in ALL)
