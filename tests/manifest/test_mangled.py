"""500 good files made bad: each is read or refused by line, and nothing happens besides."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pytest

from homeport.errors import ManifestInvalid
from homeport.manifest import load, load_base
from tests.manifest.harness import repository
from tests.manifest.mangling import GOOD, NOTES, SEED, mangled
from tests.support.tree import tree

EACH = 125
SAMPLE = range(0, 60, 3)  # of two of them: 40 whole processes
BASES = 40  # the same of base files


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what was in its folder before and after."""

    where: str
    code: int
    stdout: str
    stderr: str
    before: dict[str, bytes] = field(repr=False)
    after: dict[str, bytes] = field(repr=False)


def place_of(name: str, folder: Path) -> Path:
    """A repository for the file, and its path there."""
    if name == "notes":
        return Path(shutil.copytree(NOTES, folder, ignore=shutil.ignore_patterns(".homeport"))) / "homeport.yaml"
    here = repository(folder)
    (here / "db" / "migrations" / "V1__first.sql").write_text("SELECT 1;\n")
    return here / ("homeport.base.yaml" if name == "base" else "homeport.yaml")


def ended_in_each(
    command: str, cases: list[tuple[str, int]], folder: Path, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Ended]:
    """`homeport COMMAND` in a repository for each case, with `more` in its environment."""
    before = {}
    for name, number in cases:
        file = place_of(name, folder / f"{name}-{number}" / "here")
        file.write_bytes(mangled(name, number))
        before[file.parent] = tree(file.parent)
    run = [sys.executable, "-m", "tests.support.commands_in_a_row", command, *map(str, before)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOMEPORT_")}
    done = subprocess.run(run, env={**environment, **more}, capture_output=True, text=True, check=True)
    assert "" == done.stderr
    for said, place in zip(json.loads(done.stdout), before, strict=True):
        where = f"seed {SEED}, {place}"
        yield Ended(where, said["exit_code"], said["stdout"], said["stderr"], before[place], tree(place))


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
    for ended in ended_in_each("check", cases, tmp_path):
        assert ended.code in (0, 1), ended
        assert "Traceback" not in ended.stderr, ended
        assert ended.code == 0 or ended.stderr.startswith("homeport.yaml:"), ended
        assert ended.before == ended.after, ended.where


def test_a_mangled_base_file_in_the_whole_command(tmp_path: Path) -> None:
    """`homeport setup --yes` says where, without a traceback: no file comes to be, and no engine is asked."""
    bad = [("base", number) for number in range(EACH) if is_refused(number, tmp_path)][:BASES]
    assert BASES == len(bad)
    login = tmp_path / "login"
    login.mkdir()
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "engine"))
        engine.listen()
        engine.setblocking(False)
        mine = {"DOCKER_HOST": f"unix://{tmp_path}/engine", "HOME": str(login), "XDG_CACHE_HOME": str(login / "cache")}
        for ended in ended_in_each("setup --yes", bad, tmp_path, mine):
            assert 1 == ended.code, ended
            assert "Traceback" not in ended.stderr, ended
            assert told("homeport.base.yaml", tuple(ended.stderr.splitlines())), ended
            assert "" == ended.stdout, ended
            assert ended.before == ended.after, ended.where
        with pytest.raises(BlockingIOError):
            engine.accept()
    assert {} == tree(login)


def is_refused(number: int, folder: Path) -> bool:
    """Whether the loader refuses a mangled base file: one that is good after all would be set up."""
    file = folder / "homeport.base.yaml"
    file.write_bytes(mangled("base", number))
    try:
        load_base(file)
    except ManifestInvalid:
        return True
    finally:
        file.unlink()
    return False
