"""The cost line of a plan: what all of it costs in a month, and what that changes. What is not known is never 0."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from homeport.cost import types
from homeport.cost.bill import BY_USE, Bill, Item, unknown
from homeport.cost.prices import Prices
from homeport.cost.resources import Resource, resources

CENT = Decimal("0.01")
ZERO = Decimal(0)
NOT_IN_IT = "traffic, tax, discounts and the free tier"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a resource is billed for, and how much of it.

    `monthly` is None where it is not known, and `why` says why.
    """

    address: str
    what: str
    monthly: Decimal | None
    size: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan costs by a table of a day: `lines` once it is applied, `before` as things stand in the state."""

    lines: tuple[Line, ...]
    before: tuple[Line, ...]
    as_of: str
    currency: str

    @property
    def total(self) -> Decimal:
        """Of all that is known."""
        return _total(self.lines)

    @property
    def unknown(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.monthly is None)

    @property
    def _nothing_is_known(self) -> bool:
        return bool(self.lines) and len(self.unknown) == len(self.lines)

    @property
    def difference(self) -> Decimal:
        """What is known once it is applied, less what is known before; a thing known on one side only is left out."""
        after, before = _by_thing(self.lines), _by_thing(self.before)
        both = [(after.get(thing, ZERO), before.get(thing, ZERO)) for thing in {*after, *before}]
        return sum((one - other for one, other in both if one is not None and other is not None), ZERO)

    def text(self) -> list[str]:
        """The total, and what is not known where something is not, a line each.

        `about 41.20 USD a month (+3.65) by prices of 2026-06-30` and `2 not known: S3, logs (by use)`.
        """
        if self._nothing_is_known:
            return [f"not known: {_named(self.unknown)}"]
        change = f" ({signed(self.difference)})" if self.before else ""
        total = f"about {money(self.total)} {self.currency} a month{change} by prices of {self.as_of}"
        return [total, f"{len(self.unknown)} not known: {_named(self.unknown)}"] if self.unknown else [total]

    def details(self) -> list[str]:
        """A line for each thing that is billed, the dearest first."""
        lines = sorted(self.lines, key=lambda line: (line.monthly is None, -(line.monthly or 0), line.address))
        return [f"{_shown(line.monthly):>9}  {line.address}: {_described(line)}" for line in lines]

    def left_out(self) -> str:
        return f"Not in it: {NOT_IN_IT}."

    def to_json(self) -> dict[str, object]:
        """For a script; money is text, so that no cent is lost."""
        return {
            "monthly": None if self._nothing_is_known else money(self.total),
            "difference": signed(self.difference) if self.before else None,
            "currency": self.currency,
            "as_of": self.as_of,
            "unknown": len(self.unknown),
            "lines": [_json(line) for line in self.lines],
            "not_in_it": NOT_IN_IT,
        }


def estimate(shown: Mapping[str, Any], region: str, prices: Prices | None = None) -> Estimate:
    """What the plan of `terraform show -json` costs in `region`, unless a resource names its own."""
    table = prices or Prices.shipped()
    after = resources(shown.get("planned_values"))
    before = resources((shown.get("prior_state") or {}).get("values"))
    return Estimate(_lines(after, region, table), _lines(before, region, table), table.as_of, table.currency)


def _lines(found: tuple[Resource, ...], region: str, prices: Prices) -> tuple[Line, ...]:
    return tuple(
        Line(resource.address, item.what, item.monthly, item.size, item.why)
        for resource in found
        for item in _items(Bill(resource, found, prices, resource.values.get("region") or region))
    )


def _items(bill: Bill) -> Iterator[Item]:
    kind = bill.resource.type
    if kind in types.PRICED:
        yield from types.PRICED[kind](bill)
    elif kind in types.BY_USE:
        yield unknown(types.BY_USE[kind], BY_USE)
    elif kind not in types.FREE:
        yield unknown(kind, "no price for its type")


def _total(lines: Sequence[Line]) -> Decimal:
    return sum((line.monthly for line in lines if line.monthly is not None), ZERO)


def _by_thing(lines: Sequence[Line]) -> dict[tuple[str, str], Decimal | None]:
    return {(line.address, line.what): line.monthly for line in lines}


def _named(lines: Sequence[Line]) -> str:
    """By why it is not known: `S3, 2 × logs (by use); public IPv4 addresses (known after the apply)`."""
    found: dict[str, Counter[str]] = {}
    for line in lines:
        found.setdefault(line.why, Counter())[line.what] += 1
    return "; ".join(
        f"{', '.join(_times(what, count) for what, count in of.items())} ({why})" for why, of in found.items()
    )


def _times(what: str, count: int) -> str:
    return f"{count} × {what}" if count > 1 else what


def _described(line: Line) -> str:
    of = f", {line.size}" if line.size else ""
    return f"{line.what}{of} ({line.why})" if line.monthly is None else f"{line.what}{of}"


def _json(line: Line) -> dict[str, object]:
    known = {"monthly": money(line.monthly)} if line.monthly is not None else {"monthly": None, "why": line.why}
    return {"address": line.address, "what": line.what, "size": line.size, **known}


def _shown(monthly: Decimal | None) -> str:
    return "not known" if monthly is None else money(monthly)


def money(amount: Decimal) -> str:
    """Rounded to a cent."""
    return str(amount.quantize(CENT, ROUND_HALF_UP))


def signed(amount: Decimal) -> str:
    """A difference: `+3.65`, `-3.65`, `±0.00`."""
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    return f"{rounded:+}" if rounded else "±0.00"
