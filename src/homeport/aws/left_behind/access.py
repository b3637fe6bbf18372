"""Roles and policies, who may take them, and the budget."""

from __future__ import annotations

from homeport.aws.left_behind.found import Account, Found, Kind, Values, tags

ABSENT = "NoSuchEntity"


def role(account: Account, values: Values) -> list[Found]:
    answer = account.ask("iam", "get_role", ABSENT, RoleName=values["name"])
    return [Found(values["name"], tags(answer["Role"].get("Tags")))] if answer else []


def policy(account: Account, values: Values) -> list[Found]:
    session = account.session
    partition = session.boto.get_partition_for_region(session.region)
    arn = f"arn:{partition}:iam::{session.account}:policy{values['path']}{values['name']}"
    answer = account.ask("iam", "get_policy", ABSENT, PolicyArn=arn)
    return [Found(arn, tags(answer["Policy"].get("Tags")))] if answer else []


def issuer(account: Account, values: Values) -> list[Found]:
    host = values["url"].removeprefix("https://")
    listed = account.ask("iam", "list_open_id_connect_providers")["OpenIDConnectProviderList"]
    arns = [one["Arn"] for one in listed if one["Arn"].endswith(f"/{host}")]
    provider = "get_open_id_connect_provider"
    return [Found(arn, tags(account.ask("iam", provider, OpenIDConnectProviderArn=arn).get("Tags"))) for arn in arns]


def budget(account: Account, values: Values) -> list[Found]:
    session, name = account.session, values["name"]
    if not account.ask("budgets", "describe_budget", "NotFoundException", AccountId=session.account, BudgetName=name):
        return []
    partition = session.boto.get_partition_for_region(session.region)
    arn = f"arn:{partition}:budgets::{session.account}:budget/{name}"
    listed = account.ask("budgets", "list_tags_for_resource", ResourceARN=arn)
    return [Found(f"{session.account}:{name}", tags(listed.get("ResourceTags")))]


KINDS = {
    "aws_iam_role": Kind(role, ("name",)),
    "aws_iam_policy": Kind(policy, ("path", "name")),
    "aws_iam_openid_connect_provider": Kind(issuer, ("url",)),
    "aws_budgets_budget": Kind(budget, ("name",)),
}
