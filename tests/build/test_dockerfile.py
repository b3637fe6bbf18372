"""What a Dockerfile takes from elsewhere. Each situation is a file in dockerfiles/."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from homeport.build.dockerfile import Dockerfile, familiar
from homeport.errors import BuildFailed

SITUATIONS = sorted((Path(__file__).parent / "dockerfiles").glob("*.yaml"))


@pytest.mark.parametrize("file", SITUATIONS, ids=lambda file: file.stem)
def test_situation(file: Path) -> None:
    """Base images are found as the builder finds them; a substitution touches nothing else."""
    case = YAML(typ="safe").load(file)
    if "refused" in case:
        with pytest.raises(BuildFailed) as refused:
            base_images(case)
        assert case["refused"] == refused.value.message
        return
    assert [(image, line, *rest) for image, line, *rest in case["base_images"]] == base_images(case)
    assert case.get("substituted", case["text"]) == read(case).substitute(case.get("substitutes", {}))


def read(case: dict[str, Any]) -> Dockerfile:
    return Dockerfile.read(case["text"], args=case.get("args"), shown="api/Dockerfile")


def base_images(case: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = read(case).base_images(case.get("target"))
    return [(base.image, base.line, *([base.platform] if base.platform else [])) for base in found]


@pytest.mark.parametrize(
    ("expected", "image"),
    [
        ("python:latest", "python"),
        ("python:latest", "docker.io/library/python"),
        ("python:3", "index.docker.io/library/python:3"),
        ("team/python:latest", "docker.io/team/python"),
        ("localhost:5000/python:latest", "localhost:5000/python"),
        ("python@sha256:aa", "docker.io/library/python@sha256:aa"),
    ],
)
def test_familiar_name(expected: str, image: str) -> None:
    """Two spellings of one image are one image."""
    assert expected == familiar(image)
