"""How long the command line takes to say something, beside the interpreter it runs on and Terraform."""

import argparse
import sys
from pathlib import Path

from bench.installation import terraform
from bench.report import Figures, parser, run
from bench.timing import HEADINGS, row, seconds_of


def measure(times: int) -> Figures:
    homeport = Path(sys.executable).with_name("homeport")
    commands: dict[str, list[str | Path]] = {
        "homeport --help": [homeport, "--help"],
        "homeport --version": [homeport, "--version"],
        "reference: python -c pass": [sys.executable, "-c", "pass"],
        "reference: terraform version": [*terraform("version")],
    }
    rows = tuple(row(name, seconds_of(command, times)) for name, command in commands.items())
    return Figures("Start of the command line", HEADINGS, rows, ("Bytecode is compiled before the first run.",))


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--times", type=int, default=20, metavar="N", help="runs of each command (20)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.times))
