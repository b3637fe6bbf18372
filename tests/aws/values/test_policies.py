"""The judges of our policies, judged: the evaluator by a corpus, the list of AWS's actions by known faults."""

from __future__ import annotations

from typing import Any

import pytest
from subvectors.corpus import load_suite, suite_names

from tests.support.iam import admits, faults

PROVIDER = "arn:aws:iam::123456789012:oidc-provider/issuer.example"
OPERATORS = {"aws-stringequals": "StringEquals", "aws-stringlike": "StringLike"}
VECTORS = [
    vector
    for suite in suite_names()
    if suite.endswith("-aws")
    for vector in load_suite(suite)["vectors"]
    if vector["condition"]["consumer"] in ("aws-all", *OPERATORS)
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_evaluator_answers_as_aws(vector: dict[str, Any]) -> None:
    """On subjects and conditions whose answer by AWS is documented or was observed."""
    condition: dict[str, dict[str, Any]] = {}
    for one in vector["condition"].get("of", [vector["condition"]]):
        operator = OPERATORS[one["consumer"]]
        of_set = f"{one['qualifier']}:" if "qualifier" in one else ""
        condition.setdefault(of_set + operator, {})[one["claim"]] = one["pattern"]
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": PROVIDER},
        "Condition": condition,
    }
    claims = {"sub": vector["subject"], **vector.get("claims", {})}
    assert (vector["expect"] == "match") == admits({"Statement": [statement]}, PROVIDER, claims)


HERE = "eu-west-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/homeport/*"
BOUNDED = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/homeport-boundary"}}
TAGGED = {"Null": {"aws:RequestTag/homeport:application": "false"}}
FAULTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({"Action": ["iam:CreateRole"], "Resource": ROLE, "Condition": BOUNDED}, []),
    "a tag in a request": ({"Action": "ecs:RegisterTaskDefinition", "Resource": "*", "Condition": TAGGED}, []),
    "all that begin so": ({"Action": "ecr:PutImage*", "Resource": f"arn:aws:ecr:{HERE}:repository/api/*"}, []),
    "no such action": (
        {"Action": "cloudfront:CreateDistributionWithTags", "Resource": "*"},
        ["AWS has no action cloudfront:CreateDistributionWithTags"],
    ),
    "a key that is not given": (
        {"Action": "iam:TagRole", "Resource": ROLE, "Condition": BOUNDED},
        ["AWS gives no iam:PermissionsBoundary with iam:TagRole"],
    ),
    "a resource where none is asked about": (
        {"Action": "cloudfront:CreateFunction", "Resource": "arn:aws:cloudfront::123456789012:function/*"},
        ["AWS limits cloudfront:CreateFunction to no resource"],
    ),
    "a resource of another kind": (
        {"Action": "ecs:RunTask", "Resource": f"arn:aws:ecs:{HERE}:cluster/homeport"},
        ["AWS limits ecs:RunTask to task-definition"],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_aws_would_never_be_asked_is_a_fault(case: str) -> None:
    """An emulator asks what we think that AWS asks; this is what AWS says that it does."""
    statement, expected = FAULTS[case]
    document = {"Statement": [{"Sid": "It", "Effect": "Allow", **statement}]}
    assert [f"It: {one}" for one in expected] == faults(document)
