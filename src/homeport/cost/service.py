"""What an ECS service on Fargate costs: its tasks, and their public addresses."""

from collections.abc import Iterator
from decimal import Decimal

from homeport.cost.bill import HOURS, LATER, Bill, Item, block, number, unknown
from homeport.cost.resources import Resource

TASKS = "Fargate tasks"
ADDRESSES = "public IPv4 addresses of tasks"
UNITS_A_CPU = 1024
MEBIBYTES_A_GIGABYTE = 1024


def service(bill: Bill) -> Iterator[Item]:
    """As many tasks as are desired, all month. Source: AWS Fargate pricing."""
    count = number(bill.value("desired_count"))
    if count is None:
        yield unknown(TASKS, f"their number is {LATER}")
        return
    yield _tasks(bill, count)
    is_public = block(bill.value("network_configuration")).get("assign_public_ip", LATER)
    if is_public == LATER:
        yield unknown(ADDRESSES, LATER)
    elif is_public and count:
        yield bill.item(ADDRESSES, {"public IPv4 hour": count * HOURS}, str(count))


def _tasks(bill: Bill, count: Decimal) -> Item:
    definition = _definition(bill)
    if not _is_fargate(bill):
        return unknown(TASKS, "not plainly on Fargate")
    if definition is None:
        return unknown(TASKS, "their task definition is not in the plan")
    units, mebibytes = number(definition.values.get("cpu")), number(definition.values.get("memory"))
    if units is None or mebibytes is None:
        return unknown(TASKS, "their processors and memory are not in the plan")
    if _is_larger_than_its_price(definition):
        return unknown(TASKS, "Windows, or more than the 20 GB of disk that are included")
    cpus, gigabytes = units / UNITS_A_CPU, mebibytes / MEBIBYTES_A_GIGABYTE
    architecture = block(definition.values.get("runtime_platform")).get("cpu_architecture") or "X86_64"
    return bill.item(
        TASKS,
        {
            f"fargate {architecture} vCPU-hour": cpus * count * HOURS,
            f"fargate {architecture} GB-hour": gigabytes * count * HOURS,
        },
        f"{count} × {cpus} vCPU and {gigabytes} GB, {architecture}",
    )


def _definition(bill: Bill) -> Resource | None:
    """The task definition that the service names; while that is not known yet, the only one of its module."""
    definitions = [one for one in bill.others if one.type == "aws_ecs_task_definition"]
    named = bill.value("task_definition")
    if named:
        return next((one for one in definitions if named in _names(one)), None)
    beside = [one for one in definitions if one.module == bill.resource.module]
    return beside[0] if len(beside) == 1 else None


def _names(definition: Resource) -> tuple[str, ...]:
    family, revision = definition.values.get("family"), definition.values.get("revision")
    return (str(definition.values.get("arn")), str(family), f"{family}:{revision}")


def _is_fargate(bill: Bill) -> bool:
    """FARGATE_SPOT has a price of the hour; a service that names neither goes where its cluster sends it."""
    providers = {one.get("capacity_provider") for one in bill.value("capacity_provider_strategy") or ()}
    return providers == {"FARGATE"} or (not providers and bill.value("launch_type") == "FARGATE")


def _is_larger_than_its_price(definition: Resource) -> bool:
    system = block(definition.values.get("runtime_platform")).get("operating_system_family") or "LINUX"
    return system != "LINUX" or bool(block(definition.values.get("ephemeral_storage")))
