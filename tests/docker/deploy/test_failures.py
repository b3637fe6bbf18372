"""`homeport up` with a version that does not come: the old release serves whole, and a person is told why."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.load import Load

pytestmark = pytest.mark.docker
HOST = "probe.localhost"
HEALTHCHECK = {"path": "/healthz", "start_period": 3}

UNHEALTHY: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "silent": (
        {},
        (
            "api did not become healthy within 3 s: GET /healthz on port 8000 gives no answer.",
            "services.api.healthcheck.start_period: 6",
        ),
    ),
    "unhealthy": (
        {},
        (
            "api did not become healthy within 3 s: GET /healthz on port 8000 answers 503.",
            "services.api.healthcheck.start_period: 6",
        ),
    ),
    "exits": ({}, ("api exited with code 1.", "  a reason to exit")),
    "wrong-port": (
        {},
        (
            "GET /healthz on port 8000 fails (Connection refused); it listens on 9999.",
            "In homeport.yaml set services.api.port",
        ),
    ),
    "hungry": (
        {"memory": "64M", "healthcheck": {"path": "/healthz", "start_period": 30}},
        ("api was killed for memory: its limit is 64M.", "services.api.memory: 128M"),
    ),
    "read-only": ({}, ("api exited with code 1.", "it writes to /app/cache", "services.api.read_only: false")),
}


@pytest.fixture
def application(installation: Installation, tmp_path: Path) -> Path:
    """The probe, released as version 1."""
    folder = probe_application(tmp_path, services={"api": api()})
    installation.homeport("up", "--yes", cwd=folder)
    return folder


def api(**changes: Any) -> dict[str, Any]:
    """The service of a release that is good unless the changes say otherwise."""
    return {"route": "/", "healthcheck": HEALTHCHECK, **changes}


def fails(installation: Installation, application: Path, *expected: str) -> str:
    """`up` fails with these words while not one request is lost; returns all that it said."""
    before = installation.containers("probe")
    with Load(installation.http, HOST, ["/", "/"]).running() as load:
        done = installation.homeport("up", "--yes", cwd=application, returncode=1)
    assert [] == load.failures
    assert {"/": {"1"}} == load.versions
    for words in expected:
        assert words in done.stderr
    assert "\nTraceback" not in done.stderr, "only the log of the container, indented, may hold one"
    assert before == installation.containers("probe"), "a stray is left, or what served is gone"
    newest = installation.releases(application)[0]
    assert "failed" == newest["result"]
    assert newest["error"].splitlines()[0] in done.stderr
    return done.stderr


@pytest.mark.parametrize("behaviour", UNHEALTHY)
def test_the_old_release_serves_when_the_new_version_does_not_come(
    installation: Installation, application: Path, behaviour: str
) -> None:
    """The message has the cause, the last log lines and the line for homeport.yaml, once each; mended, `up` goes on."""
    changes, expected = UNHEALTHY[behaviour]
    environment = {"BEHAVIOUR": behaviour, "VERSION": "2"}
    write_manifest(application, services={"api": api(environment=environment, **changes)})
    said = fails(installation, application, f"  probe 2 is {behaviour}", "goes on serving", *expected)
    assert 1 == said.count(expected[0])
    write_manifest(application, services={"api": api(environment={"VERSION": "2"})})
    installation.homeport("up", "--yes", cwd=application)
    assert "2\n" == installation.get(HOST).body
    assert 1 == len(installation.containers("probe"))
    assert 0 == installation.homeport("plan", "--detailed-exitcode", cwd=application).returncode


def test_one_bad_service_keeps_the_good_ones_from_switching(installation: Installation, application: Path) -> None:
    """A release is all or nothing: the healthy candidates go with the one that failed."""
    good = {"api": api(environment={"VERSION": "2"}), "third": api(route="/third")}
    bad = {"second": api(route="/second", environment={"BEHAVIOUR": "exits"})}
    write_manifest(application, services=good | bad)
    fails(installation, application, "second exited with code 1.", "  a reason to exit")
    assert "1\n" == installation.get(HOST, "/third").body, "the old release's / serves it"
    write_manifest(application, services=good)
    installation.homeport("up", "--yes", cwd=application)
    assert ("2\n", "1\n") == (installation.get(HOST).body, installation.get(HOST, "/third").body)
    assert 2 == len(installation.containers("probe"))


def test_a_command_that_is_not_in_the_image_is_named(installation: Installation, application: Path) -> None:
    """What the engine refuses to start fails as what does not become healthy does: its good siblings go too."""
    write_manifest(application, services={"api": api(command=["nosuch"]), "third": api(route="/third")})
    fails(installation, application, "The container of api could not start.", '"nosuch": executable file not found')


def test_a_worker_that_exits_fails_the_release(installation: Installation, application: Path) -> None:
    """A service without a port must go on running; when it does not, nothing switches."""
    worker = {"port": None, "healthcheck": None, "environment": {"WORKER": "1", "BEHAVIOUR": "exits"}}
    write_manifest(application, services={"api": api(environment={"VERSION": "2"}), "worker": worker})
    fails(installation, application, "worker exited with code 1.", "  a reason to exit")


def test_a_new_worker_does_not_work_beside_the_old_one(installation: Installation, application: Path) -> None:
    """The worker of a release that failed is withdrawn although it is healthy, and the old one goes on."""
    worker = {"port": None, "healthcheck": None, "environment": {"WORKER": "1"}}
    write_manifest(application, services={"api": api(), "worker": worker})
    installation.homeport("up", "--yes", cwd=application)
    write_manifest(
        application,
        services={
            "api": api(environment={"BEHAVIOUR": "unhealthy"}),
            "worker": worker | {"environment": {"WORKER": "2"}},
        },
    )
    fails(installation, application, "api did not become healthy")


def test_the_old_manifest_put_back_keeps_the_old_containers(installation: Installation, application: Path) -> None:
    """After a failure the old manifest needs no new container: the one that serves is taken up again."""
    write_manifest(application, services={"api": api(environment={"BEHAVIOUR": "exits"}), "second": api(route="/b")})
    fails(installation, application, "api exited with code 1.")
    serving = set(installation.containers("probe").values())
    write_manifest(application, services={"api": api()})
    installation.homeport("up", "--yes", cwd=application)
    assert serving == set(installation.containers("probe").values())
    assert "1\n" == installation.get(HOST).body
    assert 0 == installation.homeport("plan", "--detailed-exitcode", cwd=application).returncode


def test_a_first_release_that_fails_leaves_nothing(installation: Installation, tmp_path: Path) -> None:
    """Without an old release no container stays and no route answers; the failure is recorded as the first."""
    folder = probe_application(tmp_path, "fresh", services={"api": api(environment={"BEHAVIOUR": "exits"})})
    done = installation.homeport("up", "--yes", cwd=folder, returncode=1)
    assert "api exited with code 1." in done.stderr
    assert {} == installation.containers("fresh")
    assert 404 == installation.get("fresh.localhost").status
    assert [(1, "failed")] == [(one["number"], one["result"]) for one in installation.releases(folder)]
    assert "api exited with code 1." in installation.homeport("releases", cwd=folder).stdout
