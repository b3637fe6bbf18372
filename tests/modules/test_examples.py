"""The hand-written roots: one application's Terraform, for a home server and for AWS."""

from __future__ import annotations

import re
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples" / "terraform"
SOURCE = re.compile(r'^  source = "../../../modules/(home|aws)/application"$', re.MULTILINE)
BLOCK = re.compile(r"^(\w+)[^\n]*{$", re.MULTILINE)
TARGET = "target.tf"  # the target's block
OWN_WORDS = {TARGET, "README.md"}


def _texts(kind: str) -> dict[str, str]:
    """What a root's files say, but for its target's, with the kind taken out of `source`."""
    folder = EXAMPLES / kind
    texts = {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}
    assert OWN_WORDS <= texts.keys()
    assert [kind] == SOURCE.findall(texts["main.tf"])
    return {name: SOURCE.sub("  source = …", text) for name, text in texts.items() if name not in OWN_WORDS}


def test_one_root_differs_from_the_other_in_source_and_target_only() -> None:
    """Every other file is the same text: what was tried at home is what goes to AWS."""
    assert _texts("home") == _texts("aws")


def test_the_target_says_where_and_nothing_else() -> None:
    """Providers, their versions, and what a person fills in: nothing of the application could differ there unseen."""
    for kind in ("home", "aws"):
        text = (EXAMPLES / kind / TARGET).read_text()
        assert {"terraform", "provider", "variable"} == set(BLOCK.findall(text))
        for name in re.findall(r'^variable "(\w+)"', text, re.MULTILINE):
            assert name == "hosts" or f"= var.{name}\n" in text or f"[var.{name}]" in text, f"{name} is of no provider"
