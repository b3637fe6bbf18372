"""What homeport adds to Terraform on AWS: a plan with nothing to do, and a promotion with nothing to do."""

import argparse
from collections.abc import Callable

from bench.production import bare_plan, production, promoted
from bench.report import Figures, parser, run
from bench.timing import HEADINGS, row, timed
from tests.support.production import Production


def measure(times: int) -> Figures:
    with production() as made:
        first = promoted(made)
        with bare_plan(made) as bare:
            plan, promotion = _verb(made, "plan", "production"), _verb(made, *PROMOTE)
            # Taken in turn: what else the machine does falls on all of them alike. The first round is not counted.
            rounds = [(timed(plan), timed(bare), timed(promotion)) for _ in range(times + 1)][1:]
        again = promoted(made)
    plans, bares, promotions = (list(seconds) for seconds in zip(*rounds, strict=True))
    rows = (
        row("homeport plan production", plans),
        row("reference: terraform plan in the same folder", bares),
        row("the difference of the two, in turn", [ours - theirs for ours, theirs in zip(plans, bares, strict=True)]),
        row("homeport promote staging production, unchanged", promotions),
    )
    notes = (
        f"Layers sent by the first promotion: {first:,} bytes; by one with nothing to do: {again:,}.",
        "The application is examples/notes, on an emulator that shares the machine: it answers Terraform's questions "
        "with the same two cores.",
    )
    return Figures("A plan and a promotion on AWS with nothing to do", HEADINGS, rows, notes)


PROMOTE = ("promote", "staging", "production", "--yes")


def _verb(made: Production, *words: str) -> Callable[[], object]:
    def once() -> None:
        said = made.run(*words)
        if "Nothing to do" not in said:
            raise RuntimeError(said)

    return once


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--times", type=int, default=5, metavar="N", help="rounds of the three (5)")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    run(given, lambda: measure(given.times))
