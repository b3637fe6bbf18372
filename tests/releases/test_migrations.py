"""The rules of a folder of migrations."""

import zlib
from pathlib import Path

import pytest

from homeport.errors import ManifestInvalid
from homeport.releases.migrations import (
    Migration,
    callbacks,
    checksum,
    compare,
    migrations_dockerfile,
    read_folder,
    records,
    version_order,
)

SQL = b"SELECT 1;\n"


def folder(*scripts: str, **changed: bytes) -> tuple[Migration, ...]:
    """Migrations of these names; `changed` gives other content by the first letter and version: V1=b"…"."""
    content = {script: changed.get(script.partition("__")[0], SQL) for script in scripts}
    return records(content)


def test_files_are_read_in_flyways_order() -> None:
    """By version as numbers, repeatables last; callbacks are none of them."""
    found = folder(
        "V10__c.sql", "V9__b.sql", "R__z.sql", "R__a.sql", "V1_1__sub_step.sql", "V1.0__a.SQL", "afterMigrate.sql"
    )
    assert [migration.version for migration in found] == ["1.0", "1.1", "9", "10", None, None]
    assert [migration.description for migration in found] == ["a", "sub step", "b", "c", "a", "z"]


def test_subfolders_are_read_but_for_hidden_ones(tmp_path: Path) -> None:
    for name in ("V1__a.sql", "later/V2__b.sql", ".git/V3__c.sql", "README.md", "V1__a.sql.conf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(SQL)
    assert [migration.script for migration in read_folder(tmp_path)] == ["V1__a.sql", "later/V2__b.sql"]


# Flyway 12.4.0's own, from flyway_schema_history; tests/docker/home/test_migration.py compares more of them.
FLYWAYS = {
    b"create table t(a int);\ninsert into t values (1),(1);\n": -844427961,
    b"create index if not exists t_a on t (a);\n": -1732420977,
    b"create or replace view v as select a from t;\n": -554687696,
}


@pytest.mark.parametrize(("content", "expected"), FLYWAYS.items())
def test_a_checksum_is_flyways(content: bytes, expected: int) -> None:
    assert expected == checksum(content)


@pytest.mark.parametrize(
    "content", [b"a;\r\nb;\r\n", b"a;\nb;", b"a;\rb;", b"\xef\xbb\xbfa;\nb;\n"], ids=["CRLF", "no end", "CR", "BOM"]
)
def test_a_checksum_does_not_see_line_ends(content: bytes) -> None:
    assert checksum(b"a;\nb;\n") == checksum(content)


def test_a_checksum_is_a_signed_integer() -> None:
    assert zlib.crc32(b"SELECT 1;") == checksum(SQL) % 2**32
    assert -(2**31) <= checksum(SQL) < 2**31


PROBLEMS = {
    "V1_first.sql": "should have two underscores after its version: V1__first.sql",
    "v1__first.sql": "did you mean V1__first.sql?",
    "V__first.sql": 'should have a version of digits and dots after V, not ""',
    "Vx__first.sql": 'should have a version of digits and dots after V, not "x"',
    "V1.__first.sql": 'should have a version of digits and dots after V, not "1."',
    "V1.sql": "should have a description after two underscores: V1__description.sql",
    "V1__.sql": "should have a description after two underscores: V1__description.sql",
    "R1__view.sql": "is repeatable and should have no version: R__view.sql",
    "R_view.sql": "is repeatable and should have no version: R__view.sql",
    "U1__undo.sql": "is an undo migration, which free Flyway does not run",
    "schema.sql": "Flyway would skip it silently",
    "afterMigrateX__grants.sql": "Flyway would skip it silently",
}


@pytest.mark.parametrize("script", PROBLEMS)
def test_a_name_that_flyway_would_skip_is_a_problem(script: str) -> None:
    with pytest.raises(ManifestInvalid) as caught:
        records({script: SQL}, named="db/migrations")
    assert caught.value.problems[0].startswith(f"db/migrations/{script}: ")
    assert PROBLEMS[script] in caught.value.problems[0]


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("V1.1__z.sql", "V1_1__y.sql", "version"),
        ("V1.0__a.sql", "V1__b.sql", "version"),
        ("V01__a.sql", "V1__b.sql", "version"),
        ("R__a.sql", "sub/R__a.sql", "description"),
    ],
)
def test_two_files_for_one_place_are_a_problem(first: str, second: str, what: str) -> None:
    with pytest.raises(ManifestInvalid, match=f"{second}: has the same {what} as {first}"):
        folder(first, second)


