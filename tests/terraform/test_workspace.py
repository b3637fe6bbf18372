"""What is said when Terraform, or what stands in for it, does not do what it was asked to."""

from pathlib import Path

import pytest

from homeport.errors import TerraformFailed
from homeport.terraform import Binary, Workspace


@pytest.mark.parametrize("name", ["terraform", "tofu"])
def test_who_failed_is_named(tmp_path: Path, name: str) -> None:
    """Somebody who has OpenTofu would look for a Terraform in vain."""
    workspace = Workspace(tmp_path / "work", {}, modules=tmp_path, binary=Binary(name, ("false",)), variables={})
    with pytest.raises(TerraformFailed, match=f"^{name} init failed"):
        workspace.prepare()
