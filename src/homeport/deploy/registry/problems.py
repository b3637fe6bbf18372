"""What is wrong with a registry's volumes, named: which volume, which blob, whose image, which releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from homeport.deploy.registry.stock import Stock
from homeport.deploy.registry.uses import Uses
from homeport.errors import RegistryFailed
from homeport.home.registry_store import Volume

What = Literal["damaged", "missing"]
OTHER: dict[Volume, Volume] = {"primary": "backup", "backup": "primary"}
REMEDIES: dict[Volume, str] = {"primary": "homeport registry restore", "backup": "homeport registry backup"}
NO_REMEDY = (
    "Where no command mends it there is no good copy: change the source of the image and run homeport up, "
    "which builds it anew."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A blob (or a tag) that is not as it should be. `remedy` is the command that mends it; empty if none does."""

    volume: Volume
    digest: str
    what: What
    images: tuple[str, ...]
    used_by: tuple[str, ...]
    remedy: str

    def sentence(self) -> str:
        images = f", of {', '.join(self.images)}" if self.images else ", of no image"
        used = f", used by {', '.join(self.used_by)}" if self.used_by else ""
        return f"{self.volume} volume: {self.digest} is {self.what}{images}{used}"


def problem(stock: Stock, uses: Uses, volume: Volume, digest: str, what: What, *, is_other_good: bool) -> Problem:
    """A blob's. `is_other_good` says whether the other volume has it, unharmed."""
    users = stock.users_of(digest, volume) or stock.users_of(digest, OTHER[volume])
    names = tuple(f"{image.repository}@{image.digest[:19]}" for image in users)
    rest = "" if users else "homeport registry prune"
    remedy = REMEDIES[volume] if is_other_good else rest
    return Problem(volume, digest, what, names, uses.of_any(users), remedy)


def next_step(problems: Sequence[Problem]) -> str:
    """What mends them: commands, and words for what no command mends."""
    commands = dict.fromkeys(one.remedy for one in problems if one.remedy)
    steps = [f"Run: {' and '.join(commands)}"] if commands else []
    return "\n".join([*steps, *([NO_REMEDY] if any(not one.remedy for one in problems) else [])])


def raise_for(problems: Sequence[Problem], done: str) -> None:
    """Raises RegistryFailed that names every problem; `done` says what was done nevertheless."""
    if problems:
        named = "\n".join(f"  {one.sentence()}" for one in problems)
        raise RegistryFailed(done, detail=named, next_step=next_step(problems))
