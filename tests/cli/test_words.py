"""What stands before `--` and after it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from homeport.cli.application import app
from homeport.deploy.application import addressed
from homeport.errors import ManifestInvalid, Refused

SERVICES = "name: notes\nservices:\n  api: {build: api, port: 8000}\n"


def test_a_command_line_of_its_own_is_not_parsed(tmp_path: Path) -> None:
    """An option after -- is the command's; one that we do not know before it is a mistake, and so is no command."""
    runner = CliRunner()
    place = ["-C", str(tmp_path)]
    passed = runner.invoke(app, ["exec", *place, "api", "--", "ls", "--all", "--", "-x"])
    assert isinstance(passed.exception, ManifestInvalid)
    assert 2 == runner.invoke(app, ["exec", *place, "--all", "api", "--", "ls"]).exit_code
    assert 2 == runner.invoke(app, ["run", *place, "api", "ls"]).exit_code
    assert 2 == runner.invoke(app, ["run", *place, "home", "api", "ls", "--", "ls"]).exit_code


@pytest.mark.parametrize("verb", ["exec", "run"])
def test_a_missing_command_is_shown_where_it_belongs(verb: str) -> None:
    """In a line of the very verb that was called."""
    refused = CliRunner().invoke(app, [verb, "api"])
    assert 2 == refused.exit_code
    assert f"homeport {verb} api -- env" in " ".join(refused.stderr.split())


def test_a_lone_word_is_the_target_or_what_is_asked_of_it(tmp_path: Path) -> None:
    """With one target nobody need name it; with several, the first word does."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "homeport.yaml").write_text(SERVICES)

    def named(*words: str) -> tuple[str, tuple[str, ...]]:
        application, others = addressed(tmp_path, words)
        return application.target_name, others

    assert ("home", ()) == named()
    assert ("home", ()) == named("home")
    assert ("home", ("api",)) == named("api")
    assert ("home", ("api",)) == named("home", "api")
    two = "targets:\n  api: {kind: docker}\n  staging: {kind: docker, hosts: [staging.localhost]}\n"
    (tmp_path / "homeport.yaml").write_text(SERVICES + two)
    assert ("api", ("api",)) == named("api", "api")
    assert ("staging", ()) == named("staging")
    with pytest.raises(Refused, match='has no target "stagin" \\(did you mean "staging"\\?\\)'):
        named("stagin", "api")
    with pytest.raises(Refused, match="has 2 targets"):
        named()
