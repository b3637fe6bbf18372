"""What checkov would say of the modules is either put right, or left out with a reason."""

from __future__ import annotations

import re
from pathlib import Path

MODULES = Path(__file__).parents[2] / "modules"
SKIP = re.compile(r"#\s*checkov:skip(.*)")
REASONED = re.compile(r"=(?P<rule>CKV2?_[A-Z]+_\d+):(?P<reason>\S.*)")


def test_every_rule_that_is_left_out_says_why() -> None:
    """Beside the resource that it is left out for; once for each."""
    said = {
        f"{file.relative_to(MODULES)}: {one}": REASONED.fullmatch(one)
        for file in MODULES.rglob("*.tf")
        for one in SKIP.findall(file.read_text())
    }
    assert [] == [place for place, reasoned in said.items() if reasoned is None]
    assert said
