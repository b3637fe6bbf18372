"""The gateway's main file, as the base module renders it."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile

from homeport import shipped
from homeport.terraform import find

TEMPLATE = shipped.folder("modules") / "home" / "base" / "haproxy.cfg.tftpl"


def main_file(registry: str, *, https: int | None = None, lan: bool = False) -> str:
    """Terraform's own rendering, for a registry at `registry` and the port `https`."""
    variables = json.dumps({"registry_address": registry, "https": https, "lan": lan})
    question = f'base64encode(templatefile("{TEMPLATE}", jsondecode({json.dumps(variables)})))\n'
    with tempfile.TemporaryDirectory() as folder:
        command = [*find().command, "console"]
        said = subprocess.run(command, cwd=folder, input=question, capture_output=True, text=True, check=True)
    return base64.b64decode(said.stdout.strip().strip('"')).decode()
