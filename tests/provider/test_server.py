"""How a Terraform finds the served provider."""

import json
from typing import Any

import pytest

from homeport.provider import HomeportProvider, serve


@pytest.mark.parametrize("registry", ["registry.terraform.io", "registry.opentofu.org"])
def test_it_is_served_to_terraform_and_to_opentofu(registry: str) -> None:
    """`homeport/homeport` means an address in its own registry to each; no root has to name one."""
    with serve(HomeportProvider(lambda host, instance: _none())) as variables:
        assert f"{registry}/homeport/homeport" in json.loads(variables["TF_REATTACH_PROVIDERS"])


def _none() -> Any:
    raise AssertionError("no server is asked")
