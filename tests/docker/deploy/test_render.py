"""`homeport render` and `homeport provider serve`: plain Terraform in another process, against a release that runs."""

import json
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from homeport.terraform import find
from homeport.terraform.binary import environment
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.terraform import database_root

pytestmark = pytest.mark.docker
NO_CHANGES, CHANGES = 0, 2  # of `plan -detailed-exitcode`


@pytest.fixture(scope="module")
def application(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probe with a database, released."""
    folder = probe_application(tmp_path_factory.mktemp("application"), database=True)
    installation.homeport("up", "--yes", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def root(installation: Installation, application: Path) -> Path:
    """The rendered root, where its owner keeps it."""
    folder = application.parent / "root"
    said = installation.homeport("render", "--out", str(folder), cwd=application)
    assert "backend_override.tf" in said.stderr
    return folder


@contextmanager
def served(installation: Installation, *arguments: str, cwd: Path) -> Iterator[dict[str, str]]:
    """The variables that `provider serve` prints, for as long as it serves; ended as a person ends it."""
    process = subprocess.Popen(
        installation.command("provider", "serve", *arguments),
        cwd=cwd,
        env=installation.environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        printed = [process.stdout.readline() for _ in range(7 if arguments else 1)]
        yield dict(line.removeprefix("export ").strip().split("=", 1) for line in printed)
    finally:
        process.send_signal(signal.SIGINT)
        assert 0 == process.wait(timeout=60)
        process.stdout.close()


def terraform(folder: Path, variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Plain Terraform in a process of its own, in a shell to which the lines were pasted."""
    lines = "\n".join(f"export {name}={quoted}" for name, quoted in variables.items())
    script = f'{lines}\nexec "$@"'
    words = ["sh", "-c", script, "sh", *find().command, *arguments]
    return subprocess.run(words, cwd=folder, env=environment({}), capture_output=True, text=True, timeout=120)


def test_the_rendered_root_is_valid(installation: Installation, root: Path) -> None:
    """Under our own `terraform`, without a state."""
    installation.homeport("terraform", "--", "init", "-backend=false", cwd=root)
    assert "valid" in installation.homeport("terraform", "--", "validate", cwd=root).stdout


def test_its_plan_against_the_running_release_is_empty(
    installation: Installation, application: Path, root: Path
) -> None:
    """By plain Terraform with the state of the release; nobody deploys meanwhile."""
    with served(installation, "home", cwd=application) as variables:
        assert 0 == terraform(root, variables, "init", "-reconfigure").returncode
        planned = terraform(root, variables, "plan", "-detailed-exitcode")
        assert NO_CHANGES == planned.returncode, planned.stdout + planned.stderr
        locked = installation.homeport("up", "--yes", cwd=application, returncode=1).stderr
        assert "(homeport provider serve)" in locked
    assert "Nothing to do" in installation.homeport("up", "--yes", cwd=application).stdout


def test_a_root_of_ones_own_works_while_the_provider_is_served(installation: Installation, tmp_path: Path) -> None:
    """Without a target and without homeport.yaml; the state is the root's own."""
    (tmp_path / "main.tf").write_text(database_root(installation.instance))
    with served(installation, cwd=tmp_path) as variables:
        assert ["TF_REATTACH_PROVIDERS"] == list(variables)
        (printed,) = shlex.split(variables["TF_REATTACH_PROVIDERS"])
        assert ["opentofu.org", "terraform.io"] == sorted(
            name.split("/")[0].split(".", 1)[1] for name in json.loads(printed)
        )
        assert CHANGES == terraform(tmp_path, variables, "plan", "-detailed-exitcode").returncode
        assert 0 == terraform(tmp_path, variables, "apply", "-auto-approve").returncode
        assert "by_hand" == installation.psql("SELECT datname FROM pg_database WHERE datname = 'by_hand'")
        assert NO_CHANGES == terraform(tmp_path, variables, "plan", "-detailed-exitcode").returncode
        assert 0 == terraform(tmp_path, variables, "destroy", "-auto-approve").returncode
    assert "" == installation.psql("SELECT datname FROM pg_database WHERE datname = 'by_hand'")


def test_what_is_printed_is_what_is_written(installation: Installation, application: Path, root: Path) -> None:
    """Images by digest, and no secret."""
    printed = installation.homeport("render", "home", cwd=application).stdout
    assert (root / "main.tf.json").read_text() == printed
    api = json.loads(printed)["module"]["application"]["services"]["api"]["image"]
    assert api.startswith("api/probe-api@sha256:")
    assert "Unchanged" in installation.homeport("render", "--out", str(root), cwd=application).stdout


def test_an_image_that_is_not_built_is_refused(installation: Installation, application: Path) -> None:
    """A root with a digest that no image has could never be applied."""
    write_manifest(application, services={"api": {"route": "/"}, "other": {"build": "other"}})
    (application / "other").mkdir()
    (application / "other" / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    refused = installation.homeport("render", cwd=application, returncode=1)
    assert "does not have other" in refused.stderr
    assert "" == refused.stdout
