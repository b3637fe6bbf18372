"""What an RDS instance of Postgres costs: the instance, its storage, and the secret of its master user."""

from collections.abc import Iterator
from decimal import Decimal

from homeport.cost.bill import BY_USE, HOURS, LATER, Bill, Item, number, unknown

INSTANCE = "RDS instance"
STORAGE = "RDS storage"
PLAIN = ("gp2", "gp3")
INCLUDED_OPERATIONS = 3000  # a second, in the price of storage
INCLUDED_THROUGHPUT = 125  # megabytes a second


def database(bill: Bill) -> Iterator[Item]:
    """Source: Amazon RDS for PostgreSQL pricing; a master password that RDS manages is a secret like others."""
    if bill.value("engine") != "postgres" or bill.value("multi_az"):
        yield unknown(INSTANCE, "only Postgres in a single zone is in the table")
        yield unknown(STORAGE, "only Postgres in a single zone is in the table")
    else:
        name = bill.value("instance_class")
        yield bill.item(INSTANCE, {f"postgres {name} hour": HOURS}, str(name))
        yield _storage(bill)
    if bill.value("manage_master_user_password"):
        yield bill.item("secret of the master user", {"secret month": Decimal(1)})
    if bill.value("backup_retention_period") != 0:
        yield unknown("RDS backups beyond the database's size", BY_USE)


def _storage(bill: Bill) -> Item:
    size, kind = number(bill.value("allocated_storage")), bill.value("storage_type") or "gp2"
    if size is None:
        return unknown(STORAGE, LATER)
    if kind not in PLAIN or _is_faster(bill):
        return unknown(STORAGE, f"only {' and '.join(PLAIN)} without more operations are in the table")
    return bill.item(STORAGE, {f"postgres {kind} GB-month": size}, f"{size} GB, {kind}")


def _is_faster(bill: Bill) -> bool:
    operations, throughput = number(bill.value("iops")), number(bill.value("storage_throughput"))
    return (operations or 0) > INCLUDED_OPERATIONS or (throughput or 0) > INCLUDED_THROUGHPUT
