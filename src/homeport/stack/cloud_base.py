"""The root of the base of an AWS account and region."""

from dataclasses import dataclass
from typing import Any

from homeport.manifest import AwsBase
from homeport.stack.cloud_root import CERTIFICATES, CloudPlace, aws_provider, cloud_root, empty_cloud_root
from homeport.stack.root import Root

SOURCE = "./modules/aws/base"
NAME = "homeport"  # of the base's resources, and the beginning of their names
OUTPUTS = ("base", "deploy_roles", "plan_role", "certificate_records", "certificates", "budget")


@dataclass(frozen=True, slots=True)
class CloudBaseStack:
    """All that the base's root depends on: the owner's section, the state bucket, the image that has `psql`, and
    whether AWS has issued the certificates of a domain that is kept elsewhere."""

    wanted: AwsBase
    state_bucket: str
    client_image: str
    certificate_issued: bool = False


def render_cloud_base(stack: CloudBaseStack, place: CloudPlace) -> Root:
    """The root of the base module. CloudFront takes its certificate from a second region: a second provider."""
    root = cloud_root("base", "base", SOURCE, _inputs(stack, place), place)
    _add_certificates(root, place)
    root["module"]["base"]["providers"] = {"aws": "aws", "aws.us_east_1": "aws.us_east_1"}
    return root | {"output": {name: {"value": f"${{module.base.{name}}}"} for name in OUTPUTS}}


def render_no_cloud_base(place: CloudPlace) -> Root:
    """The root of a base that is to be away: what was made by the second provider is removed by it."""
    root = empty_cloud_root("base", place)
    _add_certificates(root, place)
    return root


def _add_certificates(root: Root, place: CloudPlace) -> None:
    root["provider"]["aws"].append({"alias": "us_east_1", **aws_provider("base", place, CERTIFICATES)})


def _inputs(stack: CloudBaseStack, place: CloudPlace) -> dict[str, Any]:
    wanted = stack.wanted
    given = {
        "name": NAME,
        "region": place.region,
        "account": place.account,
        "domain": wanted.domain,
        "zone_id": wanted.zone,
        "certificate_issued": stack.certificate_issued or None,
        "github": wanted.github and wanted.github.model_dump(mode="json"),
        "budget": wanted.budget and wanted.budget.model_dump(mode="json"),
        "log_retention_days": wanted.logs.retention,
        "client_image": stack.client_image,
        "state_bucket": stack.state_bucket,
    }
    return {name: value for name, value in given.items() if value is not None}
