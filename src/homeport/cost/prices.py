"""The table of prices in the package: what AWS asked on a date, by region; no discount, free tier or tax in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Self

TABLE = Path(__file__).with_name("prices.json")


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by region and name, each for the unit that its name ends with; `as_of` is the table's day."""

    as_of: str
    currency: str
    regions: Mapping[str, Mapping[str, Decimal]]

    @classmethod
    def shipped(cls) -> Self:
        """The table of this version of homeport."""
        table = json.loads(TABLE.read_text(encoding="utf-8"))
        regions = {
            region: {name: Decimal(price) for name, price in prices.items()}
            for region, prices in table["regions"].items()
        }
        return cls(table["as_of"], table["currency"], regions)

    def of(self, region: str, name: str) -> Decimal | None:
        """None where the table has none: another region's price is another price."""
        return self.regions.get(region, {}).get(name)
