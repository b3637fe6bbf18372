"""The lines of a plan for AWS.

A line for each component; and one for each resource that nobody should miss: data that is lost, who may reach or do
what, and whatever changes that a release does not usually change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from homeport.cost.resources import resources
from homeport.deploy.summary import Line, mark_of
from homeport.deploy.ways.cloud.summary.components import Component, by_component, component_of, label_of, models_of
from homeport.deploy.ways.cloud.summary.differences import TAGS
from homeport.deploy.ways.cloud.summary.facts import facts
from homeport.deploy.ways.cloud.summary.loss import as_it_stands, loss
from homeport.deploy.ways.cloud.summary.usual import USUAL
from homeport.deploy.ways.cloud.summary.wording import RULES, phrases, text_of
from homeport.terraform import Change, Plan

# Who may reach what, and do what.
ACCESS = (
    "aws_default_security_group",
    "aws_ecr_repository_policy",
    "aws_iam_",
    "aws_kms_",
    "aws_network_acl",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_secretsmanager_secret_policy",
    "aws_security_group",
    RULES,
)
LOGS = "aws_cloudwatch_log_group"


def summarize(plan: Plan, *, everything: bool = False) -> list[Line]:
    """In the order of a release; `everything` has a line for each resource, in Terraform's order."""
    if everything:
        return [Line(_mark(change), change.noun, change.address, text_of(change)) for change in plan.changes]
    models = models_of(plan.resources)
    before = _components((plan.resources.get("prior_state") or {}).get("values"), models)
    after = _components(plan.resources.get("planned_values"), models)
    lines = []
    for component, changes in by_component(plan.changes, models).items():
        if component not in before and _all(changes, "create"):
            lines += _whole(component, changes, ": ".join(filter(None, ("new", ", ".join(facts(changes))))))
        elif component not in after and _all(changes, "delete"):
            lines += _whole(component, changes, _removed(changes))
        else:
            lines += _standing(component, changes)
    return lines


def _components(values: Mapping[str, Any] | None, models: Collection[str]) -> set[Component]:
    return {component_of(resource.address, models) for resource in resources(values)}


def _all(changes: Sequence[Change], action: str) -> bool:
    return all(change.action == action for change in changes)


def _whole(component: Component, changes: Sequence[Change], text: str) -> list[Line]:
    """All of it comes, or goes: one line, and what is lost."""
    line = Line(mark_of(changes[0]), component.noun, component.name, f"{text} ({_counted(changes)})")
    return [line, *(_alone(component, change) for change in changes if loss(change))]


def _removed(changes: Sequence[Change]) -> str:
    """What was written goes with the group that it is in."""
    return "removed, with its logs" if any(change.noun == LOGS for change in changes) else "removed"


def _standing(component: Component, changes: Sequence[Change]) -> list[Line]:
    """What a release usually changes is one line; what nobody should miss is not hidden in a number."""
    alone = [change for change in changes if _stands_out(change)]
    together = [change for change in changes if change not in alone]
    lines = [_alone(component, change) for change in alone]
    if together:
        text = ", ".join(_together(together)) or "what depends on the rest"
        lines.insert(0, Line("~", component.noun, component.name, f"{text} ({_counted(together)})"))
    return lines


def _stands_out(change: Change) -> bool:
    if loss(change) or change.noun.startswith(ACCESS):
        return True
    is_usual = change.noun in USUAL or change.action in ("create", "delete")
    return not is_usual and phrases(change) not in ([], [TAGS])


def _alone(component: Component, change: Change) -> Line:
    if lost := loss(change):
        return Line("-", component.noun, str(as_it_stands(change).get("identifier") or component.name), lost)
    kind = change.noun.removeprefix("aws_").replace("_", " ")
    called = f"{kind} {label_of(change.address)}".rstrip()
    return Line(mark_of(change), component.noun, component.name, f"{called}: {text_of(change)}")


def _together(changes: Sequence[Change]) -> list[str]:
    said: list[str] = []
    for change in sorted(changes, key=_place):
        if change.action in ("update", "replace"):
            said += [phrase for phrase in phrases(change) if not _is_said(phrase, said)]
    new = [change for change in changes if change.action == "create"]
    gone = sum(1 for change in changes if change.action == "delete")
    return [*said, *(_come(new) if new else []), *([f"{gone} removed"] if gone else [])]


def _place(change: Change) -> int:
    return list(USUAL).index(change.noun) if change.noun in USUAL else len(USUAL)


def _is_said(phrase: str, said: Collection[str]) -> bool:
    """An image changes where it is kept, under the name that it has there, and in the definition of what runs it."""
    digests = phrase.removeprefix("image") if phrase.startswith("image ") else phrase
    return phrase in said or (digests != phrase and any(one.endswith(digests) for one in said))


def _come(new: Sequence[Change]) -> list[str]:
    what = ", ".join(facts(new))
    return [f"new: {what}" if what else f"{len(new)} new"]


def _counted(changes: Sequence[Change]) -> str:
    return "1 resource" if len(changes) == 1 else f"{len(changes)} resources"


def _mark(change: Change) -> str:
    return "-" if loss(change) else mark_of(change)
