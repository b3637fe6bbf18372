"""`restart`, `open` and `why`: what a person asks of a release that is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.load import Load
from tests.support.running import wait_until

pytestmark = pytest.mark.docker
HOST = "probe.localhost"


@pytest.fixture
def application(installation: Installation, tmp_path: Path) -> Path:
    """The probe with a second service and a worker, released. Its behaviour is a secret."""
    folder = probe_application(tmp_path)
    write_manifest(folder, services=_services(), database=True)
    installation.homeport("secret", "set", "BEHAVIOUR", cwd=folder, stdin="healthy")
    installation.homeport("up", "--yes", cwd=folder)
    return folder


def _services(**environment: str) -> dict[str, dict[str, Any]]:
    return {
        "api": {"route": "/", "secrets": ["BEHAVIOUR"], "environment": environment},
        "second": {"route": "/second"},
        "worker": {"port": None, "healthcheck": None, "environment": {"WORKER": "1"}},
    }


def _containers(installation: Installation) -> dict[str, str]:
    """The engine's id of each service's container."""
    found = installation.containers("probe")
    assert 3 == len(found)
    return {service: found[name] for name in found for service in _services() if f"-{service}-" in name}


# -------------------------------------------------------------------------------------------- restart


def test_a_restart_loses_no_request(installation: Installation, application: Path) -> None:
    """New containers for what was named and for nothing else, of the same image; then there is nothing to do."""
    before, releases = _containers(installation), installation.releases(application)
    with Load(installation.http, HOST, ["/", "/second", "/slow?seconds=1"]).running() as load:
        said = installation.homeport("restart", "api", "worker", cwd=application).stdout
    assert "Restarted api, worker of probe on home.\n" == said
    assert [] == load.failures
    assert load.answers > 0
    after = _containers(installation)
    assert {"api", "worker"} == {service for service in after if after[service] != before[service]}
    assert 0 == installation.homeport("plan", "--detailed-exitcode", cwd=application).returncode
    assert releases == installation.releases(application)


def test_a_restart_deploys_nothing(installation: Installation, application: Path) -> None:
    """What was changed in the sources and not released stays unreleased; secrets are as they are now."""
    write_manifest(application, services=_services(VERSION="2") | {"third": {"route": "/third"}}, database=True)
    (application / "api" / "server.py").write_text("no Python at all")
    before = _containers(installation)
    said = installation.homeport("restart", cwd=application).stdout
    assert "Restarted api, second, worker of probe on home.\n" == said
    assert not set(before.values()) & set(_containers(installation).values())
    assert "1\n" == installation.get(HOST).body
    refused = installation.homeport("restart", "third", cwd=application, returncode=1).stderr
    assert "third of probe was not yet released on home." in refused
    refused = installation.homeport("restart", "ap", cwd=application, returncode=1).stderr
    assert 'has no service "ap" (did you mean "api"?)' in refused


def test_a_restart_that_fails_changes_nothing(installation: Installation, application: Path) -> None:
    """A new container that does not become healthy serves nobody: the old ones go on, no other is left, and what was
    released last is what serves, so that it can be promoted."""
    before, releases = _containers(installation), installation.releases(application)
    installation.homeport("secret", "set", "BEHAVIOUR", cwd=application, stdin="exits")
    refused = installation.homeport("restart", cwd=application, returncode=1).stderr
    assert "a reason to exit" in refused
    assert before == _containers(installation)
    assert releases == installation.releases(application)
    assert (200, "1\n") == (installation.get(HOST).status, installation.get(HOST).body)
    installation.homeport("secret", "set", "BEHAVIOUR", cwd=application, stdin="healthy")
    installation.homeport("restart", "--yes", cwd=application)
    assert before.keys() == _containers(installation).keys()
    assert 200 == installation.get(HOST).status


def test_a_restart_asks_before_it_does_more(installation: Installation, application: Path) -> None:
    """What was changed by hand is put right only with a yes."""
    (name,) = [name for name in installation.containers("probe") if "-second-" in name]
    installation.client.remove_container(name, force=True)
    refused = installation.homeport("restart", "api", cwd=application, returncode=1).stderr
    assert "more than the restart would change" in refused
    assert "Nobody is here to say yes" in refused
    installation.homeport("restart", "api", "--yes", cwd=application)
    assert 200 == installation.get(HOST, "/second").status


# ----------------------------------------------------------------------------------------------- open


def test_open_shows_and_opens_the_url(
    installation: Installation, application: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the shortest route, or of the service that was named; without a browser it is printed all the same."""
    url = f"http://{HOST}:{installation.http}"
    opened = application / "opened"
    browser = application / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    assert f"{url}/\n" == installation.homeport("open", cwd=application).stdout
    wait_until(lambda: opened.exists() and opened.read_text() == f"{url}/", "a browser")
    assert f"{url}/second\n" == installation.homeport("open", "second", "--no-browser", cwd=application).stdout
    refused = installation.homeport("open", "worker", cwd=application, returncode=1).stderr
    assert "worker has no route." in refused
    refused = installation.homeport("open", "secnd", cwd=application, returncode=1).stderr
    assert '(did you mean "second"?)' in refused


