"""An image's tag says all that it is made of."""

import re
import shutil
from pathlib import Path

import pytest

from homeport import shipped
from homeport.machine.recipes import NAMES, Recipes, fingerprint, recipes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped.folder("service-images"), tmp_path / "service-images"))


def tags(made: Recipes) -> dict[str, str]:
    return {"base": made.base.image, **{name: recipe.image for name, recipe in made.services.items()}}


def changed(before: Recipes, after: Recipes) -> set[str]:
    old, new = tags(before), tags(after)
    return {name for name in old if old[name] != new[name]}


def test_every_folder_with_a_dockerfile_is_built() -> None:
    """A recipe that nobody builds would be found out only on the machine that needs it."""
    found = {file.parent.name for file in shipped.folder("service-images").glob("*/Dockerfile")}
    assert set(NAMES) == found


def test_unchanged_recipes_keep_their_tags_elsewhere(folder: Path) -> None:
    """The tag depends on content, not on where the files lie or when they were written."""
    assert set() == changed(recipes(()), recipes((), folder))


def test_changed_recipe_changes_its_own_tag_only(folder: Path) -> None:
    """A line in one recipe builds that image again and no other."""
    before = recipes((), folder)
    (folder / "gateway" / "Dockerfile").write_text("FROM scratch\n")
    assert {"gateway"} == changed(before, recipes((), folder))


def test_changed_base_changes_every_tag(folder: Path) -> None:
    """What stands on the base is built again with it."""
    before = recipes((), folder)
    (folder / "base" / "apt.conf").write_text("\n")
    assert {"base", *NAMES} == changed(before, recipes((), folder))


def test_private_authorities_change_every_tag() -> None:
    """Images of a machine with a private authority are not those of a machine without."""
    assert {"base", *NAMES} == changed(recipes(()), recipes(("a certificate",)))


def test_renamed_file_changes_the_fingerprint(tmp_path: Path) -> None:
    """The name of a file is part of a recipe: COPY finds it by that."""
    (tmp_path / "one").write_text("same")
    before = fingerprint(tmp_path)
    (tmp_path / "one").rename(tmp_path / "two")
    assert before != fingerprint(tmp_path)


def test_ingredients_are_not_run_together(tmp_path: Path) -> None:
    """`ab`, `c` and `a`, `bc` are different things to make an image of."""
    assert fingerprint(tmp_path, "ab", "c") != fingerprint(tmp_path, "a", "bc")


def test_no_recipe_names_a_registry() -> None:
    """Packages come from where the machine and the tools are set to fetch them, never from an address written here."""
    texts = [file.read_text() for file in shipped.folder("service-images").rglob("*") if file.is_file()]
    named = {address for text in texts for address in re.findall(r"https?://[^\s\"]+", text)}
    assert named == {"http://maven.apache.org/POM/4.0.0"}, "the name of the POM's schema is no address"
