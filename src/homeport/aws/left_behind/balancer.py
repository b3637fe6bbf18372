"""At the load balancer."""

from __future__ import annotations

from homeport.aws.left_behind.found import Account, Found, Kind, Values, tags

SERVICE = "elbv2"


def load_balancer(account: Account, values: Values) -> list[Found]:
    answer = account.ask(SERVICE, "describe_load_balancers", "LoadBalancerNotFound", Names=[values["name"]])
    return [
        Found(one["LoadBalancerArn"], _tags(account, one["LoadBalancerArn"]), one["State"]["Code"] != "provisioning")
        for one in answer.get("LoadBalancers", ())
    ]


def target_group(account: Account, values: Values) -> list[Found]:
    answer = account.ask(SERVICE, "describe_target_groups", "TargetGroupNotFound", Names=[values["name"]])
    arns = [one["TargetGroupArn"] for one in answer.get("TargetGroups", ())]
    return [Found(arn, _tags(account, arn)) for arn in arns]


def listener(account: Account, values: Values) -> list[Found]:
    answer = account.ask(SERVICE, "describe_listeners", LoadBalancerArn=values["load_balancer_arn"])
    arns = [one["ListenerArn"] for one in answer["Listeners"] if one["Port"] == values["port"]]
    return [Found(arn, _tags(account, arn)) for arn in arns]


def rule(account: Account, values: Values) -> list[Found]:
    answer = account.ask(SERVICE, "describe_rules", ListenerArn=values["listener_arn"])
    arns = [one["RuleArn"] for one in answer["Rules"] if one["Priority"] == str(values["priority"])]
    return [Found(arn, _tags(account, arn)) for arn in arns]


def _tags(account: Account, arn: str) -> dict[str, str]:
    described = account.ask(SERVICE, "describe_tags", ResourceArns=[arn])["TagDescriptions"]
    return tags(described[0]["Tags"]) if described else {}


KINDS = {
    "aws_lb": Kind(load_balancer, ("name",)),
    "aws_lb_target_group": Kind(target_group, ("name",)),
    "aws_lb_listener": Kind(listener, ("load_balancer_arn", "port")),
    "aws_lb_listener_rule": Kind(rule, ("listener_arn", "priority")),
}
