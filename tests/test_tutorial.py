"""The reader of the tutorial: a page that it takes apart wrongly would be tested wrongly."""

import subprocess
from pathlib import Path

from tests.support.tutorial import DID_NOT_FAIL, parts, said_by_part, script

PAGE = """\
# A page
```sh
export WHERE=here
echo "it is $WHERE"
```
```text
it is …
```
```yaml
not: run
```
```sh fails
echo first
false
echo never
```
```sh
echo "still $WHERE"
```
"""


def _run(tmp_path: Path, page: str) -> tuple[int, dict[int, str], list[str | None]]:
    file = tmp_path / "page.md"
    file.write_text(page)
    done = subprocess.run(["bash", "-c", script(file)], capture_output=True, text=True)
    said = dict(said_by_part(done.stdout))
    return done.returncode, said, [part.missing(said.get(part.line, "")) for part in parts(file)]


def test_the_parts_run_in_one_shell(tmp_path: Path) -> None:
    """What one block exports the next one finds; one that is said to fail stops there, and the page goes on."""
    assert (0, {3: "it is here\n", 13: "first\n", 18: "still here\n"}, [None] * 3) == _run(tmp_path, PAGE)


def test_what_is_not_said_is_missing(tmp_path: Path) -> None:
    """An expected line that does not come is named."""
    assert "it was …" in _run(tmp_path, PAGE.replace("it is …", "it was …"))[2]


def test_a_part_that_was_to_fail_and_does_not_is_an_error(tmp_path: Path) -> None:
    """A page that shows a failure is out of date when it no longer fails."""
    assert DID_NOT_FAIL == _run(tmp_path, PAGE.replace("false\n", "true\n"))[0]
