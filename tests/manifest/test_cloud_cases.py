"""What AWS asks of a manifest beyond its own rules; each case says itself what is expected, refusals first."""

import shutil
from pathlib import Path

import pytest

from homeport.manifest import Manifest, load, parity
from homeport.manifest.fargate import MOST_CPUS, MOST_MEMORY, SIZES, TaskSize, task_size
from homeport.manifest.rds import allowed
from homeport.manifest.schema import schema
from tests.manifest.harness import CLOUD, expected, repository

GIB = 1024**3


def placed(case: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(case, repository(tmp_path) / "homeport.yaml"))


@pytest.mark.parametrize("case", CLOUD, ids=lambda case: case.stem)
def test_what_aws_refuses_and_rounds_is_told_by_line(case: Path, tmp_path: Path) -> None:
    """The file loads all the same: at home it may run."""
    file = placed(case, tmp_path)
    assert load(file)
    found = parity(file)
    assert expected(case) == [*found.refused, *found.rounded]


def test_a_target_is_asked_alone(tmp_path: Path) -> None:
    """What production refuses is no matter of staging."""
    file = placed(next(case for case in CLOUD if case.stem == "extensions"), tmp_path)
    assert ((), ()) == (parity(file, "staging").targets, parity(file, "staging").refused)
    assert (("production",), 2) == (parity(file, "production").targets, len(parity(file, "production").refused))


@pytest.mark.parametrize(
    ("cpus", "memory", "size"),
    [
        (0.1, 16 * 1024**2, TaskSize(256, 512)),
        (0.25, 512 * 1024**2, TaskSize(256, 512)),
        (0.25, 513 * 1024**2, TaskSize(256, 1024)),
        (0.26, 512 * 1024**2, TaskSize(512, 1024)),
        (0.25, 3 * GIB, TaskSize(512, 3072)),
        (3, 1 * GIB, TaskSize(4096, 8192)),
        (4, 31 * GIB, TaskSize(8192, 32 * 1024)),
        (5, 17 * GIB, TaskSize(8192, 20 * 1024)),
        (16, 33 * GIB, TaskSize(16384, 40 * 1024)),
        (16, 120 * GIB, TaskSize(16384, 120 * 1024)),
        (16.5, 1 * GIB, None),
        (1, 121 * GIB, None),
    ],
)
def test_limits_become_the_smallest_pair_that_has_both(cpus: float, memory: int, size: TaskSize | None) -> None:
    """Never less than what the manifest says."""
    assert size == task_size(cpus, memory)


def test_the_largest_pair_is_what_the_rule_says() -> None:
    """Else a limit in between would be neither refused nor rounded."""
    assert (16, 120 * GIB) == (MOST_CPUS, MOST_MEMORY)
    assert all(list(choices) == sorted(choices) for _, choices in SIZES)
    assert task_size(MOST_CPUS, MOST_MEMORY)


def test_every_postgres_that_a_manifest_may_ask_for_is_in_the_list_of_rds() -> None:
    """A major without a list would have no extension at all."""
    majors = schema(Manifest)["$defs"]["Database"]["properties"]["postgres"]
    assert set(range(majors["minimum"], majors["maximum"] + 1)) == allowed().extensions.keys()


def test_the_list_has_the_names_that_postgres_takes() -> None:
    """CREATE EXTENSION knows vector, h3 and postgis, not what AWS calls them."""
    assert {"vector", "h3", "postgis", "pgaudit", "pgtap", "uuid-ossp", "pg_trgm"} <= allowed().extensions[17]
    assert set() == {"pgvector", "h3-pg", "PostGIS", "wal2json", "auto_explain"} & allowed().extensions[17]
