"""Writing a root where its owner keeps it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from homeport import shipped
from homeport.deploy.render import text_of, write_root
from homeport.errors import Refused
from homeport.stack import Root

ROOT: Root = {"module": {"application": {"source": "./modules/home/application", "name": "notes", "target": "home"}}}
OTHER: Root = {"module": {"application": {"source": "./modules/home/application", "name": "notes", "target": "dev"}}}


def test_a_root_comes_with_the_modules_that_it_refers_to(tmp_path: Path) -> None:
    """In a folder that is made with its parents; a second time nothing changes."""
    folder = tmp_path / "deep" / "root"
    assert write_root(ROOT, folder)
    assert text_of(ROOT) == (folder / "main.tf.json").read_text()
    for file in (shipped.folder("modules") / "home" / "application").glob("*.tf"):
        assert file.read_bytes() == (folder / "modules" / "home" / "application" / file.name).read_bytes()
    assert not write_root(ROOT, folder)


def test_what_an_owner_adds_stays(tmp_path: Path) -> None:
    """Only the root and the modules are ours: an edited module is put right, a backend of theirs is kept."""
    write_root(ROOT, tmp_path)
    (tmp_path / "backend_override.tf").write_text("terraform {}")
    module = tmp_path / "modules" / "home" / "application" / "main.tf"
    module.write_text("# edited")
    assert write_root(ROOT, tmp_path)
    assert "# edited" != module.read_text()
    assert {"backend_override.tf", "main.tf.json", "modules"} == {path.name for path in tmp_path.iterdir()}


def _foreign_file(folder: Path) -> None:
    (folder / "main.tf").write_text("")


def _foreign_root(folder: Path) -> None:
    (folder / "main.tf.json").write_text(json.dumps({"module": {"vpc": {}}}))


def _broken_root(folder: Path) -> None:
    (folder / "main.tf.json").write_text("{")


def _another_target(folder: Path) -> None:
    write_root(OTHER, folder)


@pytest.mark.parametrize("put", [_foreign_file, _foreign_root, _broken_root, _another_target])
def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path, put: Callable[[Path], None]) -> None:
    """And nothing in it is touched."""
    put(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(Refused, match="nothing was written"):
        write_root(ROOT, tmp_path)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
