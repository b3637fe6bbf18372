"""What home cannot prove for AWS, in code and on its page."""

from pathlib import Path

from homeport.releases.parity import NOT_PROVEN_AT_HOME

PAGE = Path(__file__).parents[2] / "docs" / "aws-parity.md"


def test_the_page_says_what_promotion_prints() -> None:
    """A sentence that is printed is one that a reader can look up."""
    listed = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("- **")]
    assert [f"- **{one.subject}**: {one.sentence}" for one in NOT_PROVEN_AT_HOME] == listed[-len(NOT_PROVEN_AT_HOME) :]


def test_each_is_one_sentence_about_something_else() -> None:
    """Short enough to be read at a promotion."""
    assert len({one.subject for one in NOT_PROVEN_AT_HOME}) == len(NOT_PROVEN_AT_HOME)
    assert all(one.sentence.endswith(".") and len(str(one)) <= 160 for one in NOT_PROVEN_AT_HOME)
