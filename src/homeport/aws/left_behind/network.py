"""In the network: known by all the tags that they would be made with, their Name among them."""

from __future__ import annotations

from collections.abc import Callable

from homeport.aws.left_behind.found import Account, Found, Kind, Values, tags


def tagged(question: str, listed: str, identifier: str) -> Callable[[Account, Values], list[Found]]:
    """A finder of one kind of EC2's resources, whose answer has them in `listed`."""

    def find(account: Account, values: Values) -> list[Found]:
        filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in values["tags_all"].items()]
        answer = account.ask("ec2", question, Filters=filters)
        return [Found(one[identifier], tags(one.get("Tags"))) for one in answer[listed]]

    return find


def route(account: Account, values: Values) -> list[Found]:
    table, destination = values["route_table_id"], values["destination_cidr_block"]
    routes = [each for one in _tables(account, table) for each in one["Routes"]]
    has_it = any(each.get("DestinationCidrBlock") == destination for each in routes)
    return [Found(f"{table}_{destination}")] if has_it else []


def association(account: Account, values: Values) -> list[Found]:
    table, subnet = values["route_table_id"], values["subnet_id"]
    associations = [each for one in _tables(account, table) for each in one["Associations"]]
    return [Found(f"{subnet}/{table}")] if any(each.get("SubnetId") == subnet for each in associations) else []


def _tables(account: Account, table: str) -> list[Values]:
    """A route table that is ours: so is what is in it."""
    found: list[Values] = account.ask("ec2", "describe_route_tables", RouteTableIds=[table])["RouteTables"]
    return found


KINDS = {
    "aws_vpc": Kind(tagged("describe_vpcs", "Vpcs", "VpcId")),
    "aws_internet_gateway": Kind(tagged("describe_internet_gateways", "InternetGateways", "InternetGatewayId")),
    "aws_subnet": Kind(tagged("describe_subnets", "Subnets", "SubnetId")),
    "aws_route_table": Kind(tagged("describe_route_tables", "RouteTables", "RouteTableId")),
    "aws_vpc_endpoint": Kind(tagged("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId")),
    "aws_security_group": Kind(tagged("describe_security_groups", "SecurityGroups", "GroupId")),
    **{
        f"aws_vpc_security_group_{way}_rule": Kind(
            tagged("describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId")
        )
        for way in ("ingress", "egress")
    },
    "aws_route": Kind(route, ("route_table_id", "destination_cidr_block"), has_tags=False),
    "aws_route_table_association": Kind(association, ("route_table_id", "subnet_id"), has_tags=False),
}