# ------------------------------------------------------------------------------------------------ why


def _newest(installation: Installation, application: Path) -> int:
    return int(installation.releases(application)[0]["number"])


def test_why_without_a_failure(installation: Installation, application: Path) -> None:
    """Nothing to explain is no error; a release that there is not, is one."""
    assert "No release of probe on home has failed.\n" == installation.homeport("why", cwd=application).stdout
    assert "Release 1 of probe on home succeeded.\n" == installation.homeport("why", "1", cwd=application).stdout
    refused = installation.homeport("why", "99", cwd=application, returncode=1).stderr
    assert "probe has no release 99 on home.\nThe last one is " in refused
    assert "a release is a number" in installation.homeport("why", "home", "one", cwd=application, returncode=2).stderr


def test_why_tells_of_a_container_that_ended(installation: Installation, application: Path) -> None:
    """No release failed, and yet something does not run: with its exit code and its last log lines."""
    (name,) = [name for name in installation.containers("probe") if "-second-" in name]
    installation.client.stop(name, timeout=0)
    said = installation.homeport("why", cwd=application).stdout
    (trouble,) = json.loads(installation.homeport("why", "--json", cwd=application).stdout)["now"]
    assert "No release of probe on home has failed.\n" in said
    assert "  second: its container says: Exited (137)" in said
    assert ("second", 137) == (trouble["service"], trouble["exit_code"])
    installation.homeport("restart", "second", "--yes", cwd=application)
    assert "No release of probe on home has failed.\n" == installation.homeport("why", cwd=application).stdout


def test_why_a_candidate_failed(installation: Installation, application: Path) -> None:
    """The step, the cause with the last log lines, what was new, what serves; also when all is well again."""
    good = _newest(installation, application)
    write_manifest(application, services=_services(VERSION="2", LEVEL="debug"), database=True)
    installation.homeport("secret", "set", "BEHAVIOUR", cwd=application, stdin="exits")
    installation.homeport("up", "--yes", cwd=application, returncode=1)
    said = installation.homeport("why", cwd=application).stdout
    assert f"Release {good + 1} of probe on home failed at the step apply" in said
    assert "api exited with code 1." in said
    assert "a reason to exit" in said
    assert f"New in it since release {good}, the last good one before it:" in said
    assert "configuration  services.api.environment.LEVEL\n" in said
    assert "configuration  services.api.secrets.BEHAVIOUR\n" in said
    assert f"Release {good} goes on serving.\n" in said
    assert said.endswith("run: homeport up home\n")
    installation.homeport("secret", "set", "BEHAVIOUR", cwd=application, stdin="healthy")
    installation.homeport("up", "--yes", cwd=application)
    assert f"Release {good + 2} has succeeded since" in installation.homeport("why", cwd=application).stdout
    found = json.loads(installation.homeport("why", "home", str(good + 1), "--json", cwd=application).stdout)
    assert (good + 1, "CandidateFailed", good + 2) == (found["release"], found["kind"], found["serves"])


def test_why_a_migration_failed(installation: Installation, application: Path) -> None:
    """With the file, the line, and what was wrong there."""
    good = _newest(installation, application)
    (application / "migrations" / "V2__wrong.sql").write_text("SELECT 1;\n\nCREATE TABLE things (id int);\n")
    installation.homeport("up", "--yes", cwd=application, returncode=1)
    found = json.loads(installation.homeport("why", "--json", cwd=application).stdout)
    assert ("V2__wrong.sql", 3, "apply") == (found["file"], found["line"], found["step"])
    assert ["V2__wrong.sql"] == found["difference"]["migrations"]
    assert [] == found["difference"]["configuration"]
    assert ["migrations"] == [one["name"] for one in found["difference"]["images"]]
    assert (good, False) == (found["serves"], found["may_have_switched"])
    assert "already exists" in found["cause"] + found["detail"]


def test_why_a_build_failed(installation: Installation, application: Path) -> None:
    """What ended before it was planned says so."""
    (application / "api" / "Dockerfile").write_text("FROM python:3.13-slim\nRUN echo no such luck; exit 9\n")
    installation.homeport("up", "--yes", cwd=application, returncode=1)
    said = installation.homeport("why", cwd=application).stdout
    assert "failed at the step build" in said
    assert "no such luck" in said
    assert "It ended before its images and its configuration were known." in said
