"""docs/verbs.md, from the help of every verb: `python -m homeport.cli.reference`."""

from pathlib import Path

import typer
from typer.testing import CliRunner

from homeport.cli.application import app

FILE = Path("docs/verbs.md")
LEAD = """\
# Verbs
Written by `python -m homeport.cli.reference` from what each verb says of itself; a test compares them.
"""


def reference() -> str:
    """The whole page."""
    return LEAD + "".join(_section(words) for words in ((), *verbs(app)))


def verbs(group: typer.Typer, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every verb's words, those of groups included."""
    found = [(*before, command.name or "") for command in group.registered_commands]
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        found += verbs(inner.typer_instance, (*before, inner.name or ""))
    return found


def _section(words: tuple[str, ...]) -> str:
    told = CliRunner().invoke(
        app, [*words, "--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}, prog_name="homeport"
    )
    text = "\n".join(line.rstrip() for line in told.output.strip().splitlines())
    return f"\n## {' '.join(('homeport', *words))}\n```\n{text}\n```\n"


if __name__ == "__main__":
    FILE.write_text(reference())