def test_a_baseline_may_have_the_version_of_a_migration() -> None:
    assert sorted(migration.kind for migration in folder("B2__all.sql", "V2__b.sql")) == ["baseline", "versioned"]


def test_text_that_is_not_utf8_is_a_problem() -> None:
    with pytest.raises(ManifestInvalid, match="should be UTF-8 text, but its byte 9 is not"):
        records({"V1__a.sql": b"SELECT '\xfc';"})


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ManifestInvalid) as caught:
        folder("v1__a.sql", "V2_b.sql", "V3__c.sql", "V3.0__d.sql")
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("files", [{}, {"afterMigrate.sql": SQL}], ids=["empty", "callbacks only"])
def test_a_folder_without_migrations_is_a_problem(files: dict[str, bytes]) -> None:
    with pytest.raises(ManifestInvalid, match="there is no migration in it"):
        records(files)


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ManifestInvalid, match="db/migrations: there is no such folder"):
        read_folder(tmp_path / "nope", named="db/migrations")


def test_versions_compare_as_numbers() -> None:
    assert version_order("1.9") < version_order("1_10") < version_order("2.0") == version_order("2")


RELEASED = ("V1__a.sql", "V2__b.sql", "R__view.sql")


def test_what_a_release_adds_is_new() -> None:
    found = compare(folder(*RELEASED), folder(*RELEASED, "V3__c.sql", "R__other.sql", R=SQL))
    assert (found.problems, [migration.script for migration in found.new]) == ((), ["V3__c.sql", "R__other.sql"])


def test_a_changed_repeatable_is_no_problem() -> None:
    """It runs again."""
    found = compare(folder(*RELEASED), folder(*RELEASED, R=b"SELECT 2;"))
    assert (found.problems, [migration.script for migration in found.changed_repeatables]) == ((), ["R__view.sql"])


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        (folder(*RELEASED, V1=b"SELECT 2;"), "V1__a.sql was edited after it was released"),
        (folder("V1__a.sql"), "V2__b.sql was released and is no longer there"),
        (folder("V1__a.sql", "V2__c.sql"), "V2__b.sql was renamed to V2__c.sql after it was released"),
        (folder(*RELEASED, "V1_5__x.sql"), "V1_5__x.sql is new but comes before V2__b.sql, which was released"),
    ],
)
def test_a_released_migration_never_changes(now: tuple[Migration, ...], problem: str) -> None:
    found = compare(folder(*RELEASED), now)
    assert len(found.problems) == 1
    assert problem in found.problems[0]


def test_line_ends_may_change_after_a_release() -> None:
    """As with another setting of git."""
    assert compare(folder(*RELEASED), folder(*RELEASED, V1=b"SELECT 1;\r\n")).problems == ()


def test_the_image_takes_both_folders() -> None:
    """And the callback only gives: its one REVOKE takes back a part of what it gave."""
    assert (
        migrations_dockerfile("flyway:1") == "FROM flyway:1\nCOPY sql /flyway/sql\nCOPY callbacks /flyway/callbacks\n"
    )
    (grants,) = callbacks().values()
    statements = [line.split()[0] for line in grants.splitlines() if not line.startswith("--")]
    assert statements == ["GRANT"] * 4 + ["ALTER"] * 3 + ["REVOKE"]
