"""What the resources of a Terraform plan cost in a month, by a dated table of prices. Pure."""

from homeport.cost.estimate import Estimate, Line, estimate, money, signed
from homeport.cost.prices import Prices

__all__ = ["Estimate", "Line", "Prices", "estimate", "money", "signed"]
