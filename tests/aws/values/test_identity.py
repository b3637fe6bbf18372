"""Whose credentials are taken, and what is said of those that are not."""

from pathlib import Path

import pytest

from homeport.aws import Endpoints, Session
from homeport.aws.identity import Identity, admit, identify
from homeport.errors import CloudFailed, Refused
from tests.support.sts import sts

ACCOUNT = "123456789012"
ANA = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ana"
FOREIGN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials of nobody, and none of this machine's own."""
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def _asked(region: str, answers: dict[str, str]) -> Identity:
    with sts(answers) as address:
        return identify(Session(region, ACCOUNT, Endpoints(address)))


def test_who_it_is_is_said() -> None:
    """A person with several profiles sees which one this is."""
    found = _asked("eu-west-1", {"eu-west-1": ANA})

    assert (ACCOUNT, "assumed-role/deploy/ana") == (found.account, found.called)
    admit(found, Session("eu-west-1", ACCOUNT, Endpoints()))


def test_root_is_refused() -> None:
    """Nothing can bound what is done with its keys."""
    with pytest.raises(Refused, match="root user of the AWS account 123456789012"):
        admit(Identity(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"), Session("eu-west-1", ACCOUNT, Endpoints()))


def test_another_account_is_refused() -> None:
    """A profile that was forgotten in the environment does not deploy to the wrong place."""
    with pytest.raises(Refused, match=r"of the AWS account 123456789012 .*; the target is in 999999999999"):
        admit(Identity(ACCOUNT, ANA), Session("eu-west-1", "999999999999", Endpoints()))


@pytest.mark.parametrize(
    ("code", "words", "next_step"),
    [
        ("ExpiredToken", "have expired", "aws sso login"),
        ("RequestExpired", "have expired", "aws sso login"),
        ("InvalidClientTokenId", "does not know the access key", "deleted or deactivated"),
        ("SignatureDoesNotMatch", "does not accept the signature", "clock"),
    ],
)
def test_what_aws_refuses_is_said_with_the_way_out(code: str, words: str, next_step: str) -> None:
    """One clear message each, not a code."""
    with pytest.raises(Refused, match=words) as refused:
        _asked("eu-west-1", {"eu-west-1": code, "us-east-1": code})

    assert next_step in refused.value.next_step


def test_a_region_that_is_not_enabled_is_no_unknown_key() -> None:
    """STS there says that the key is unknown; where it is known, it is the region that is meant."""
    with pytest.raises(Refused, match="region eu-south-2 is not enabled") as refused:
        _asked("eu-south-2", {"eu-south-2": "InvalidClientTokenId", "us-east-1": ANA})

    assert "aws account enable-region --region-name eu-south-2" in refused.value.next_step


def test_what_is_no_refusal_of_the_credentials_is_told_as_it_is() -> None:
    """A guess would lead astray."""
    with pytest.raises(CloudFailed, match="Asking AWS in eu-west-1 who this is failed") as failed:
        _asked("eu-west-1", {"eu-west-1": "AccessDenied"})

    assert "AccessDenied: as STS words it" == failed.value.detail


def test_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next step is how to have some."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(Refused, match="has no credentials for the AWS account 123456789012") as refused:
        _asked("eu-west-1", {})

    assert "aws sso login" in refused.value.next_step


def test_a_profile_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in its name."""
    monkeypatch.setenv("AWS_PROFILE", "prodution")
    with pytest.raises(Refused, match="prodution") as refused:
        _asked("eu-west-1", {})

    assert "aws configure list-profiles" in refused.value.next_step


def test_a_login_that_has_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The token of IAM Identity Center lasts for hours."""
    profile = "[profile work]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"
    (tmp_path / "config").write_text(f"{profile}sso_account_id = {ACCOUNT}\nsso_role_name = deploy\n")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(Refused, match="expired or cannot be had") as refused:
        _asked("eu-west-1", {})

    assert "aws sso login" in refused.value.next_step


def test_no_answer() -> None:
    """A machine without the internet, or a region that there is not."""
    with pytest.raises(CloudFailed, match="AWS does not answer in eu-west-1"):
        identify(Session("eu-west-1", ACCOUNT, Endpoints("http://127.0.0.1:9")))
