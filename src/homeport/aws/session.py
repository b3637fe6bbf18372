"""An account and a region of AWS, and how their APIs are reached: the one place that knows of an emulator."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from homeport.errors import CloudFailed

if TYPE_CHECKING:
    import boto3


CLIENT_IMAGE = "public.ecr.aws/docker/library/postgres:17-alpine"  # has psql, and is near every region
EMULATED_PREFIX = "homeport/emulated"  # of the images that an emulator takes for RDS


EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
LOGIN = "Log in anew, for example by: aws sso login --profile NAME\nThen run the same command again."


@dataclass(frozen=True, slots=True)
class Door:
    """How to ask for a page before any name leads to it: `url` by `headers`; `server_name` is for TLS, if other."""

    url: str
    headers: Mapping[str, str]
    server_name: str = ""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where an emulator answers instead of AWS: `api` is its address (`http://127.0.0.1:4599`), empty for AWS itself.

    An emulator has one port for everything: every API, the registry, and what load balancers and CloudFront answer.
    """

    api: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Endpoints:
        """What the environment says, by the variable that Amazon's own tools read."""
        return cls(environment.get("AWS_ENDPOINT_URL", "").rstrip("/"))

    @property
    def has_only_root(self) -> bool:
        """Whether everybody is the account's root user there: an emulator's own credentials are of nobody else."""
        return bool(self.api)

    def terraform_settings(self) -> dict[str, bool]:
        """What Terraform's provider `aws` is told beyond region and account; the address is in its environment."""
        if not self.api:
            return {}
        return {
            "skip_credentials_validation": True,
            "skip_metadata_api_check": True,
            "s3_use_path_style": True,
        }

    @property
    def client_image(self) -> str:
        """The image of one-off tasks with `psql` in it."""
        return f"{EMULATED_PREFIX}/postgres:17-alpine" if self.api else CLIENT_IMAGE

    def load_balancer(self, dns_name: str, host: str, path: str = "/", *, is_encrypted: bool = True) -> Door:
        """A page of `host` through the load balancer of that DNS name, over HTTPS unless it is told otherwise.

        An emulator takes the load balancer's name from the path, unless it is asked by its own, and the listener from
        the port in the header.
        """
        scheme, port = ("https", 443) if is_encrypted else ("http", 80)
        if not self.api:
            return Door(f"{scheme}://{dns_name}{path}", {"Host": host}, host if is_encrypted else "")
        name = dns_name.partition(".")[0].rpartition("-")[0]
        prefix = "" if host == dns_name else f"/_alb/{name}"
        return Door(f"{self.api}{prefix}{path}", {"Host": f"{host}:{port}", "X-Forwarded-Proto": scheme})

    def cloudfront(self, domain_name: str, path: str = "/", *, host: str = "") -> Door:
        """A page of the distribution whose own name is `<id>.cloudfront.net`, over HTTPS; `host` is another of its
        names."""
        if not self.api:
            return Door(f"https://{domain_name}{path}", {"Host": host} if host else {}, host)
        return Door(f"{self.api}{path}", {"Host": host or domain_name, "X-Forwarded-Proto": "https"})


@dataclass(frozen=True)
class Session:
    """Opens clients of AWS's services. Safe for several threads. `target` is what the manifest calls the place."""

    region: str
    account: str
    endpoints: Endpoints = field(default_factory=lambda: Endpoints.of(os.environ))
    target: str = ""
    _making: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def boto(self) -> boto3.Session:
        import boto3  # takes 0.1 s: not for whoever only asks for help

        return boto3.Session(region_name=self.region)

    def client(self, service: str, region: str | None = None) -> Any:
        """A client of a service (`ecs`). Making one is not safe for threads in Amazon's SDK; using it is."""
        from botocore.config import Config

        path_style = {"s3": {"addressing_style": "path"}} if self.endpoints.api else {}
        settings = Config(retries={"mode": "standard", "total_max_attempts": 5}, **path_style)
        with self._making:
            return self.boto.client(
                service, region_name=region, endpoint_url=self.endpoints.api or None, config=settings
            )

    @property
    def called(self) -> str:
        """The place as a sentence has it."""
        return f"AWS {self.account}, {self.region}"

    def command(self, verb: str) -> str:
        """A command on this very target, for a next step: `homeport setup production`."""
        return f"homeport {verb} {self.target or 'TARGET'}"

    @property
    def registry_host(self) -> str:
        """The host of ECR's registry, as the first part of an image's reference."""
        if self.endpoints.api:
            return f"localhost:{self.endpoints.api.rpartition(':')[2]}"  # engines take HTTP from this name only
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"


@contextmanager
def told(doing: str, next_step: Callable[[str], str] = lambda code: "") -> Iterator[None]:
    """What AWS refuses is raised as CloudFailed: `doing` failed, with AWS's code and words.

    `next_step` gives the way out for a code, empty where none is known that the code itself does not say.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        code = said.get("Code", "")
        raise CloudFailed(
            f"{doing} failed.",
            detail=f"{code}: {said.get('Message', '')}",
            next_step=next_step(code) or _way_out(code),
            code=code,
        ) from error
    except BotoCoreError as error:
        raise CloudFailed(f"{doing} failed.", detail=str(error)) from error


def _way_out(code: str) -> str:
    """Of what any request may be refused for."""
    if code in EXPIRED:
        return LOGIN
    if code in {"RequestTimeTooSkewed", "SignatureDoesNotMatch"}:
        return "See this machine's clock, and the secret access key."
    if code.startswith("AccessDenied") or code == "UnauthorizedOperation":
        return "Give the credentials the right to that, or use others: AWS_PROFILE=NAME in the environment."
    return ""
