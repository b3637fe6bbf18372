"""What leads to an emulator leads nowhere else, and not for longer than it runs."""

import os
from pathlib import Path

import pytest

from homeport.aws.emulator import Running


def _running(environment: dict[str, str]) -> Running:
    return Running(4566, "123456789012", "eu-west-1", 1, "here:4566", environment, Path())


def test_the_environment_is_the_emulators_and_then_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set for real accounts is away meanwhile and back afterwards, also after a failure."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    before = dict(os.environ)
    own = {name: value for name, value in before.items() if name != "AWS_PROFILE"} | {"AWS_ENDPOINT_URL": "here"}
    with pytest.raises(KeyError), _running(own).entered(XDG_CACHE_HOME="elsewhere"):
        within = dict(os.environ)
        raise KeyError
    assert {**own, "XDG_CACHE_HOME": "elsewhere"} == within
    assert before == dict(os.environ)
