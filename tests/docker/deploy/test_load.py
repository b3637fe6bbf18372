"""Releases under load: what a person who uses the application notices of them, which is nothing."""

import time
from pathlib import Path

import pytest

from tests.support.full_load import Result, loaded
from tests.support.installation import Installation, probe_application, write_manifest

pytestmark = [pytest.mark.docker, pytest.mark.minutes(4)]
HOST = "probe.localhost"
RELEASES = 20
LONGER_THAN_RETRIES = 10  # seconds; the gateway repeats a request that nobody has taken for some seconds


def _release(installation: Installation, application: Path, version: int) -> None:
    write_manifest(application, services={"api": {"route": "/", "environment": {"VERSION": str(version)}}})
    installation.homeport("up", "--yes", cwd=application)


def _in_flight(result: Result, version: str) -> list[str]:
    """The versions that answered the slow requests which were under way when a version was first seen."""
    switched = result.first[version]
    return [slow.version for slow in result.slow if slow.sent < switched < slow.answered]


def test_twenty_releases_lose_no_request(installation: Installation, tmp_path: Path) -> None:
    """32 keep-alive connections and slow requests in flight: every request is answered, by the old or the new."""
    application = probe_application(tmp_path)
    _release(installation, application, 0)
    with loaded(installation.http, HOST, "--seconds=540") as result:
        for version in range(1, RELEASES + 1):
            _release(installation, application, version)
    assert [] == result.failures
    assert [str(version) for version in range(RELEASES + 1)] == sorted(result.versions, key=int)
    for version in range(1, RELEASES + 1):
        assert str(version - 1) in _in_flight(result, str(version))


def test_a_hard_cut_loses_some(installation: Installation, tmp_path: Path) -> None:
    """The control: the same load sees failures when a container goes without being drained."""
    application = probe_application(tmp_path)
    _release(installation, application, 0)
    with loaded(installation.http, HOST, "--seconds=60") as result:
        for name in installation.containers("probe"):
            installation.client.remove_container(name, force=True)
        time.sleep(LONGER_THAN_RETRIES)
        installation.homeport("up", "--yes", cwd=application)
    assert result.failed > 0
