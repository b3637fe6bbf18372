"""The section `aws` of homeport.base.yaml: what all the applications of an account and region stand on."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from homeport.manifest.names import HostName
from homeport.manifest.problems import Problem, rule, shown
from homeport.manifest.record import Record
from homeport.manifest.values import between, matching, once

ZONE = rule("zone", "A hosted zone is named by its id in Route 53, such as Z0123456789ABCDEFGHIJ.")
ZONE_NEEDS_DOMAIN = rule("zone-needs-domain", "A hosted zone is that of a domain: `aws.zone` needs `aws.domain`.")
REPOSITORY = rule("repository", "A repository on GitHub is written as owner/name, without patterns.")
GITHUB_ID = rule("github-id", "An id on GitHub is a number in quotes. Ids are never given to somebody else; names are.")
GITHUB_ENVIRONMENT = rule("github-environment", "An environment on GitHub is named exactly, without patterns.")
GITHUB_REF = rule("github-ref", "A ref is written in full and without patterns: refs/heads/main or refs/tags/v1.")
GITHUB_DEPLOYS = rule("github-deploys", "`github` names an environment or a ref that may deploy.")
BUDGET = rule("budget", "A budget is a whole number of US dollars a month, from 1 to 1000000.")
EMAIL = rule("email", "The alarm of a budget goes to an e-mail address.")
RETENTION = rule("retention", "Logs are kept for a number of days that CloudWatch has, such as 7, 30, 90 or 365.")

# Source: Amazon CloudWatch Logs API, PutRetentionPolicy.
DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_EMAIL = r"[^@\s\x00-\x1f]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"


def _github_id(value: object) -> str:
    if not isinstance(value, str) or not value.isdecimal() or not value.isascii():
        raise GITHUB_ID.broken(f"should be a number in quotes, not {shown(value)}")
    return value


def _retention(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value not in DAYS:
        raise RETENTION.broken(f"should be one of {', '.join(map(str, DAYS))}, not {shown(value)}")
    return int(value)


Zone = Annotated[
    str,
    matching(ZONE, r"Z[A-Z0-9]{1,31}", "the id of a hosted zone, such as Z0123456789ABCDEFGHIJ"),
    WithJsonSchema({"type": "string", "pattern": "^Z[A-Z0-9]{1,31}$"}),
]
Repository = Annotated[
    str,
    matching(REPOSITORY, r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+", "owner/name"),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$"}),
]
GithubId = Annotated[str, BeforeValidator(_github_id), WithJsonSchema({"type": "string", "pattern": "^[0-9]+$"})]
GithubEnvironment = Annotated[
    str,
    matching(GITHUB_ENVIRONMENT, r"[A-Za-z0-9][A-Za-z0-9._-]*", "the name of an environment, such as production"),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"}),
]
Ref = Annotated[
    str,
    matching(GITHUB_REF, r"refs/(heads|tags)/[A-Za-z0-9][A-Za-z0-9._/-]*", "a whole ref such as refs/heads/main"),
    WithJsonSchema({"type": "string", "pattern": "^refs/(heads|tags)/[A-Za-z0-9][A-Za-z0-9._/-]*$"}),
]
Dollars = Annotated[
    int, between(BUDGET, 1, 1_000_000), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1_000_000})
]
Email = Annotated[
    str, matching(EMAIL, _EMAIL, "an e-mail address"), WithJsonSchema({"type": "string", "format": "email"})
]
Days = Annotated[int, BeforeValidator(_retention), WithJsonSchema({"type": "integer", "enum": list(DAYS)})]


class Github(Record):
    """Who may deploy from GitHub Actions without a stored key. The ids are in `gh api repos/OWNER/NAME`."""

    repository: Repository = Field(examples=["ana/notes"])
    """The repository, as owner/name."""
    repository_id: GithubId = Field(examples=["123456789"])
    """Its id, in quotes."""
    owner_id: GithubId = Field(examples=["1234567"])
    """The id of its owner, in quotes."""
    environments: Annotated[tuple[GithubEnvironment, ...], once] = ()
    """The environments whose jobs may deploy, each by a role of its own."""
    refs: Annotated[tuple[Ref, ...], once] = ()
    """Branches and tags whose jobs may deploy, for a repository on a plan without environments."""


class Budget(Record):
    """An alarm on what the account costs."""

    monthly: Dollars = Field(examples=[50])
    """The US dollars a month that are expected."""
    email: Email = Field(examples=["ana@example.com"])
    """Who is told when they are exceeded, or will be."""


class Logs(Record):
    """The logs of the account's applications."""

    retention: Days = 30
    """How many days they are kept."""


class AwsBase(Record):
    """The base in AWS accounts: of every target of `kind: aws`."""

    domain: HostName | None = Field(default=None, examples=["example.com"])
    """The domain that certificates are made for, its subdomains included. Without one, AWS's own names serve."""
    zone: Zone | None = Field(default=None, examples=["Z0123456789ABCDEFGHIJ"])
    """The id of the domain's hosted zone in Route 53. Without one, `setup` says which records to add where it is."""
    github: Github | None = None
    """Who may deploy from GitHub Actions. Nobody unless said."""
    budget: Budget | None = None
    """The alarm on costs. None unless said."""
    logs: Logs = Logs()
    """How long logs are kept."""


def aws_relations(aws: AwsBase) -> Iterator[Problem]:
    """Every problem between the keys of the section."""
    if aws.zone is not None and aws.domain is None:
        yield ZONE_NEEDS_DOMAIN.at(("aws", "zone"), "needs aws.domain: the domain that the zone is of")
    if aws.github is not None and not aws.github.environments and not aws.github.refs:
        lists = [("aws", "github", key) for key in ("environments", "refs")]
        text = "should name who may deploy: environments: [production], or refs"
        yield GITHUB_DEPLOYS.at(("aws", "github"), text, because=lists)
