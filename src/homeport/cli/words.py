"""What a person names before `--`, and the command of their own after it."""

from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand


class AfterDashes(TyperCommand):
    """A verb whose words after the first `--` are not ours to parse; they are the context's `args`."""

    after = "-- COMMAND..."

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        super().parse_args(ctx, args[:end])
        ctx.args = args[end + 1 :]
        return args[end + 1 :]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """A service is optional to the parser only: a lone word may be the target's or the service's name."""
        pieces = super().collect_usage_pieces(ctx)
        return [*(piece.replace("[SERVICE]", "SERVICE") for piece in pieces), self.after]


class OptionsAfterDashes(AfterDashes):
    """The same where nothing need follow."""

    after = "[-- OPTIONS...]"


def command_of(context: typer.Context) -> Sequence[str]:
    """The command after `--`, which must be there."""
    if not context.args:
        example = f"homeport {context.info_name} api -- env"
        raise typer.BadParameter(f"the command is missing. It stands after --, as in: {example}")
    return context.args


def at_most_one(words: Sequence[str], what: str) -> str | None:
    """What is left when the target is taken away. More is a mistake in the command line."""
    if len(words) > 1:
        raise typer.BadParameter(f"one {what} at most, not {' '.join(words)}")
    return words[0] if words else None


def exactly_one(words: Sequence[str], what: str) -> str:
    """The same where it must be there."""
    one = at_most_one(words, what)
    if one is None:
        raise typer.BadParameter(f"the {what} is missing")
    return one
