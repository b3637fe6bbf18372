"""500 good files made bad: each is read or refused by line, and nothing happens besides."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from homeport.errors import ManifestInvalid
from homeport.manifest import load, load_base
from tests.manifest.harness import repository
from tests.manifest.mangling import GOOD, NOTES, SEED, mangled

EACH = 125
SAMPLE = range(0, 60, 3)  # of two of them: 40 whole processes


def place_of(name: str, folder: Path) -> Path:
    """A repository for the file, and its path there."""
    if name == "notes":
        return Path(shutil.copytree(NOTES, folder, ignore=shutil.ignore_patterns(".homeport"))) / "homeport.yaml"
    here = repository(folder)
    (here / "db" / "migrations" / "V1__first.sql").write_text("SELECT 1;\n")
    return here / ("homeport.base.yaml" if name == "base" else "homeport.yaml")


def tree(folder: Path) -> dict[str, bytes]:
    """All that is in a folder; of a folder or a link the name alone."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
    return {name: path.read_bytes() if path.is_file() else b"" for name, path in found.items()}


def told(name: str, problems: tuple[str, ...]) -> bool:
    """Whether every line has its place, and nothing that a terminal would obey."""
    return bool(problems) and all(
        re.match(rf"{re.escape(name)}:[1-9]\d*: .", one) and one.isprintable() for one in problems
    )


@pytest.mark.parametrize("name", GOOD)
def test_a_mangled_file_is_read_or_refused_by_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other error comes out of the loader, and no file comes to be or changes."""
    file = place_of(name, tmp_path / "here")
    monkeypatch.chdir(file.parent)
    refused = 0
    around = tree(tmp_path) | {str(file.relative_to(tmp_path)): b""}
    for number in range(EACH):
        content = mangled(name, number)
        file.write_bytes(content)
        try:
            (load_base if name == "base" else load)(file)
        except ManifestInvalid as error:
            refused += 1
            assert told(file.name, error.problems), f"seed {SEED}, {name} {number}: {error.problems}"
        except BaseException as error:
            raise AssertionError(f"seed {SEED}, {name} {number}: {error!r}") from error
        assert around | {str(file.relative_to(tmp_path)): content} == tree(tmp_path), f"seed {SEED}, {name} {number}"
    assert EACH / 2 < refused, "most of them are bad"


def test_a_mangled_file_in_the_whole_command(tmp_path: Path) -> None:
    """`homeport check` ends with 0 or 1, says where, shows no traceback and leaves the folder as it was."""
    cases = [(name, number) for name in ("notes", "every_key") for number in SAMPLE]
    folders = {}
    for name, number in cases:
        file = place_of(name, tmp_path / f"{name}-{number}" / "here")
        file.write_bytes(mangled(name, number))
        folders[file.parent] = tree(file.parent)
    command = [sys.executable, "-m", "tests.support.checks_in_a_row", *map(str, folders)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOMEPORT_")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "" == done.stderr
    for ended, (folder, before) in zip(json.loads(done.stdout), folders.items(), strict=True):
        where = f"seed {SEED}, {folder}: {ended}"
        assert ended["exit_code"] in (0, 1), where
        assert "Traceback" not in ended["stderr"], where
        assert ended["exit_code"] == 0 or ended["stderr"].startswith("homeport.yaml:"), where
        assert before == tree(folder), where
