"""`homeport COMMAND` in each of the folders named, a process each, forked after the imports, which take longer than a
look at a file: `python -m tests.support.commands_in_a_row COMMAND FOLDER …`.

Prints a JSON list of exit code, stdout and stderr.
"""

import json
import os
import shlex
import sys
import traceback
from pathlib import Path

import homeport.deploy.check  # noqa: F401 (imported once, for all)
from homeport.cli import main


def run(words: list[str], folder: Path) -> dict[str, object]:
    out, err = folder.with_suffix(".out"), folder.with_suffix(".err")
    if (child := os.fork()) == 0:
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(os.open(err, os.O_WRONLY | os.O_CREAT), 2)
        os.chdir(folder)
        os._exit(_exit_code(words))
    _, status = os.waitpid(child, 0)
    said = {"stdout": out.read_text(), "stderr": err.read_text()}
    return {"folder": folder.name, "exit_code": os.waitstatus_to_exitcode(status), **said}


def _exit_code(words: list[str]) -> int:
    """As the interpreter would end."""
    sys.argv = ["homeport", *words]
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
        return 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    command, *folders = sys.argv[1:]
    print(json.dumps([run(shlex.split(command), Path(folder)) for folder in folders]))
