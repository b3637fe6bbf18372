"""How long `homeport plan` takes when there is nothing to do, with one application on the server and with many."""

import argparse
import sys

from bench.installation import deployed, empty_root, installed, terraform
from bench.report import Figures, parser, run
from bench.timing import HEADINGS, row, seconds_of


def measure(times: int, applications: int) -> Figures:
    with installed() as installation:
        first = deployed(installation)
        plan = installation.command("plan")
        environment = installation.environment()
        alone = seconds_of(plan, times, cwd=first, environment=environment)
        for number in range(2, applications + 1):
            deployed(installation, f"probe{number}")
        among = seconds_of(plan, times, cwd=first, environment=environment)
        bare = seconds_of(terraform("plan"), times, cwd=empty_root(installation.folder))
    python = seconds_of([sys.executable, "-c", "pass"], times)
    rows = (
        row("homeport plan, 1 application on the server", alone),
        row(f"homeport plan, {applications} applications on the server", among),
        row("reference: terraform plan of an empty root", bare),
        row("reference: python -c pass", python),
    )
    notes = ("Each application has a service, a database and a migration. Bytecode is compiled before the first run.",)
    return Figures("A plan with nothing to do", HEADINGS, rows, notes)


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--times", type=int, default=10, metavar="N", help="plans of each kind (10)")
    options.add_argument("--applications", type=int, default=10, metavar="N", help="how many are many (10)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.times, given.applications))
