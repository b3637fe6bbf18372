"""The Terraform root of the base of an AWS account, as a value."""

from homeport.manifest import AwsBase
from homeport.stack import CloudBaseStack, CloudPlace, render_cloud_base

PLACE = CloudPlace("123456789012", "eu-west-1")
BUCKET = "homeport-123456789012-eu-west-1"
GITHUB = {"repository": "ana/notes", "repository_id": "12", "owner_id": "3", "environments": ["production"]}


def _given(wanted: AwsBase, *, certificate_issued: bool = False) -> dict[str, object]:
    root = render_cloud_base(CloudBaseStack(wanted, BUCKET, "postgres:17", certificate_issued), PLACE)
    given = dict(root["module"]["base"])
    del given["providers"]
    return given


def test_without_a_section_only_what_every_account_has_is_given() -> None:
    """The module's own defaults hold for the rest."""
    expected = {
        "source": "./modules/aws/base",
        "name": "homeport",
        "region": "eu-west-1",
        "account": "123456789012",
        "log_retention_days": 30,
        "client_image": "postgres:17",
        "state_bucket": BUCKET,
    }
    assert expected == _given(AwsBase())


def test_the_owners_section_reaches_the_module() -> None:
    """In the module's own words, under its own keys."""
    wanted = AwsBase.model_validate(
        {
            "domain": "example.com",
            "zone": "Z1",
            "github": GITHUB,
            "budget": {"monthly": 50, "email": "ana@example.com"},
            "logs": {"retention": 90},
        }
    )
    given = _given(wanted)
    assert ("example.com", "Z1", 90) == (given["domain"], given["zone_id"], given["log_retention_days"])
    assert {**GITHUB, "refs": []} == given["github"]
    assert {"monthly": 50, "email": "ana@example.com"} == given["budget"]


def test_issued_certificates_are_told() -> None:
    """HTTPS is set up from then on; a domain that waits is not."""
    wanted = AwsBase(domain="example.com")
    assert "certificate_issued" not in _given(wanted)
    assert _given(wanted, certificate_issued=True)["certificate_issued"] is True


def test_cloudfronts_certificate_is_made_in_its_region() -> None:
    """By a second provider, which refuses another account just as the first."""
    root = render_cloud_base(CloudBaseStack(AwsBase(), BUCKET, "postgres:17"), PLACE)
    first, second = root["provider"]["aws"]
    assert ("eu-west-1", "us-east-1", "us_east_1") == (first["region"], second["region"], second["alias"])
    assert [["123456789012"]] * 2 == [one["allowed_account_ids"] for one in (first, second)]
    assert {"aws": "aws", "aws.us_east_1": "aws.us_east_1"} == root["module"]["base"]["providers"]
    assert {"value": "${module.base.base}"} == root["output"]["base"]
