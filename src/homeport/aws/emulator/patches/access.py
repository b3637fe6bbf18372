"""Policies are asked what AWS asks them: of every resource that a request is about, with its tags and condition keys.

ministack asks one question a request, mostly without the keys that policies limit it by. What reaches it here counts as
encrypted: an emulator on loopback has no TLS, AWS's own endpoints take nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import tagging

from homeport.aws.emulator.patches.requests import Question, Request, questions

Tags = list[dict[str, str]]

_resource, _enforce, _refuse = (
    iam_actions.extract_resource_arn,
    iam_evaluator.enforce,
    iam_actions.access_denied_response,
)
_pin = app.pin_request_origin
_asked: ContextVar[Request | None] = ContextVar("homeport_asked", default=None)
_refused: ContextVar[Question | None] = ContextVar("homeport_refused", default=None)


def apply() -> None:
    iam_actions.extract_resource_arn = resource
    iam_actions.access_denied_response = refuse
    iam_evaluator.enforce = enforce
    iam_evaluator._request_origin = ContextVar("homeport_origin", default=("127.0.0.1", True))
    app.pin_request_origin = lambda address, is_encrypted: _pin(address, True)
    tagging._RESOURCE_TAG_COLLECTORS.update(TAGS)


def resource(
    service: str,
    method: str,
    path: str,
    headers: Any,
    body: bytes,
    parameters: Any,
    region: str,
    account: str,
) -> str:
    """As ministack finds it; the request itself is kept for `enforce`."""
    found = str(_resource(service, method, path, headers, body, parameters, region, account))
    action = iam_actions.extract_iam_action(service, method, path, headers, body, parameters) or ""
    _asked.set(Request(service, action, found, path, body, parameters, region, account))
    return found


def enforce(
    access_key: str,
    action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: Mapping[str, Any] | None = None,
) -> Any:
    """The first refusal; None where everything is allowed."""
    request = _asked.get()
    if request is None or (request.action, request.resource) != (action, resource_arn):
        return _enforce(access_key, action, service, region, resource_arn, service_context)
    for question in questions(request, _boundary_of):
        keys = {**(service_context or {}), **question.keys}
        denied = _enforce(access_key, question.action, service, region, question.resource, keys)
        if denied:
            _refused.set(None if isinstance(denied, iam_evaluator.AuthError) else question)
            return denied
    return None


def refuse(service: str, action: str, principal: str, request: str, **options: Any) -> Any:
    """The refusal names what was asked last, as AWS's does."""
    question = _refused.get()
    if question is None:
        return _refuse(service, action, principal, request, **options)
    _refused.set(None)
    explicit = bool(options.get("explicit_deny"))
    message = iam_actions.identity_denial_message(question.action, principal, question.resource, explicit)
    return _refuse(service, question.action, principal, request, **(options | {"message": message}))


def _boundary_of(role: str) -> tuple[str, str]:
    from ministack.services import iam

    found = iam._roles.get(role) or {}
    return str(found.get("Arn") or ""), str(found.get("PermissionsBoundary") or "")


def _of_ec2() -> Iterator[tuple[str, Tags]]:
    from ministack.services import ec2

    here = f"arn:aws:ec2:{_region()}:{_account()}"
    kinds = {"sg": "security-group", "sgr": "security-group-rule", "vpc": "vpc"}
    for one, tags in ec2._tags.items():
        yield f"{here}:{kinds.get(one.partition('-')[0], 'other')}/{one}", tags


def _of_logs() -> Iterator[tuple[str, Tags]]:
    from ministack.services import cloudwatch_logs

    for name, group in cloudwatch_logs._log_groups.items():
        yield f"arn:aws:logs:{_region()}:{_account()}:log-group:{name}", _listed(group.get("tags") or {})


def _of_alarms() -> Iterator[tuple[str, Tags]]:
    from ministack.services import cloudwatch

    for arn, tags in cloudwatch._resource_tags.items():
        yield arn, _listed(tags)


def _of_load_balancers() -> Iterator[tuple[str, Tags]]:
    from ministack.services import alb

    yield from alb._tags.items()


def _of_databases() -> Iterator[tuple[str, Tags]]:
    from ministack.services import rds

    yield from rds._tags.items()


def _listed(tags: Mapping[str, str]) -> Tags:
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def _account() -> str:
    from ministack.core.responses import get_account_id

    return str(get_account_id())


def _region() -> str:
    from ministack.core.responses import get_region

    return str(get_region())


# By the service in an ARN. Of ECS, ECR and CloudFront ministack knows the tags, and does not ask.
TAGS = {
    "ec2": _of_ec2,
    "logs": _of_logs,
    "cloudwatch": _of_alarms,
    "elasticloadbalancing": _of_load_balancers,
    "rds": _of_databases,
    "ecs": tagging._collect_ecs,
    "ecr": tagging._collect_ecr,
    "cloudfront": tagging._collect_cloudfront,
}
