"""The rules of a Terraform module, and the runs of its tests that break them: read from the text, without Terraform."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

BLOCK = re.compile(r'^(variable|resource|data|output) ((?:"\w+" )+){\n(.*?)^}', re.DOTALL | re.MULTILINE)
RULE = re.compile(r"^( +)(?:validation|precondition|postcondition) {\n.*?^\1}\n", re.DOTALL | re.MULTILINE)
RUN = re.compile(r'^run "(\w+)" {\n(.*?)^}', re.DOTALL | re.MULTILINE)
BROKEN = re.compile(r"^  expect_failures = \[(.*?)\]", re.DOTALL | re.MULTILINE)
PREFIX = {"variable": "var.", "resource": "", "data": "data.", "output": "output."}
TESTS = Path("tests") / "refusals.tftest.hcl"


@dataclass(frozen=True)
class Rule:
    """A validation or a condition: where it stands, what it is about (`var.github`), and its text."""

    file: Path
    subject: str
    text: str

    def taken_out(self) -> str:
        """Its file without it."""
        whole = self.file.read_text()
        assert 1 == whole.count(self.text)
        return whole.replace(self.text, "")

    def is_missed(self, tested: CompletedProcess[str]) -> bool:
        """Whether Terraform's tests said that nothing refused what it is there to refuse."""
        said = " ".join((tested.stdout + tested.stderr).split())
        return f"The checkable object, {self.subject}, was expected to report an error but did not." in said


@dataclass(frozen=True)
class Run:
    """A run that is to fail, by what it breaks."""

    name: str
    subject: str
    body: str


def rules(module: Path) -> list[Rule]:
    return [
        Rule(file, PREFIX[kind] + ".".join(re.findall(r'"(\w+)"', names)), rule[0])
        for file in sorted(module.glob("*.tf"))
        for kind, names, body in BLOCK.findall(file.read_text())
        for rule in RULE.finditer(body)
    ]


def refusals(module: Path) -> list[Run]:
    runs = RUN.findall((module / TESTS).read_text())
    return [Run(name, broken[1].strip(), body) for name, body in runs if (broken := BROKEN.search(body))]
