"""What a plan costs in a month, by what a person knows: the database, a service, a site. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from homeport.cost import Estimate, Line, money, signed

Component = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Share:
    """What one component costs, as far as that is known; `difference` is None where nothing of all stands yet."""

    component: str
    monthly: Decimal
    difference: Decimal | None


@dataclass(frozen=True, slots=True)
class Cost:
    """An estimate, and the shares that its components have in it: the dearest first."""

    estimate: Estimate
    shares: tuple[Share, ...]

    def lines(self, *, everything: bool = False) -> list[str]:
        """The total, the shares (or each thing that is billed), what is not known and what is in no line."""
        total, *unknown = self.estimate.text()
        shares = self.estimate.details() if everything else [_said(share) for share in self.shares]
        return [f"Cost: {total}", *(f"  {line}" for line in (*shares, *unknown, self.estimate.left_out()))]

    def to_json(self) -> dict[str, object]:
        """For a script; money is text, so that no cent is lost."""
        return self.estimate.to_json() | {"components": [_json(share) for share in self.shares]}


def cost_of(estimate: Estimate, component_of: Component) -> Cost:
    """`component_of` names what a person knows an address as a piece of."""
    components = dict.fromkeys(component_of(line.address) for line in (*estimate.lines, *estimate.before))
    shares = [_share(component, estimate, component_of) for component in components]
    ordered = sorted(shares, key=lambda share: (-share.monthly, share.component))
    return Cost(estimate, tuple(share for share in ordered if share.monthly or share.difference))


def _share(component: str, estimate: Estimate, component_of: Component) -> Share:
    def its(lines: Iterable[Line]) -> tuple[Line, ...]:
        return tuple(line for line in lines if component_of(line.address) == component)

    own = Estimate(its(estimate.lines), its(estimate.before), estimate.as_of, estimate.currency)
    return Share(component, own.total, own.difference if estimate.before else None)


def _said(share: Share) -> str:
    change = f" ({signed(share.difference)})" if share.difference else ""
    return f"{money(share.monthly):>9}  {share.component}{change}"


def _json(share: Share) -> dict[str, object]:
    difference = None if share.difference is None else signed(share.difference)
    return {"component": share.component, "monthly": money(share.monthly), "difference": difference}
