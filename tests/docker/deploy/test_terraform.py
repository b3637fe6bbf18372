"""Plain Terraform, in a hand-written root."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from homeport.errors import Refused, TerraformFailed
from homeport.terraform import Workspace, find
from homeport.terraform.binary import environment
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.rules import rules

pytestmark = pytest.mark.docker
REPOSITORY = Path(__file__).parents[3]
FILES = {"README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf"}
HOST = "notes-by-terraform.localhost"
MODULES = sorted(path.name for path in (REPOSITORY / "modules" / "home").iterdir())


@pytest.fixture(scope="module")
def root(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example root, with the images of a release of the example."""
    folder = tmp_path_factory.mktemp("terraform")
    for name in ("modules", "examples"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns(".homeport", ".terraform"))
    notes = folder / "examples" / "notes"
    installation.homeport("up", "--yes", cwd=notes)
    images = installation.releases(notes)[0]["images"]
    given = {"images": {name: images[name] for name in ("migrations", "api", "tagger", "web")}}
    root = folder / "examples" / "terraform" / "home"
    (root / "images.auto.tfvars.json").write_text(json.dumps(given | {"instance": installation.instance}))
    installation.homeport("terraform", "--", "init", cwd=root)
    return root


def test_a_hand_written_root_works(installation: Installation, root: Path) -> None:
    """Apply, an empty second plan, and destroy; the verbs are Terraform's own."""
    installation.homeport("terraform", "--", "apply", "-auto-approve", cwd=root)
    assert [200, 200, 200] == [installation.get(HOST, path).status for path in ("/", "/api", "/model")]
    assert 0 == installation.homeport("terraform", "--", "plan", "-detailed-exitcode", cwd=root).returncode
    installation.homeport("terraform", "--", "destroy", "-auto-approve", cwd=root)
    assert 404 == installation.get(HOST).status
    assert 200 == installation.get("notes.localhost", "/api").status


def test_terraforms_exit_code_is_ours(installation: Installation, root: Path) -> None:
    """What Terraform ends with is what the command ends with."""
    assert 1 == installation.homeport("terraform", "--", "apply", "no-such-plan", cwd=root, returncode=None).returncode


def _tested(installation: Installation, folder: Path, module: str) -> Path:
    """A copy of a module, ready for Terraform's own tests."""
    shutil.copytree(REPOSITORY / "modules", folder / "modules", ignore=shutil.ignore_patterns(".terraform*"))
    copied = folder / "modules" / "home" / module
    installation.homeport("terraform", "--", "init", cwd=copied)
    return copied


@pytest.mark.parametrize("module", MODULES)
def test_a_module_refuses_what_it_says_it_refuses(installation: Installation, tmp_path: Path, module: str) -> None:
    """It is valid, and its runs pass with a mocked provider; good inputs are planned."""
    folder = _tested(installation, tmp_path, module)
    installation.homeport("terraform", "--", "validate", cwd=folder)
    installation.homeport("terraform", "--", "test", cwd=folder)


@pytest.mark.long
@pytest.mark.parametrize("module", MODULES)
def test_without_a_rule_a_module_does_not_refuse(installation: Installation, tmp_path: Path, module: str) -> None:
    """Each rule is taken out in turn: the run that breaks it is then not refused, and no other rule hides that."""
    folder = _tested(installation, tmp_path, module)
    for rule in rules(folder):
        whole = rule.file.read_text()
        rule.file.write_text(rule.taken_out())
        said = installation.homeport("terraform", "--", "test", "-no-color", cwd=folder, returncode=1)
        assert rule.is_missed(said), rule.text
        rule.file.write_text(whole)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_formatted_and_described(module: str) -> None:
    """Four files and a README a module; every variable and output is described."""
    folder = REPOSITORY / "modules" / "home" / module
    assert FILES <= {path.name for path in folder.iterdir()}
    for name in ("variables.tf", "outputs.tf"):
        text = (folder / name).read_text()
        blocks = text.count('variable "') + text.count('output "')
        assert blocks == text.count("\n  description = ")
    subprocess.run([*find().command, "fmt", "-check", "-diff", str(folder)], check=True, env=environment({}))


