"""The Terraform root of an application, as a value."""

import json
from pathlib import Path

from homeport.manifest import load
from homeport.stack import ApplicationStack, empty_root, render
from homeport.stack.root import literal

CASES = Path(__file__).parent / "roots"
DIGEST = "sha256:" + "a" * 64


def _stack(folder: Path) -> ApplicationStack:
    manifest = load(folder / "homeport.yaml")
    names = ["migrations", *(image.name for image in manifest.images())]
    return ApplicationStack(
        manifest=manifest.at("staging"),
        target="staging",
        host="ssh://ana@server",
        instance="homeport",
        hosts=("notes.example.com",),
        images={name: f"api/notes-{name}@{DIGEST}" for name in names},
        secrets={"STRIPE_KEY": "3"},
    )


def _repository(folder: Path) -> Path:
    (folder / "homeport.yaml").write_bytes((CASES / "everything.yaml").read_bytes())
    for context in ("api", "models/tagger", "web", "db/migrations"):
        (folder / context).mkdir(parents=True)
        (folder / context / "Dockerfile").write_text("FROM scratch\n")
    return folder


def test_the_root_of_everything(tmp_path: Path) -> None:
    """What a manifest says reaches the modules, with the target's overrides, and nothing else does."""
    expected = json.loads((CASES / "everything.json").read_text())
    assert expected == render(_stack(_repository(tmp_path)))


def test_the_root_is_the_same_every_time(tmp_path: Path) -> None:
    """Nothing in a root changes by itself: the same inputs render to the same bytes."""
    folder = _repository(tmp_path)
    assert json.dumps(render(_stack(folder))) == json.dumps(render(_stack(folder)))


def test_no_text_of_a_person_is_a_template() -> None:
    """`${` and `%{` in a value stay what they are."""
    assert literal({"a": ["${b}", "%{c}", 1, None]}) == {"a": ["$${b}", "%%{c}", 1, None]}


def test_an_empty_root_holds_no_module() -> None:
    """Applying it removes what the state holds."""
    assert "module" not in empty_root(host="local", instance="homeport")
