"""An account and a region of AWS: clients of its APIs, and what they refuse, told."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from homeport.aws.endpoints import Endpoints
from homeport.errors import CloudFailed

if TYPE_CHECKING:
    import boto3


EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
LOGIN = "Log in anew, for example by: aws sso login --profile NAME\nThen run the same command again."


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

        retries = {"mode": "standard", "total_max_attempts": 5}
        settings = Config(retries=retries, **self.endpoints.client_settings())
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
        return self.endpoints.registry_host(self.account, self.region)


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
