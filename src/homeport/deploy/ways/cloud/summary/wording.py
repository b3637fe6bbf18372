"""What happens to one resource of AWS's, in phrases."""

from __future__ import annotations

from homeport.deploy.ways.cloud.summary.differences import only, words
from homeport.deploy.ways.cloud.summary.loss import loss
from homeport.deploy.ways.cloud.summary.policy import policy_words, rule_words
from homeport.deploy.ways.cloud.summary.usual import USUAL
from homeport.terraform import Change
from homeport.terraform.plan import Difference

RULES = "aws_vpc_security_group_"
WITH_POLICIES = ("_policy", "aws_iam_role")  # others have one that is AWS's to say
POLICIES = ("policy", "assume_role_policy")


def text_of(change: Change) -> str:
    """All of it, where the resource has a line of its own."""
    if lost := loss(change):
        return lost
    if change.deposed:
        return "an earlier version: removed at the end"
    if change.action in ("create", "delete"):
        verb = "new" if change.action == "create" else "removed"
        return ": ".join(filter(None, (verb, _what_it_allows(change))))
    return ", ".join(phrases(change)) or "follows from the rest"


def phrases(change: Change) -> list[str]:
    """What differs; nothing where it only follows from what is said of another."""
    return USUAL.get(change.noun, _unusual)(change)


def _unusual(change: Change) -> list[str]:
    granted = [one for name in POLICIES if (found := only(change, name)) for one in policy_words(found)]
    return [*_anew(change), *granted, *words(change, without=POLICIES)]


def _anew(change: Change) -> list[str]:
    if change.is_tainted:
        return ["made anew: it was left half made"]
    return [f"made anew because of {', '.join(change.because)}"] if change.because else []


def _what_it_allows(change: Change) -> str:
    if change.noun.startswith(RULES):
        return rule_words(change.noun, change.values)
    if not change.noun.endswith(WITH_POLICIES):
        return ""
    given = {name: change.values[name] for name in POLICIES if change.values.get(name)}
    is_new = change.action == "create"
    policies = [Difference(name, *((None, one) if is_new else (one, None))) for name, one in given.items()]
    return ", ".join(one for policy in policies for one in policy_words(policy))
