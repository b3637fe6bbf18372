"""What a server lives through: its gateway goes, its Postgres restarts, everything stops. The same routes come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.running import wait_until

pytestmark = pytest.mark.docker
NAMES = ("first", "second")
PATHS = ("/", "/more")


@pytest.fixture(scope="module")
def applications(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two applications, each with two routes and a database; every container answers with its own name."""
    made = {}
    for name in NAMES:
        place = tmp_path_factory.mktemp("applications")
        made[name] = probe_application(place, name, services=_services(name), database=True)
        installation.homeport("up", "--yes", cwd=made[name])
    return made


def _services(name: str) -> dict[str, dict[str, object]]:
    return {
        "api": {"route": "/", "environment": {"VERSION": f"{name}/"}},
        "more": {"route": "/more", "environment": {"VERSION": f"{name}/more"}},
    }


def _answers(installation: Installation) -> list[str]:
    return [installation.get(f"{name}.localhost", path).body.strip() for name in NAMES for path in PATHS]


EXPECTED = [f"{name}{path}" for name in NAMES for path in PATHS]


def _remove_gateway(installation: Installation) -> None:
    installation.client.remove_container(f"{installation.instance}-gateway", force=True)
    installation.setup()


def _restart_gateway(installation: Installation) -> None:
    installation.client.restart(f"{installation.instance}-gateway")


def _kill_gateway(installation: Installation) -> None:
    """The engine starts it again by itself after a crash, which a kill from outside is not."""
    installation.client.kill(f"{installation.instance}-gateway")
    installation.client.start(f"{installation.instance}-gateway")


def _restart_postgres(installation: Installation) -> None:
    installation.client.restart(f"{installation.instance}-postgres")


def _start_in_order(installation: Installation, *, reverse: bool) -> None:
    """By the containers' ids, which is by chance."""
    containers = installation.containers()
    for name in containers:
        installation.client.stop(name, timeout=5)
    for name in sorted(containers, key=lambda name: containers[name], reverse=reverse):
        installation.client.start(name)


def _start_in_one_order(installation: Installation) -> None:
    _start_in_order(installation, reverse=False)


def _start_in_the_opposite_order(installation: Installation) -> None:
    _start_in_order(installation, reverse=True)


@pytest.mark.parametrize(
    "happens",
    [
        _remove_gateway,
        _restart_gateway,
        _kill_gateway,
        _restart_postgres,
        _start_in_one_order,
        _start_in_the_opposite_order,
    ],
)
def test_the_same_releases_answer_on_the_same_routes(
    installation: Installation, applications: dict[str, Path], happens: Callable[[Installation], None]
) -> None:
    """Nothing has to be deployed again, and nobody is ever led to another application."""
    before = {name: installation.containers(name) for name in NAMES}
    happens(installation)
    wait_until(lambda: _can_answer(installation), "answers on every route")
    assert _answers(installation) == EXPECTED
    assert before == {name: installation.containers(name) for name in NAMES}
    for folder in applications.values():
        assert installation.homeport("plan", "--detailed-exitcode", cwd=folder).returncode == 0


def _can_answer(installation: Installation) -> bool:
    """Whether all routes answer; on the way there none may lead to a wrong place."""
    try:
        answers = [installation.get(f"{name}.localhost", path) for name in NAMES for path in PATHS]
    except OSError:
        return False
    led = [(answer.status, answer.body.strip()) for answer in answers]
    assert not [one for one, expected in zip(led, EXPECTED, strict=True) if one[0] == 200 and one[1] != expected]
    return all(status == 200 for status, _ in led)


def test_an_address_that_a_route_names_is_given_to_nobody_else(
    installation: Installation, applications: dict[str, Path]
) -> None:
    """A container that was removed by hand leaves its route with nobody, not with the next application that comes."""
    (gone,) = [name for name in installation.containers("first") if "-api-" in name]
    address = _address(installation, gone)
    installation.client.remove_container(gone, force=True)
    third = {"third": {"route": "/third", "environment": {"VERSION": "second/third"}}}
    write_manifest(applications["second"], "second", services=_services("second") | third, database=True)
    installation.homeport("up", "--yes", cwd=applications["second"])
    assert address not in [_address(installation, name) for name in installation.containers("second")]
    assert installation.get("first.localhost").status == 503
    installation.homeport("up", "--yes", cwd=applications["first"])
    assert _answers(installation) == EXPECTED


def _address(installation: Installation, name: str) -> str:
    edge = installation.inspect(name)["NetworkSettings"]["Networks"][f"{installation.instance}-edge"]
    return str(edge["IPAddress"])
