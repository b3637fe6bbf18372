"""What every root of ours for AWS has: the backend, the two providers, and literal strings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeport.stack.root import Root, literal

AWS_PROVIDER = {"source": "hashicorp/aws", "version": ">= 5.100, < 7"}
CERTIFICATES = (
    "us-east-1"  # where CloudFront looks for certificates. Source: CloudFront, "Requirements for certificates"
)


@dataclass(frozen=True, slots=True)
class CloudPlace:
    """An account and a region; `settings` are further arguments of the aws provider, none for AWS itself."""

    account: str
    region: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def cloud_root(name: str, module: str, source: str, inputs: Mapping[str, Any], place: CloudPlace) -> Root:
    """The root `name` (`base`, `notes.production`) of one module, in Terraform's JSON syntax.

    Nothing that changes by itself is in it: no time, no release number, no commit, no address of the backend.
    """
    return empty_cloud_root(name, place) | {"module": {module: {"source": source, **literal(inputs)}}}


def empty_cloud_root(name: str, place: CloudPlace) -> Root:
    """A root with nothing in it but the providers and the state: applying it removes what the state holds."""
    return {
        "terraform": {
            "required_version": ">= 1.11",
            "required_providers": {"aws": AWS_PROVIDER, "homeport": {"source": "homeport/homeport"}},
            "backend": {"http": {}},
        },
        "provider": {
            "aws": [aws_provider(name, place, place.region)],
            "homeport": {"region": place.region, "account": place.account},
        },
    }


def aws_provider(name: str, place: CloudPlace, region: str) -> dict[str, Any]:
    """A block of the aws provider. It stops before anything where the credentials are another account's."""
    return {
        "region": region,
        "allowed_account_ids": [place.account],
        "default_tags": {"tags": {"homeport": name}},
        **place.settings,
    }
