"""A provider that Terraform cannot fetch, by what Terraform 1.11 and OpenTofu 1.12 said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from homeport.errors import Refused
from homeport.terraform.fetching import refused_without_providers

ASKING = "Failed to query available provider packages\nCould not retrieve the list of available versions for provider "
ADVICE = (
    "\n\nTo see which modules are currently depending on hashicorp/aws and what versions are specified, run the "
    "following command:\n    terraform providers"
)
NO_HOST = (
    "could not connect to registry.terraform.io: failed to request discovery document: Get "
    '"https://registry.terraform.io/.well-known/terraform.json": dial tcp: lookup registry.terraform.io: no such host'
)
NO_HOST_OF_OPENTOFU = NO_HOST.replace("registry.terraform.io", "registry.opentofu.org")
NOT_IN_MIRROR = (
    "provider registry.terraform.io/hashicorp/aws was not found in any of the search locations\n\n  - /srv/mirror"
)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (f"{ASKING}hashicorp/aws: {NO_HOST}{ADVICE}", NO_HOST),
        (f"{ASKING}hashicorp/aws: {NOT_IN_MIRROR}", NOT_IN_MIRROR),
        (
            "Failed to install provider\nError while installing hashicorp/aws v6.1.0: zip: not a valid zip file",
            "zip: not a valid zip file",
        ),
        (
            f"Failed to resolve provider packages\nCould not resolve provider hashicorp/aws: {NO_HOST_OF_OPENTOFU}",
            NO_HOST_OF_OPENTOFU,
        ),
    ],
    ids=["registry", "mirror", "download", "registry of OpenTofu"],
)
def test_what_could_not_be_fetched_is_said_with_what_helps(said: str, reason: str) -> None:
    """The provider, Terraform's reason without its advice about our modules, and both ways out."""
    refused = _refused(said)
    assert "Terraform could not fetch its provider hashicorp/aws." == refused.message
    assert reason == refused.detail
    assert all(word in refused.next_step for word in ("HTTPS_PROXY", "TF_CLI_CONFIG_FILE", "filesystem_mirror"))


def test_the_same_reason_is_said_once() -> None:
    """Two providers of one registry that does not answer are one trouble."""
    refused = _refused(f"{ASKING}hashicorp/aws: {NO_HOST}", f"{ASKING}hashicorp/random: {NO_HOST}")
    assert refused.message.endswith("hashicorp/aws, hashicorp/random.")
    assert NO_HOST == refused.detail


def test_a_configuration_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terraform is not shown a file that is missing, so the mirror that it was to name is not asked."""
    missing = tmp_path / "terraformrc"
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(missing))
    assert f"TF_CLI_CONFIG_FILE names {missing}, which is not there." in _refused(f"{ASKING}x/y: {NO_HOST}").next_step
    missing.touch()
    assert "not there" not in _refused(f"{ASKING}x/y: {NO_HOST}").next_step


def test_other_errors_of_terraform_are_not_taken_for_that() -> None:
    """They stay Terraform's own words."""
    assert refused_without_providers(["main.tf.json:1: Unsupported argument\nNo argument is expected here."]) is None


def _refused(*errors: str) -> Refused:
    refused = refused_without_providers(errors)
    assert refused is not None
    return refused
