"""Where the application runs: a Docker host or an AWS account."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from homeport.manifest.environment import Environment
from homeport.manifest.limits import Cpus, Memory, Replicas
from homeport.manifest.names import HostName
from homeport.manifest.problems import rule, shown
from homeport.manifest.record import Record
from homeport.manifest.values import matching, once

DOCKER_HOST = rule("docker-host", "A Docker target's `host` is `local` or `ssh://[user@]host[:port]`, nothing else.")
ACCOUNT = rule("account", "An AWS account is 12 digits in quotes.")
REGION = rule("region", "An AWS region is written as AWS does, such as eu-west-1.")

_SSH = re.compile(
    r"ssh://(?:[A-Za-z_][A-Za-z0-9_.-]*@)?(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?",
    re.ASCII,
)


def _docker_host(text: str) -> str:
    address = _SSH.fullmatch(text)
    if text != "local" and not (address and 1 <= int(address["port"] or 22) <= 65535):
        raise DOCKER_HOST.broken(f'should be "local" or ssh://[user@]host[:port], not {shown(text)}')
    return text


def _account(value: object) -> str:
    digits = str(getattr(value, "written", value))
    if not isinstance(value, str) and re.fullmatch(r"\d{12}", digits, re.ASCII):
        raise ACCOUNT.broken(f'should be in quotes, "{digits}": a number would lose its leading zeros')
    if not isinstance(value, str) or not re.fullmatch(r"\d{12}", value, re.ASCII):
        raise ACCOUNT.broken(f"should be 12 digits in quotes, not {shown(value)}")
    return value


DockerHost = Annotated[
    str, AfterValidator(_docker_host), WithJsonSchema({"type": "string", "pattern": "^(local|ssh://[^/]+)$"})
]
Account = Annotated[str, BeforeValidator(_account), WithJsonSchema({"type": "string", "pattern": r"^\d{12}$"})]
Region = Annotated[
    str,
    matching(REGION, r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region such as eu-west-1"),
    WithJsonSchema({"type": "string", "pattern": r"^[a-z]{2}(-[a-z]+)+-\d$"}),
]


class Override(Record):
    """What differs for one site on one target, and nothing else."""

    environment: Environment = Field(default_factory=dict)
    """Variables that are added or that replace those of the same name."""
    cpus: Cpus | None = None
    """How many processors it may use there."""
    memory: Memory | None = None
    """How much memory it may use there."""


class ServiceOverride(Override):
    """What differs for one service or model on one target, and nothing else."""

    replicas: Replicas | None = None
    """How many copies run there; more than one on AWS only."""


class DockerTarget(Record):
    """A machine with Docker: this one, or one that SSH reaches."""

    model_config = ConfigDict(json_schema_extra={"required": ["kind"]})

    kind: Literal["docker"] = "docker"
    """The kind of target."""
    host: DockerHost = Field(default="local", examples=["ssh://ana@server"])
    """`local`, or `ssh://[user@]host[:port]`."""
    hosts: Annotated[tuple[HostName, ...], once] = ()
    """The names that the application answers on; `<application>.<the base's domain>` unless said."""
    services: dict[str, ServiceOverride] = Field(default_factory=dict)
    """What differs for a service there."""
    models: dict[str, ServiceOverride] = Field(default_factory=dict)
    """What differs for a model there."""
    sites: dict[str, Override] = Field(default_factory=dict)
    """What differs for a site there."""

    @property
    def place(self) -> tuple[str, ...]:
        """The same for two targets on one host."""
        return (self.host,)


class AwsTarget(Record):
    """An AWS account and a region in it."""

    model_config = ConfigDict(json_schema_extra={"required": ["kind", "account", "region"]})

    kind: Literal["aws"] = "aws"
    """The kind of target."""
    account: Account = Field(examples=["123456789012"])
    """The account's 12 digits, in quotes."""
    region: Region = Field(examples=["eu-west-1"])
    """The region's name."""
    hosts: Annotated[tuple[HostName, ...], once] = ()
    """The names that the application answers on; CloudFront's own name unless said."""
    services: dict[str, ServiceOverride] = Field(default_factory=dict)
    """What differs for a service there."""
    models: dict[str, ServiceOverride] = Field(default_factory=dict)
    """What differs for a model there."""
    sites: dict[str, Override] = Field(default_factory=dict)
    """What differs for a site there."""

    @property
    def place(self) -> tuple[str, ...]:
        """The same for two targets in one region of one account."""
        return (self.account, self.region)


Target = Annotated[DockerTarget | AwsTarget, Field(discriminator="kind")]
