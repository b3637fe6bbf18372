"""What the documents name is there: a test, a file or a measurement that was renamed leaves no page behind."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "homeport"
PLACES = (ROOT, PACKAGE, ROOT / "tests")
PAGES = sorted(
    page
    for folder in ("", "docs", "docs/decisions", "examples/**", "modules/**")
    for page in ROOT.glob(f"{folder}/*.md".lstrip("/"))
    if page.name != "CHANGELOG.md"  # it tells what was
)
PATCHES = ROOT / "docs" / "decisions" / "0011-the-emulator-is-patched.md"


def _found(pattern: str, page: Path) -> Iterator[str]:
    return (found[1] for found in re.finditer(pattern, page.read_text()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    """A path in a text is one of the repository, of the package or of the page's own folder."""
    links = [link for link in _found(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page) if not (page.parent / link).exists()]
    paths = [
        path
        for path in _found(r"`([a-z_.-]+/[a-z_/.-]+\.py)`", page)
        if not any((place / path).exists() for place in (*PLACES, page.parent))
    ]
    assert [] == links + paths


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_tests_and_measurements_that_are_named_are_there(page: Path) -> None:
    """Who doubts a row reads what shows it."""
    named = {*_found(r"`(test_\w+)(?:\.py)?`", page)}
    if page in (ROOT / "README.md", ROOT / "docs" / "measurements.md"):
        named |= {*_found(r"`([a-z]+_[a-z_]+)`", page)}
    files = {path.stem for folder in ("tests", "bench") for path in (ROOT / folder).rglob("*.py")}
    functions = {name for path in (ROOT / "tests").rglob("test_*.py") for name in _found(r"def (test_\w+)\(", path)}
    assert set() == named - files - functions


def test_every_patch_of_the_emulator_has_its_line() -> None:
    """A patch without a line is one that nobody drops."""
    files = {path.stem for path in (PACKAGE / "aws" / "emulator" / "patches").glob("*.py")} - {"__init__"}
    assert files == {*_found(r"(?m)^\| `(\w+)`", PATCHES), *_found(r"(?m)^\| `\w+` \(with `(\w+)`\)", PATCHES)}


def test_every_decision_is_listed() -> None:
    """By its number and its title."""
    decisions = ROOT / "docs" / "decisions"
    titles = {page.name: page.read_text().partition("\n")[0] for page in decisions.glob("0*.md")}
    listed = re.findall(r"(?m)^\| \[(\d+)\]\((.+)\) \| (.+) \|$", (decisions / "README.md").read_text())
    assert titles == {file: f"# {number}. {title}" for number, file, title in listed}
