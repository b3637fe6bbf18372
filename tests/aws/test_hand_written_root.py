"""Plain Terraform in the hand-written root for AWS: the text that was tried at home, and another target."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from homeport.aws.emulator import Running
from tests.support.production import PATIENCE, Production

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800), pytest.mark.minutes(7)]
REPOSITORY = Path(__file__).parents[2]
IMAGES = ("migrations", "api", "tagger", "web")


@pytest.fixture
def production(emulator: Running, tmp_path: Path) -> Iterator[Production]:
    """A release at home, and a base on AWS."""
    with Production.of(emulator, tmp_path) as made:
        made.run("setup", "production", "--yes")
        yield made


@pytest.fixture
def root(production: Production, tmp_path: Path) -> Path:
    """A copy of the root, told which images, and where."""
    for name in ("modules", "examples/terraform"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns(".terraform*"))
    home, cloud = production.home, production.cloud
    images = json.loads(home.homeport("releases", "staging", "--json", cwd=production.application).stdout)[0]["images"]
    given = {"images": {name: images[name] for name in IMAGES}, "instance": home.instance}
    root = tmp_path / "examples" / "terraform" / "aws"
    place = {"region": cloud.region, "account": cloud.account}
    (root / "images.auto.tfvars.json").write_text(json.dumps(given | place))
    return root


def _terraform(production: Production, root: Path, *arguments: str) -> str:
    done = production.home.homeport("terraform", "--", *arguments, cwd=root, patience=PATIENCE)
    return done.stdout


def test_it_works(production: Production, root: Path) -> None:
    """Apply, every route answers, an empty second plan; destroy, once it is said that the data may go."""
    _terraform(production, root, "init")
    _terraform(production, root, "apply", "-auto-approve")
    routes = json.loads(_terraform(production, root, "output", "-json", "routes"))
    assert {"api", "tagger", "web"} == set(routes.values())
    asked = {route: route.partition("/") for route in routes}
    assert dict.fromkeys(routes, 200) == {
        route: production.ask(f"/{path}", name=name)[0] for route, (name, _, path) in asked.items()
    }
    assert "No changes." in _terraform(production, root, "plan", "-detailed-exitcode")

    main = root / "main.tf"
    main.write_text(main.read_text().replace("database = {\n", "database = {\n    delete_data  = true\n"))
    _terraform(production, root, "apply", "-auto-approve")
    _terraform(production, root, "destroy", "-auto-approve")
    assert "" == _terraform(production, root, "state", "list")
