"""What Terraform says of a provider that it could not fetch, and what helps then.

Source: Terraform, "CLI Configuration File", section "Provider Installation"; the texts are those of `terraform init`
and of `tofu init`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from homeport.errors import Refused

CONFIGURATION = "TF_CLI_CONFIG_FILE"
UNFETCHED = re.compile(
    r"(?:Could not (?:retrieve the list of available versions for|resolve) provider|Error while installing) "
    r"(?P<provider>[^\s:]+)(?: v[^\s:]+)?: (?P<reason>.*)",
    re.DOTALL,
)
ADVICE = "\n\nTo see which modules"  # of Terraform's: our modules are not what is wrong
WAY_OUT = (
    "Let this machine reach what is named above (a proxy is taken from HTTPS_PROXY), or give Terraform a mirror: a "
    "folder that `terraform providers mirror FOLDER` (for OpenTofu: `tofu providers …`) filled on a machine that does, "
    f"and a file that says so, named by {CONFIGURATION}:\n"
    '  provider_installation { filesystem_mirror { path = "FOLDER" } }'
)


def refused_without_providers(errors: Iterable[str]) -> Refused | None:
    """The refusal when errors of `init` tell of providers that could not be fetched; None when they tell of none."""
    unfetched = [found for found in map(UNFETCHED.search, errors) if found]
    if not unfetched:
        return None
    reasons = dict.fromkeys(found["reason"].partition(ADVICE)[0].strip() for found in unfetched)
    providers = dict.fromkeys(found["provider"] for found in unfetched)
    return Refused(
        f"Terraform could not fetch its provider {', '.join(providers)}.",
        detail="\n".join(reasons),
        next_step=f"{_ignored_configuration()}{WAY_OUT}",
    )


def _ignored_configuration() -> str:
    """A mirror may be meant already, in a file that is not where it is said to be."""
    file = os.environ.get(CONFIGURATION)
    return f"{CONFIGURATION} names {file}, which is not there.\n" if file and not Path(file).exists() else ""
