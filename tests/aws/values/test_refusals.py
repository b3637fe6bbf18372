"""An emulator that cannot be started says why, and what to do."""

import sys

import pytest

from homeport.aws.emulator import emulator, engine
from homeport.errors import EngineFailed, Refused


def test_without_ministack_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator is an extra, and most people have not installed it."""
    monkeypatch.setitem(sys.modules, "ministack", None)
    with pytest.raises(Refused, match=r"pip install 'homeport\[rehearse\]'"), emulator(postgres="any"):
        pass


def test_without_an_engine_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its databases and tasks are real containers."""
    monkeypatch.setattr(engine, "SOCKET", "unix:///nowhere/docker.sock")
    with pytest.raises(EngineFailed, match="Start Docker"), emulator(postgres="any"):
        pass
