"""The tutorial, start to end, as somebody would type it on a machine that has nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bare_machine import BareMachine, bare_machine, make_root
from tests.support.tutorial import parts, said_by_part, script

pytestmark = [pytest.mark.docker, pytest.mark.long]
REPOSITORY = Path(__file__).parents[3]
PAGE = REPOSITORY / "docs" / "tutorial.md"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareMachine]:
    archive = tmp_path_factory.mktemp("bare") / "root.tar"
    make_root(archive)
    with bare_machine(archive, "tutorial", "10.254.79") as made:
        made.put_checkout(REPOSITORY, "/root/homeport")
        made.run("apt-get update -qq && apt-get install -qqy --no-install-recommends curl")
        yield made


@pytest.mark.timeout(1800)
def test_every_command_of_the_tutorial_does_what_the_page_says(machine: BareMachine) -> None:
    """Nothing on the page is out of date: each command runs, and says what is printed under it."""
    (machine.root / "root/tutorial.sh").write_text(script(PAGE))
    done = machine.run("bash tutorial.sh", returncode=None)
    said = said_by_part(done.stdout)
    assert 0 == done.returncode, f"the commands at line {max(said)} of the page failed:\n{said[max(said)]}"
    missing = {part.line: expected for part in parts(PAGE) if (expected := part.missing(said[part.line])) is not None}
    assert {} == missing, "\n".join(said[line] for line in missing)
