"""The first promise of the README, kept on a machine that has neither Docker nor an image."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from homeport.deploy.upkeep import RELEASES_KEPT
from tests.support.bare_machine import BareMachine, bare_machine, make_root

pytestmark = [pytest.mark.docker, pytest.mark.long]

REPOSITORY = Path(__file__).parents[3]
DEMO = "homeport/scripts/demo"
HOMEPORT = "homeport/.venv/bin/homeport"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareMachine]:
    archive = tmp_path_factory.mktemp("bare") / "root.tar"
    make_root(archive)
    with bare_machine(archive) as made:
        made.put_checkout(REPOSITORY, "/root/homeport")
        yield made


def answers(machine: BareMachine, output: str) -> dict[str, str]:
    """What curl gets from every URL in the output, asked from inside."""
    urls = [line.split()[-1] for line in output.splitlines() if "http://" in line]
    return {
        url: machine.run(f"curl --silent --output /dev/null --write-out '%{{http_code}}' {url}").stdout for url in urls
    }


def release(machine: BareMachine, version: int) -> str:
    """A version of the example's API, with room for a kilobyte of what builds keep; what was said."""
    machine.run(f"echo 'VERSION = \"{version}\"' > homeport/examples/notes/api/notes/__init__.py")
    return machine.run(f"HOMEPORT_BUILD_CACHE=0.000001 {HOMEPORT} up --yes -C homeport/examples/notes").stderr


@pytest.mark.timeout(1200)
def test_demo_brings_a_bare_machine_to_its_answers(machine: BareMachine) -> None:
    """One command, no Terraform on PATH; the second time it changes nothing; `down` takes the application off again."""
    assert 1 == machine.run("command -v docker || command -v terraform || command -v git", returncode=None).returncode
    said = machine.run(DEMO)
    assert "installing docker.io" in said.stderr
    machine.run("apt-get install -qqy --no-install-recommends curl")
    urls = [f"http://notes.localhost{path}" for path in ("/", "/api", "/model")]
    assert dict.fromkeys(urls, "200") == answers(machine, said.stdout)

    before = machine.containers()
    again = machine.run(DEMO)
    assert "Nothing to do: notes on home is as the manifest says." in again.stdout
    assert "installing" not in again.stderr
    assert before == machine.containers()

    said = [release(machine, version) for version in range(RELEASES_KEPT + 2)]
    assert any("of the cache of builds removed: it is kept to" in one for one in said), said[-1]

    machine.run(f"{HOMEPORT} down -C homeport/examples/notes --delete-data --confirm-name notes")
    left = {"/homeport-front", "/homeport-gateway", "/homeport-postgres", "/homeport-registry"}
    assert left == machine.containers().keys()


NOTES = "http://notes.localhost/api/notes"
KILLED_IN_MID_APPLY = f"""
{HOMEPORT} up --yes -C homeport/examples/notes > up.log 2>&1 & up=$!
until grep -q 'container .*started' up.log; do sleep 0.02; kill -0 $up || exit; done
pkill -9 dockerd
wait $up; echo "ended with $?"; cat up.log
"""
RESTARTED = """
pkill -9 dockerd; sleep 1; rm -f /var/run/docker.pid
(setsid dockerd > dockerd.log 2>&1 < /dev/null &)
until docker info > /dev/null 2>&1; do sleep 0.2; done
"""


@pytest.mark.timeout(1200)
def test_an_engine_that_is_killed_comes_back_with_all_that_ran(machine: BareMachine) -> None:
    """By itself between releases; in the middle of one it is told, and the next `up` brings the new version."""
    machine.run(DEMO)
    machine.run("apt-get install -qqy --no-install-recommends curl procps")
    machine.run(f'curl --fail --silent --json \'{{"body": "kept"}}\' {NOTES}')
    before = machine.containers().keys()
    machine.run(RESTARTED)
    kept = machine.run(f"curl --fail --silent --retry 20 --retry-all-errors --retry-delay 1 {NOTES}").stdout
    assert '"body":"kept"' in kept
    assert before == machine.containers().keys()

    machine.run("echo 'VERSION = \"killed\"' > homeport/examples/notes/api/notes/__init__.py")
    said = machine.run(KILLED_IN_MID_APPLY).stdout
    assert "ended with 1" in said
    assert "The Docker engine of this machine stopped answering." in said
    assert "Traceback" not in said
    machine.run(f"{HOMEPORT} setup --yes")
    machine.run(f"{HOMEPORT} up --yes -C homeport/examples/notes")
    assert "Nothing to do" in machine.run(f"{HOMEPORT} up --yes -C homeport/examples/notes").stdout
    assert kept == machine.run(f"curl --fail --silent {NOTES}").stdout
    assert len(before) == len(machine.containers())
