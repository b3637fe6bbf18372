"""What secrets are read from: a file or standard input, of text, and of no more than a secret can be."""

import io
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from homeport.cli.application import app
from homeport.cli.secret import MOST_BYTES, _read, _value
from homeport.errors import Refused


def piped(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_file_without_an_end_is_refused(tmp_path: Path) -> None:
    """It is not read to the end of the memory."""
    refused = CliRunner().invoke(app, ["secret", "import", "-C", str(tmp_path), "/dev/zero"])
    assert isinstance(refused.exception, Refused)
    assert "/dev/zero holds more than 128 KB" in refused.exception.message


def test_as_much_as_a_secret_can_be_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one byte more is not, wherever it comes from."""
    file = tmp_path / ".env"
    file.write_bytes(b"x" * MOST_BYTES)
    assert (b"x" * MOST_BYTES, str(file)) == _read(str(file))
    piped(monkeypatch, b"x" * MOST_BYTES)
    assert "x" * MOST_BYTES == _value("TOKEN")
    for read in (_read, _value):
        piped(monkeypatch, b"x" * (MOST_BYTES + 1))
        with pytest.raises(Refused, match="standard input holds more than 128 KB"):
            read("-")


def test_a_piped_value_is_its_text_without_the_last_end_of_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an editor of either kind leaves it."""
    for data in (b"one\ntwo\xc3\xa9\n", b"one\r\ntwo\xc3\xa9\r\n"):
        piped(monkeypatch, data)
        assert "one\ntwoé" == _value("TOKEN")


def test_bytes_that_are_no_text_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment variable can hold them as they are; the message shows none of them."""
    piped(monkeypatch, b"\xff\xfesecret")
    with pytest.raises(Refused, match="The value of TOKEN should be UTF-8 text"):
        _value("TOKEN")
