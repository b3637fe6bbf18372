"""The files of the gateway and of its front, as the base module renders them."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from typing import Any

from homeport import shipped
from homeport.terraform import find

MODULE = shipped.folder("modules") / "home" / "base"


def main_file(registry: str, *, https: int | None = None, lan: bool = False) -> str:
    """The gateway's main file, for a registry at `registry` and the port `https`."""
    return _rendered("haproxy.cfg.tftpl", {"registry_address": registry, "https": https, "lan": lan})


def front_file() -> str:
    """The front's file, for HTTP at its port 8080 and the registry at 5000."""
    return _rendered("front.cfg.tftpl", {"entries": {"http.sock": {"port": 8080}, "registry.sock": {"port": 5000}}})


def _rendered(template: str, variables: dict[str, Any]) -> str:
    """Terraform's own rendering."""
    question = f'base64encode(templatefile("{MODULE / template}", jsondecode({json.dumps(json.dumps(variables))})))\n'
    with tempfile.TemporaryDirectory() as folder:
        command = [*find().command, "console"]
        said = subprocess.run(command, cwd=folder, input=question, capture_output=True, text=True, check=True)
    return base64.b64decode(said.stdout.strip().strip('"')).decode()
