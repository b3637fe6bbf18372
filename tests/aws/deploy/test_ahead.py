"""With the server at home switched off, after its releases were sent ahead: they are promoted, and gone back from.

The tests go on from one another: each says what it leaves.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from homeport.aws import Session
from homeport.aws.emulator import Running
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.promoted import OFF, Promoted, set_up_lightly
from tests.support.terraform import terraform_configuration

pytestmark = pytest.mark.long
SAYS = 'body = f"{VERSION}\\n".encode()'


@pytest.fixture(scope="module")
def promoted(emulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Promoted]:
    """A service that runs at home; production has a base and nothing on it."""
    session = Session(emulator.region, emulator.account)
    home = Installation(tmp_path_factory.mktemp("installation"))
    home.variables.update(terraform_configuration(tmp_path_factory.mktemp("terraform")))
    try:
        home.setup()
        set_up_lightly(session)
        made = Promoted(home, session, probe_application(tmp_path_factory.mktemp("application")))
        _write(made)
        made.run("up", "--yes", "home")
        yield made
    finally:
        home.remove()


def _write(made: Promoted, **production: str) -> None:
    """The manifest, with variables that the service has in production only."""
    place = {"kind": "aws", "account": made.session.account, "region": made.session.region}
    own = {"services": {"api": {"environment": production}}}
    targets = {"home": {"kind": "docker"}, "production": place | own}
    write_manifest(made.folder, services={"api": {"route": "/"}}, targets=targets)


def _images(made: Promoted, target: str) -> dict[str, str]:
    images: dict[str, str] = made.releases(target)[0]["images"]
    return images


def test_the_first_release_is_one_that_was_sent_ahead(promoted: Promoted) -> None:
    """ECR's repositories are made for it and nothing else; then the very images of home run, without home."""
    sent = promoted.run("promote", "--ahead", "home", "production")
    assert "record 1 of home sent" in sent
    assert [] == promoted.session.client("ecs").list_services(cluster="homeport")["serviceArns"]
    at_home = _images(promoted, "home")
    with promoted.house_off():
        told = promoted.run("promote", "--yes", "home", "production", *OFF)
        assert "home cannot be reached: what was sent ahead of it is taken." in told
        assert "Release 1 of probe serves on production" in told
        assert (200, "1\n") == promoted.ask()
        assert at_home == _images(promoted, "production")
        assert "Nothing to do" in promoted.run("promote", "--yes", "home", "production", *OFF)


def test_a_later_one_and_back_again(promoted: Promoted) -> None:
    """A newer release that was sent ahead takes over; a rollback needs the house as little."""
    promoted.change("api/server.py", SAYS, SAYS.replace("{VERSION}", "{VERSION} changed"))
    promoted.run("up", "--yes", "home")
    promoted.run("promote", "--ahead", "home", "production")
    with promoted.house_off():
        assert "Release 2 of probe serves" in promoted.run("promote", "--yes", "home", "production", *OFF)
        assert (200, "1 changed\n") == promoted.ask()
        assert "Release 3 of probe serves" in promoted.run("rollback", "--yes", "production")
        assert (200, "1\n") == promoted.ask()


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [("exits", "api exited with code 1."), ("unhealthy", "api answers 503 at")],
)
def test_one_that_fails_is_taken_back(promoted: Promoted, behaviour: str, cause: str) -> None:
    """Healthy at home and not on AWS: why is said with its last lines, it is recorded, and the one before serves."""
    _write(promoted, BEHAVIOUR=behaviour, VERSION="broken")
    before = promoted.ask()
    with promoted.house_off():
        told = promoted.run("promote", "--yes", "home", "production", *OFF, returncode=1)
    assert cause in told
    assert f"probe broken is {behaviour}" in told
    assert "What ran before serves again." in told
    assert before == promoted.ask()
    failed = promoted.releases("production")[0]
    assert ("failed", True) == (failed["result"], cause in failed["error"])


def test_the_next_one_that_works_leaves_no_copies(promoted: Promoted) -> None:
    """What was taken back left task definitions that are in no state: they are deregistered."""
    _write(promoted, VERSION="2")
    assert "serves on production" in promoted.run("promote", "--yes", "home", "production")
    assert (200, "2 changed\n") == promoted.ask()
    ecs = promoted.session.client("ecs")
    family = "probe-production-api"
    assert 1 == len(ecs.list_task_definitions(familyPrefix=family, status="ACTIVE")["taskDefinitionArns"])
    assert "Nothing to do" in promoted.run("plan", "production")