@pytest.mark.long
def test_terraform_and_opentofu_take_turns(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each finds nothing to do after the other, and removes what the other made. Both must be on PATH."""
    application = probe_application(tmp_path, "turns")
    turns = [("terraform", "tofu", {"one"}), ("tofu", "terraform", {"two"}), ("terraform", "tofu", {"three"})]
    for one, other, names in turns:
        services = {"api": {"route": "/"}} | {name: {"route": f"/{name}"} for name in names}
        write_manifest(application, "turns", services=services)
        monkeypatch.setitem(installation.variables, "HOMEPORT_TERRAFORM", one)
        installation.homeport("up", "--yes", cwd=application)
        assert len(services) == len(installation.containers("turns"))
        monkeypatch.setitem(installation.variables, "HOMEPORT_TERRAFORM", other)
        assert 0 == installation.homeport("plan", "--detailed-exitcode", cwd=application).returncode
        assert "Nothing to do" in installation.setup().stdout
    installation.homeport("down", "--yes", cwd=application)
    assert {} == installation.containers("turns")


def test_another_homeports_modules_are_not_gone_on_with(tmp_path: Path) -> None:
    """A workspace that a homeport elsewhere prepared takes the modules of the one that runs, both being there."""
    root = {"module": {"one": {"source": "./modules/one"}}, "output": {"said": {"value": "${module.one.said}"}}}
    for place in ("before", "now"):
        (tmp_path / place / "one").mkdir(parents=True)
        (tmp_path / place / "one" / "main.tf").write_text(f'output "said" {{ value = "{place}" }}\n')
        workspace = Workspace(tmp_path / "work", root, modules=tmp_path / place, binary=find(), variables={})
        workspace.apply(workspace.plan())
    state = json.loads((tmp_path / "work" / "terraform.tfstate").read_text())
    assert "now" == state["outputs"]["said"]["value"]


def test_a_provider_that_cannot_be_fetched_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Terraform itself, which takes its mirror from the very line that the refusal names, and looks nowhere else."""
    mirror, file = tmp_path / "mirror", tmp_path / "terraformrc"
    mirror.mkdir()
    file.write_text(f'provider_installation {{ filesystem_mirror {{ path = "{mirror}" }} }}\n')
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(file))
    root = {"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}}}
    workspace = Workspace(tmp_path / "work", root, modules=tmp_path, binary=find(), variables={})
    with pytest.raises(Refused, match="could not fetch its provider hashicorp/aws") as refused:
        workspace.plan()
    assert str(mirror) in refused.value.detail
    assert file.read_text().strip().replace(str(mirror), "FOLDER") in refused.value.next_step


def test_the_root_that_the_documentation_writes_for_a_mirror_is_one(tmp_path: Path) -> None:
    """Terraform reads it as the line makes it."""
    (line,) = re.findall(r"^echo .*required_providers.*$", (REPOSITORY / "docs" / "aws.md").read_text(), re.MULTILINE)
    subprocess.run(["sh", "-c", line], cwd=tmp_path, check=True)
    subprocess.run([*find().command, "get"], cwd=tmp_path, check=True, env=environment({}))


def test_after_an_init_that_failed_none_is_taken_for_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fetched for the root as it was is gone then: that root is initialized anew, not only planned."""
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "none"))
    (tmp_path / "one").mkdir()
    good = {"module": {"one": {"source": "./modules/one"}}}
    bad = {"module": {"one": {"source": "./modules/none"}}}

    def workspace(root: dict[str, Any]) -> Workspace:
        return Workspace(tmp_path / "work", root, modules=tmp_path, binary=find(), variables={})

    workspace(good).plan()
    with pytest.raises(TerraformFailed, match="init"):
        workspace(bad).plan()
    assert workspace(good).plan().is_empty
