"""What one resource is billed for: items with a price for a month, and items whose price is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from homeport.cost.prices import Prices
from homeport.cost.resources import Resource

HOURS = Decimal(730)  # of a month, as AWS's own calculator has it
BY_USE = "by use"
LATER = "known after the apply"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is billed, and how much of it. `monthly` is None where it is not known, and `why` says why."""

    what: str
    monthly: Decimal | None
    size: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """One resource among the others, and the prices of its region."""

    resource: Resource
    others: tuple[Resource, ...]
    prices: Prices
    region: str

    def value(self, name: str) -> Any:
        return self.resource.values.get(name)

    def item(self, what: str, amounts: Mapping[str, Decimal], size: str = "") -> Item:
        """The sum of amounts in a month, each by the name of its price. Not known when one price is not."""
        priced = [(self.prices.of(self.region, name), amount) for name, amount in amounts.items()]
        known = [price * amount for price, amount in priced if price is not None]
        if len(known) < len(priced):
            return unknown(what, f"no price for {self.region}", size)
        return Item(what, sum(known, Decimal(0)), size)


def unknown(what: str, why: str, size: str = "") -> Item:
    return Item(what, None, size, why)


def number(value: Any) -> Decimal | None:
    """A whole number of a plan, which may be a text there; None for anything else."""
    text = str(value)
    return Decimal(text) if text.isascii() and text.isdigit() else None


def block(value: Any) -> Mapping[str, Any]:
    """The only block of its kind; empty when there is none."""
    return value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) else {}
