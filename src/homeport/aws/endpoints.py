"""How AWS's APIs, its registry and what it serves are reached: the one place that knows of an emulator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CLIENT_IMAGE = "public.ecr.aws/docker/library/postgres:17-alpine"  # has psql, and is near every region
EMULATED_PREFIX = "homeport/emulated"  # of the images that an emulator takes for RDS


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

    def client_settings(self) -> dict[str, Any]:
        """What Amazon's SDK is told beyond the address."""
        return {"s3": {"addressing_style": "path"}} if self.api else {}

    @property
    def has_tls(self) -> bool:
        """Whether the registry is asked over HTTPS."""
        return not self.api

    def registry_host(self, account: str, region: str) -> str:
        """The host of ECR's registry, as the first part of an image's reference."""
        if self.api:
            return f"localhost:{self.api.rpartition(':')[2]}"  # engines take HTTP from this name only
        return f"{account}.dkr.ecr.{region}.amazonaws.com"

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
