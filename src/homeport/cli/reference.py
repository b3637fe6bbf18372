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
ENVIRONMENT = """
## Environment variables
```
HOMEPORT_HOST          --host, of every verb that has it.
HOMEPORT_INSTANCE      --instance, of every verb that has it.
HOMEPORT_SSH_CONFIG    A configuration file for ssh instead of your own.
HOMEPORT_TERRAFORM     The Terraform or OpenTofu to run: a name on PATH, a
                       path, or embedded for that of the extra
                       homeport[terraform].
HOMEPORT_BUILD_CACHE   Gigabytes that the engine's cache of builds is kept to;
                       10 unless said, and 0 leaves it alone.
HOMEPORT_DISK_FLOOR    Gigabytes of a server's disk that stay free in a pull or
                       a build; 1 unless said.
HOMEPORT_DEBIAN_MIRROR Debian's archive, and its security archive after a space,
                       for service images that are built on the server.
HOMEPORT_TRACEBACK     1 shows where in homeport an error comes from.
```
Those of Amazon's own tools (AWS_PROFILE and the rest) hold as they do there.
"""


def reference() -> str:
    """The whole page."""
    return LEAD + "".join(_section(words) for words in ((), *verbs(app))) + ENVIRONMENT


def verbs(group: typer.Typer, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every verb's words, those of groups and in groups included."""
    found = [(*before, command.name or "") for command in group.registered_commands]
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        words = (*before, inner.name or "")
        found += [words, *verbs(inner.typer_instance, words)]
    return found


def _section(words: tuple[str, ...]) -> str:
    told = CliRunner().invoke(
        app, [*words, "--help"], env={"COLUMNS": "80", "TERMINAL_WIDTH": "80"}, prog_name="homeport"
    )
    text = "\n".join(line.rstrip() for line in told.output.strip().splitlines())
    return f"\n## {' '.join(('homeport', *words))}\n```\n{text}\n```\n"


if __name__ == "__main__":
    FILE.write_text(reference())
