"""What is refused, told and recorded of migrations that are not released yet: a folder for each situation.

In each, case.yaml says which files are released (without it, no release is known) or were and have changed, the
placeholders, and what is expected.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from homeport.deploy import squawk
from homeport.deploy.migrations import Examined, examine
from homeport.errors import ManifestInvalid, Refused
from homeport.manifest import Database, load
from homeport.releases.breaking import BREAKING
from homeport.releases.judgement import ANY_CONSTRAINT, ONE_CONSTRAINT, TIMEOUTS
from homeport.releases.lint import EXCLUDED
from homeport.releases.locking import LOCKING
from homeport.releases.migrations import Migration, read_folder

CASES = sorted(path.parent for path in (Path(__file__).parent / "migrations").glob("*/case.yaml"))


def examined(case: Path, given: dict[str, Any]) -> Examined:
    database = Database(migrations=case.name, placeholders=given.get("placeholders", {}))
    return examine(case.parent, database, _earlier(case, given) if "released" in given else None)


def _earlier(case: Path, given: dict[str, Any]) -> tuple[Migration, ...]:
    """What is released; the repeatables of `changed` were, with another content."""
    found = read_folder(case)
    changed = tuple(replace(one, checksum=one.checksum - 1) for one in found if one.script in given.get("changed", ()))
    return (*(one for one in found if one.script in given["released"]), *changed)


def outcome(case: Path, given: dict[str, Any]) -> dict[str, Any]:
    """In the words of case.yaml; what is empty is left out."""
    try:
        found = examined(case, given)
    except ManifestInvalid as error:
        return {"invalid": [problem.removeprefix(f"{case.name}/") for problem in error.problems]}
    findings = found.judged.findings
    seen = {
        "refused": [f"{one.script}:{one.line} {one.rule}" for one in findings if one.locks],
        "told": [f"{one.script}:{one.line} {one.rule}" for one in findings if not one.locks],
        "breaking": {one.script: one.breaking for one in found.migrations if one.breaking},
    }
    return {key: value for key, value in seen.items() if value}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_migration_comes_to(case: Path) -> None:
    """Each situation by real squawk, from the files to what a release records."""
    given = YAML(typ="safe").load(case / "case.yaml")
    assert given.get("expected", {}) == outcome(case, given)


def _released_and(folder: Path, sql: str) -> Examined:
    """One more migration after a released one."""
    migrations = folder / "migrations"
    migrations.mkdir()
    (migrations / "V1__notes.sql").write_text("CREATE TABLE notes (title text);\n")
    released = read_folder(migrations)
    (migrations / "V2__change.sql").write_text(sql)
    return examine(folder, Database(migrations="migrations"), released)


def test_a_refusal_says_where_why_and_what_to_do(tmp_path: Path) -> None:
    """The place as an editor knows it, the rule, the remedy, and how to say that it is meant."""
    with pytest.raises(Refused) as refused:
        _released_and(tmp_path, "\nCREATE INDEX ON notes (title);\n").refuse()
    first, last = str(refused.value).splitlines()
    assert first.startswith("migrations/V2__change.sql:2: require-concurrent-index-creation: blocks every write")
    assert "CREATE INDEX CONCURRENTLY" in first
    assert last.endswith("-- squawk-ignore require-concurrent-index-creation -- <why>")


def test_a_released_migration_keeps_the_verdict_of_its_release(tmp_path: Path) -> None:
    """It was judged among what was new then; judged alone, it may look different."""
    examined = _released_and(tmp_path, "SELECT 1;\n")
    recorded = tuple(replace(one, breaking="as recorded") for one in examined.migrations)
    again = examine(tmp_path, Database(migrations="migrations"), recorded)
    assert ["as recorded"] * 2 == [migration.breaking for migration in again.migrations]


def test_the_examples_migrations_are_good() -> None:
    """The example is what others begin from."""
    example = Path(__file__).parents[2] / "examples" / "notes"
    database = load(example / "homeport.yaml").database
    for earlier in (None, ()):
        examined = examine(example, database, earlier)
        assert [] == examined.warnings(with_locks=True)
        assert 5 == len(examined.migrations)


def test_no_migration_is_compatible_unseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where squawk is not installed, a release goes on and says so; a rollback would find every new one breaking."""
    monkeypatch.setattr(squawk, "PACKAGE", "no-package-of-this-name")
    examined = _released_and(tmp_path, "SELECT 1;\n")
    examined.refuse()
    why = "squawk is not installed here (the package no-package-of-this-name)"
    assert ["", f"not judged: {why}"] == [migration.breaking for migration in examined.migrations]
    assert 1 == len(examined.warnings(with_locks=True))


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("#!/bin/sh\necho 'GLIBC_2.28 not found' >&2\nexit 1\n", "squawk ended with 1: GLIBC_2.28 not found"),
        ("#!/bin/sh\nexit 0\n", "squawk ended with 0: it said nothing"),
        ("#!/no/such/interpreter\n", "squawk does not run here: "),
        ("#!/bin/sh\necho '{}'\n", "squawk ended with 0: {}"),
    ],
    ids=["an old machine", "silence", "another machine", "another answer"],
)
def test_a_squawk_that_does_not_work_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, expected: str
) -> None:
    """A machine on which it does not run is no machine without findings."""
    (tmp_path / "squawk").write_text(program)
    (tmp_path / "squawk").chmod(0o755)
    monkeypatch.setattr(squawk, "_program", lambda: str(tmp_path / "squawk"))
    assert _released_and(tmp_path, "SELECT 1;\n").judged.unjudged.startswith(expected)


@pytest.mark.parametrize("rule", sorted({*LOCKING, *BREAKING, *TIMEOUTS, *ONE_CONSTRAINT, ANY_CONSTRAINT, *EXCLUDED}))
def test_every_rule_that_we_name_is_squawks(rule: str) -> None:
    """One that it no longer knows would never be found, and nobody would notice."""
    command = [squawk._program(), f"--exclude={rule}", "--no-error-on-unmatched-pattern", "no-such-file.sql"]
    assert 0 == subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode
