"""What load balancers, NAT gateways, addresses and endpoints cost."""

from collections.abc import Iterator
from decimal import Decimal

from homeport.cost.bill import BY_USE, HOURS, LATER, Bill, Item, unknown


def load_balancer(bill: Bill) -> Iterator[Item]:
    """Source: Elastic Load Balancing pricing; Amazon VPC pricing for an address in each of its zones."""
    if bill.value("load_balancer_type") in (None, "application", "network"):
        yield bill.item("load balancer", {"load balancer hour": HOURS})
    else:
        yield unknown("load balancer", "only application and network load balancers are in the table")
    yield unknown("load balancer capacity units", BY_USE)
    if not bill.value("internal") and bill.value("ip_address_type") != "dualstack-without-public-ipv4":
        yield _addresses(bill)


def _addresses(bill: Bill) -> Item:
    what = "public IPv4 addresses of the load balancer"
    zones = bill.value("subnets") or bill.value("subnet_mapping")
    if not zones:
        return unknown(what, f"one in each zone, {LATER}")
    return bill.item(what, {"public IPv4 hour": len(zones) * HOURS}, str(len(zones)))


def nat_gateway(bill: Bill) -> Iterator[Item]:
    """Its address is a resource of its own. Source: Amazon VPC pricing."""
    yield bill.item("NAT gateway", {"NAT gateway hour": HOURS})
    yield unknown("NAT gateway traffic", BY_USE)


def address(bill: Bill) -> Iterator[Item]:
    """In use or not. Source: Amazon VPC pricing."""
    yield bill.item("public IPv4 address", {"public IPv4 hour": HOURS})


def endpoint(bill: Bill) -> Iterator[Item]:
    """A gateway endpoint is free. Source: AWS PrivateLink pricing."""
    if bill.value("vpc_endpoint_type") not in (None, "Gateway"):
        yield unknown("VPC endpoint", "only gateway endpoints, which are free, are in the table")


def zone(bill: Bill) -> Iterator[Item]:
    """Source: Amazon Route 53 pricing, the first 25 zones."""
    yield bill.item("hosted zone", {"hosted zone month": Decimal(1)})
    yield unknown("DNS queries", BY_USE)
