"""Names in Route 53. They have no tags: one that leads where ours would is ours."""

from __future__ import annotations

from homeport.aws.left_behind.found import Account, Found, Kind, Values


def record(account: Account, values: Values) -> list[Found]:
    """An alias of the very name that is wanted; another of that name is somebody else's."""
    zone, name, kind = values["zone_id"], values["name"], values["type"]
    target = [alias.get("name") for alias in values["alias"]]
    answer = account.ask(
        "route53",
        "list_resource_record_sets",
        "NoSuchHostedZone",
        HostedZoneId=zone,
        StartRecordName=name,
        StartRecordType=kind,
        MaxItems="1",
    )
    return [
        Found(f"{zone}_{name}_{kind}")
        for one in answer.get("ResourceRecordSets", ())
        if (one["Name"].rstrip("."), one["Type"]) == (name, kind)
        and [one.get("AliasTarget", {}).get("DNSName", "").rstrip(".")] == target
    ]


KINDS = {"aws_route53_record": Kind(record, ("zone_id", "name", "type", "alias"), has_tags=False)}
