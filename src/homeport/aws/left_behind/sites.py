"""In front of sites: CloudFront. What has no tags there is known by its name and what it says of itself."""

from __future__ import annotations

from homeport.aws.left_behind.found import Account, Found, Kind, Values, tags


def distribution(account: Account, values: Values) -> list[Found]:
    """It has no name: it is the one with that comment and those tags."""
    same = [one for one in _all(account, "list_distributions", "DistributionList") if _says(one, values)]
    return [Found(one["Id"], _tags(account, one["ARN"])) for one in same]


def access_control(account: Account, values: Values) -> list[Found]:
    listed = _all(account, "list_origin_access_controls", "OriginAccessControlList")
    same = ("name", "description")
    return [Found(one["Id"]) for one in listed if all(one[key.capitalize()] == values[key] for key in same)]


def function(account: Account, values: Values) -> list[Found]:
    name = values["name"]
    answer = account.ask("cloudfront", "describe_function", "NoSuchFunctionExists", Name=name, Stage="DEVELOPMENT")
    is_ours = bool(answer) and _says(answer["FunctionSummary"]["FunctionConfig"], values)
    return [Found(name)] if is_ours else []


def headers_policy(account: Account, values: Values) -> list[Found]:
    listed = _all(account, "list_response_headers_policies", "ResponseHeadersPolicyList", Type="custom")
    policies = [one["ResponseHeadersPolicy"] for one in listed]
    named = [one for one in policies if one["ResponseHeadersPolicyConfig"]["Name"] == values["name"]]
    return [Found(one["Id"]) for one in named if _says(one["ResponseHeadersPolicyConfig"], values)]


def _says(one: Values, values: Values) -> bool:
    return bool(one.get("Comment") == values["comment"])


def _tags(account: Account, arn: str) -> dict[str, str]:
    return tags(account.ask("cloudfront", "list_tags_for_resource", Resource=arn)["Tags"]["Items"])


def _all(account: Account, question: str, listed: str, **more: str) -> list[Values]:
    """Page after page."""
    found: list[Values] = []
    while True:
        page = account.ask("cloudfront", question, **more)[listed]
        found += page.get("Items", ())
        if not page.get("NextMarker"):
            return found
        more["Marker"] = page["NextMarker"]


KINDS = {
    "aws_cloudfront_distribution": Kind(distribution, ("comment",)),
    "aws_cloudfront_origin_access_control": Kind(access_control, ("name", "description"), has_tags=False),
    "aws_cloudfront_function": Kind(function, ("name", "comment"), has_tags=False),
    "aws_cloudfront_response_headers_policy": Kind(headers_policy, ("name", "comment"), has_tags=False),
}
