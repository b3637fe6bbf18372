"""Why a candidate did not come."""

import socket
from types import SimpleNamespace
from typing import Any, cast

import pytest

from homeport.errors import CandidateFailed
from homeport.home.container import ContainerSpec, health
from homeport.home.container.finding import Finder, Inspection
from homeport.host import Endpoint

RUNNING = {"State": {"Status": "running"}}
ENDED = {"State": {"Status": "exited", "ExitCode": 1}}


def test_what_ends_during_the_last_question_did_not_just_need_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address is nobody's then, and a question to that waits until no time is left: the exit code is the cause."""
    monkeypatch.setattr(health, "STEADY", -0.9)  # so that a tenth of a second is all it gets
    seen = iter([RUNNING])
    docker = SimpleNamespace(
        inspect_container=lambda container: next(seen, ENDED), logs=lambda container, **options: b"a reason to exit"
    )
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        host = SimpleNamespace(reach=lambda address, port: Endpoint("127.0.0.1", port))
        finder: Any = SimpleNamespace(home=SimpleNamespace(docker=docker, host=host), ip=lambda found: "127.0.0.1")
        spec = ContainerSpec("api", "api", port=port, healthcheck="/healthz", start_period=0)
        with pytest.raises(CandidateFailed, match="api exited with code 1") as failed:
            health.wait_until_healthy(cast(Finder, finder), "api", spec, lambda: False, cast(Inspection, RUNNING))
    assert "a reason to exit" in failed.value.detail
