"""Terraform or OpenTofu, whichever homeport takes, with our provider served by this process.

Amazon's is taken from a folder of this machine where there is one.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeport.provider.provider import HomeportProvider
from homeport.provider.server import serve
from homeport.terraform import find

MODULES = Path(__file__).parent.parent.parent / "modules"
AMAZON = "*/registry.*/hashicorp/aws/*/*_*"
REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")  # where `hashicorp/aws` is, by which of the two runs
MIRRORS = ("/opt", "/usr/local/share/terraform", "/usr/share/terraform")


@dataclass(frozen=True)
class Root:
    """A root in a folder of the test's own, with its state."""

    folder: Path
    environment: Mapping[str, str]

    def write(self, root: Mapping[str, Any]) -> None:
        (self.folder / "main.tf.json").write_text(json.dumps(root))

    def terraform(self, *arguments: str, returncode: int | None = 0) -> subprocess.CompletedProcess[str]:
        command = [*find().command, *arguments, "-no-color"]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        assert returncode in (None, done.returncode), f"{done.stdout}\n{done.stderr}"
        return done

    def apply(self, root: Mapping[str, Any]) -> None:
        self.write(root)
        self.terraform("init", "-input=false")
        self.terraform("apply", "-auto-approve", "-input=false")

    def has_changes(self) -> bool:
        return self.terraform("plan", "-detailed-exitcode", "-input=false", returncode=None).returncode == 2

    def output(self, name: str) -> Any:
        return json.loads(self.terraform("output", "-json").stdout)[name]["value"]


@contextmanager
def served_root(folder: Path, provider: HomeportProvider) -> Iterator[Root]:
    """What was applied is destroyed at the end."""
    (folder / "modules").symlink_to(MODULES)
    with serve(provider) as variables:
        root = Root(folder, {**os.environ, **variables, **terraform_configuration(folder)})
        try:
            yield root
        finally:
            if (folder / "terraform.tfstate").exists():
                root.terraform("destroy", "-auto-approve", "-input=false")


def terraform_configuration(folder: Path) -> dict[str, str]:
    """Terraform's own configuration: packages are taken from a folder that holds them, under either registry's name."""
    found = next((path for place in MIRRORS for path in Path(place).glob(AMAZON)), None)
    if found is None:
        return {}
    mirror = folder / "mirror"
    for registry in REGISTRIES:
        package = mirror / registry / "hashicorp" / "aws" / found.parent.name / found.name
        package.parent.mkdir(parents=True, exist_ok=True)
        if not package.is_symlink():
            package.symlink_to(found)
    file = folder / "terraformrc"
    file.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
    return {"TF_CLI_CONFIG_FILE": str(file)}


def database_root(instance: str, host: str = "local") -> str:
    """The text of a root of somebody's own, with one database on a server."""
    return f"""
terraform {{
  required_providers {{
    homeport = {{ source = "homeport/homeport" }}
  }}
}}

provider "homeport" {{
  host     = "{host}"
  instance = "{instance}"
}}

resource "homeport_database" "this" {{
  name        = "by_hand"
  application = "by-hand"
  target      = "home"
  delete_data = true
}}
"""
