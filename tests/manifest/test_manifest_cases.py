"""Bad files, one for each rule; each says itself what is expected."""

import re
from pathlib import Path

import pytest

from homeport.errors import ManifestInvalid
from homeport.manifest import load, load_base
from homeport.manifest.cloud import refused, rounded
from homeport.manifest.document import MAX_BYTES
from homeport.manifest.files import judge_base, judge_manifest
from homeport.manifest.problems import RULES
from tests.manifest.harness import BASES, CLOUD, MANIFESTS, expected, repository

WITHOUT_A_CASE = {"file", "file-size"}  # no file can be a missing one, and 64 KB are too much to keep: tests below


def placed(case: Path, tmp_path: Path, name: str) -> Path:
    file = repository(tmp_path) / name
    file.write_bytes(case.read_bytes())
    return file


@pytest.mark.parametrize("case", MANIFESTS, ids=lambda case: case.stem)
def test_a_bad_manifest_is_refused_with_all_its_problems_by_line(case: Path, tmp_path: Path) -> None:
    """Every problem is told at once, in plain words, at its line."""
    with pytest.raises(ManifestInvalid) as refused:
        load(placed(case, tmp_path, "homeport.yaml"))
    assert expected(case) == list(refused.value.problems)


@pytest.mark.parametrize("case", BASES, ids=lambda case: case.stem)
def test_a_bad_base_is_refused_with_all_its_problems_by_line(case: Path, tmp_path: Path) -> None:
    """The base file is held to the same standard as the manifest."""
    with pytest.raises(ManifestInvalid) as refused:
        load_base(placed(case, tmp_path, "homeport.base.yaml"))
    assert expected(case) == list(refused.value.problems)


def test_every_rule_has_a_case(tmp_path: Path) -> None:
    """A rule that no file breaks is a rule that nobody has seen work."""
    broken: set[str] = set()
    for number, case in enumerate((*MANIFESTS, *BASES)):
        is_base = case in BASES
        file = placed(case, tmp_path / str(number), "homeport.base.yaml" if is_base else "homeport.yaml")
        _, problems = judge_base(file) if is_base else judge_manifest(file)
        broken |= {problem.rule for problem in problems}
    for number, case in enumerate(CLOUD):
        manifest = load(placed(case, tmp_path / f"cloud{number}", "homeport.yaml"))
        broken |= {problem.rule for problem in (*refused(manifest), *rounded(manifest))}
    assert set(RULES) == broken | WITHOUT_A_CASE


def test_a_missing_file_is_told_with_the_folder_that_was_searched(tmp_path: Path) -> None:
    """Rule: file."""
    with pytest.raises(ManifestInvalid) as refused:
        load(tmp_path / "homeport.yaml")
    assert (f"homeport.yaml:1: is not there (looked in {tmp_path})",) == refused.value.problems


def test_a_folder_is_not_a_manifest(tmp_path: Path) -> None:
    """Rule: file."""
    (tmp_path / "homeport.yaml").mkdir()
    with pytest.raises(ManifestInvalid) as refused:
        load(tmp_path / "homeport.yaml")
    assert refused.value.problems == ("homeport.yaml:1: is a folder, not a file",)


def test_a_file_in_the_place_of_a_folder_is_no_way_to_a_manifest(tmp_path: Path) -> None:
    """Rule: file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ManifestInvalid) as refused:
        load(tmp_path / "file" / "homeport.yaml")
    assert refused.value.problems == ("homeport.yaml:1: cannot be read: Not a directory",)


def test_a_file_over_the_limit_is_not_parsed(tmp_path: Path) -> None:
    """Rule: file-size."""
    file = tmp_path / "homeport.yaml"
    file.write_text("#" * (MAX_BYTES + 1))
    with pytest.raises(ManifestInvalid) as refused:
        load(file)
    assert refused.value.problems == (
        "homeport.yaml:1: has more than 64 KB; see that it is the right file, and shorten it",
    )


@pytest.mark.parametrize(
    "lines",
    [
        [f"  t{number}: {{kind: docker}}" for number in range(1000)],
        [f"  t{number}: {{kind: docker, services: {{api: {{replicas: 2, x: 1}}}}}}" for number in range(1000)],
    ],
    ids=["targets that clash", "unknown keys"],
)
def test_a_file_that_is_wrong_a_thousand_times_is_told_a_hundred_times(tmp_path: Path, lines: list[str]) -> None:
    """Nobody reads on; and of entries that clash, each is told once, not against each other."""
    file = repository(tmp_path) / "homeport.yaml"
    file.write_text("\n".join(["name: notes", "services: {api: {build: api}}", "targets:", *lines]))
    with pytest.raises(ManifestInvalid) as refused:
        load(file)
    *told, last = refused.value.problems
    assert 100 == len(told)
    assert re.fullmatch(r"homeport.yaml:\d+: and at least [1-9]\d* more problems", last)
