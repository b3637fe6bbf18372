"""What a task on Fargate gets is what the manifest was told that it would get."""

import re
from pathlib import Path

from homeport.manifest.fargate import SIZES
from homeport.manifest.limits import CAPABILITIES

TASK = (Path(__file__).parents[2] / "modules" / "aws" / "rest-service" / "task.tf").read_text()
SIZE = re.compile(r"{ cpu = (\d+), memory = (?:\[([\d, ]+)\]|range\(([\d, ]+)\)) }")


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def test_the_sizes_are_those_that_check_tells() -> None:
    """`homeport check` says what a pair becomes on AWS; the module chooses it."""
    found = [
        (int(cpu), tuple(_numbers(listed) if listed else range(*_numbers(spanned))))
        for cpu, listed, spanned in SIZE.findall(TASK)
    ]
    assert list(SIZES) == found


def test_every_capability_that_a_manifest_may_keep_can_be_kept() -> None:
    """Fargate adds none: what is kept is what is not dropped of those that an engine leaves a container."""
    block = re.search(r"capabilities = \[(.*?)\]", TASK, re.DOTALL)
    assert block
    assert sorted(CAPABILITIES) == sorted(re.findall(r'"([A-Z_]+)"', block[1]))
