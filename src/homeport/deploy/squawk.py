"""Run squawk, the linter for Postgres migrations, which the package squawk-cli brings as a program."""

import subprocess
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from homeport.releases.lint import EXCLUDED, Answer, read

PACKAGE = "squawk-cli"
PATIENCE = 60  # seconds; a hundred files take a tenth of one


class CannotAskError(Exception):
    """squawk is not here, or does not run here; the text says which."""


def ask(asked: Mapping[str, str], postgres: int) -> Answer:
    """What squawk finds in these files. Raises CannotAskError."""
    with tempfile.TemporaryDirectory(prefix="homeport-squawk-") as folder:
        for name, text in asked.items():
            (Path(folder) / name).write_text(text, encoding="utf-8", newline="")
        (Path(folder) / "squawk.toml").touch()  # not one of the user's: a rule left out there is a lock or a loss here
        return _answer(_run(folder, postgres))


def _run(folder: str, postgres: int) -> "subprocess.CompletedProcess[str]":
    command = [_program(), "--config=squawk.toml", "--reporter=json", f"--pg-version={postgres}.0"]
    command += ["--assume-in-transaction", f"--exclude={','.join(EXCLUDED)}", "*.sql"]
    try:
        return subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotAskError(f"squawk does not run here: {error}") from error


def _answer(done: "subprocess.CompletedProcess[str]") -> Answer:
    """Its exit code is 1 for any finding and for any failure: only its JSON tells them apart."""
    try:
        return read(done.stdout)
    except (ValueError, LookupError) as error:
        said = (done.stderr.strip() or done.stdout.strip()).partition("\n")[0]
        raise CannotAskError(f"squawk ended with {done.returncode}: {said or 'it said nothing'}") from error


def _program() -> str:
    """Where the package has put it, which is on nobody's PATH when homeport has an environment of its own."""
    try:
        found = [file for file in files(PACKAGE) or () if file.name == "squawk"]
    except PackageNotFoundError as error:
        raise CannotAskError(f"squawk is not installed here (the package {PACKAGE})") from error
    if not found:
        raise CannotAskError(f"the package {PACKAGE} brings no program for this machine")
    return str(found[0].locate())
