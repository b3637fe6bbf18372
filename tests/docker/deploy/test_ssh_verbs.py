"""Every verb over SSH, 50 ms away and blind for the server otherwise, says and does what it does on the server."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from homeport.cli.application import app
from homeport.cli.reference import verbs
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.ssh_server import SshServer, ssh_server

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

HOST = "probe.localhost"
ONE_WAY = 0.025  # seconds
GOOD = {"VERSION": "1"}
BAD = {"BEHAVIOUR": "exits"}

# What differs between two runs of the same thing, wherever they run.
VARYING = (
    (re.compile(r"^ *\d+\.\ds (?=.)", re.MULTILINE), ""),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00)?"), "TIME"),
    (re.compile(r"\b\d+\.\d+ s\b"), "N s"),
    (re.compile(r"\d+\.\d+\.\d+\.\d+:\d+"), "ADDRESS"),
    (re.compile(r"(?<=-[0-9a-f]{8}-)[a-z0-9]{4}\b"), "RANDOM"),
    (re.compile(r"(?<=elease )\d+\b|^\d+(?= )|\b\d+(?= failed)", re.MULTILINE), "NUMBER"),
    (re.compile(r"\b\d+(\.\d+)? [kMG]i?B\b"), "SIZE"),
    (re.compile(r"\bUp (\d+|About an?|Less than an?) \w+"), "Up"),
    (re.compile(r"(?<=version )\d+|(?<=\"version\": )\d+"), "NUMBER"),  # of a secret: counted on after a removal
    (re.compile(r" {2,}"), "  "),
)


@dataclass(frozen=True)
class Line:
    """A command line in its turn, how it has to end, and what the application's service is before."""

    words: str
    code: int = 0
    stdin: str = ""
    environment: dict[str, str] | None = None
    keep: str = ""  # of standard output, only the lines with this


LINES = (
    Line("setup --yes"),
    Line("secret set TOKEN", stdin="a value\n"),
    Line("secret set OTHER", stdin="another\n"),
    Line("secret import", stdin="TOKEN=another value\n"),
    Line("secret list --json"),
    Line("secret remove OTHER"),
    Line("secret remove OTHER", 1),
    Line("plan --detailed-exitcode", 2, environment=GOOD),
    Line("up", 1),
    Line("up --yes"),
    Line("plan --detailed-exitcode"),
    Line("up --yes"),
    Line("check home"),
    Line("apps", keep="probe.home"),
    Line("render"),
    Line("status"),
    Line("logs", keep="is healthy"),  # what else it logs, of health checks that were broken off, is its own affair
    Line("up --yes", 1, environment=BAD),
    Line("status", environment=GOOD),
    Line("releases"),
    Line("plan nowhere", 1),
    Line("plan --nonsense", 2),
    Line("terraform version"),
    Line("down", 1),
    Line("down --delete-data --confirm-name probe"),
    Line("status"),
)
# demo and dev are for the machine that they are typed on; provider serve goes on until Ctrl-C.
LEFT_OUT = {"demo", "dev", "provider serve"}
# Not compared line by line yet: each has lines to come in the table above.
TO_COME = {"trust", "promote", "rollback", "doctor", "why", "run", "exec", "psql", "restart", "open"}
TO_COME |= {f"registry {verb}" for verb in ("list", "backup", "restore", "check", "prune")}


@dataclass(frozen=True)
class Said:
    code: int
    stdout: str
    stderr: list[str]  # sorted: what two resources say at the same time comes in either order


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("server")) as server:
        yield server.far_away(ONE_WAY)


def test_every_verb_is_in_the_table() -> None:
    """A new verb is tried over SSH, too: add its lines above."""
    known = {" ".join(words) for words in verbs(app)}
    tried = {verb for verb in known if any(f"{line.words} ".startswith(f"{verb} ") for line in LINES)}
    assert known == tried | LEFT_OUT | TO_COME


def run(installation: Installation, application: Path, server: SshServer | None, line: Line) -> Said:
    if line.environment is not None:
        write(application, line.environment)
    hidden = server.prefix([installation.server_folder]) if server else []
    there = {**server.environment(), "HOMEPORT_HOST": server.address} if server else {}
    done = subprocess.run(
        [*hidden, *installation.command(*line.words.split())],
        cwd=installation.folder / "infrastructure" if line.words.startswith("setup") else application,
        env={**installation.environment(), **there},
        input=line.stdin,
        capture_output=True,
        text=True,
        timeout=180,
    )
    stdout = "".join(row for row in done.stdout.splitlines(keepends=True) if line.keep in row)
    return Said(done.returncode, plain(stdout, server), sorted(plain(done.stderr, server).splitlines()))


def plain(text: str, server: SshServer | None) -> str:
    """Where a command says which server it means, `this machine` stands for either."""
    text = (
        text.replace(server.address, "this machine")
        if server
        else re.sub(r'(?<=[("])local(?=[)"])', "this machine", text)
    )
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return text


def run_all(installation: Installation, application: Path, server: SshServer | None) -> list[Said]:
    """From the same beginning: the history of an application outlives it."""
    shutil.rmtree(installation.server_folder / "releases")
    write(application, GOOD)
    return [run(installation, application, server, line) for line in LINES]


def write(application: Path, environment: dict[str, str]) -> None:
    service = {"route": "/", "environment": environment, "secrets": ["TOKEN"]}
    write_manifest(application, services={"api": service}, database=True)


def test_the_same_is_said_and_done_over_ssh(installation: Installation, server: SshServer, tmp_path: Path) -> None:
    """Line by line: the same output, the same exit code. The images are built before, once for both."""
    application = probe_application(tmp_path, database=True)
    installation.homeport("up", "--yes", cwd=application)
    installation.homeport("down", "--delete-data", "--confirm-name", "probe", cwd=application)
    here, there = (run_all(installation, application, place) for place in (None, server))
    ran = {f"{number} {line.words}": each for number, (line, *each) in enumerate(zip(LINES, here, there, strict=True))}
    codes = {words: line.code for words, line in zip(ran, LINES, strict=True)}
    assert {} == {words: (near, far) for words, (near, far) in ran.items() if near != far or near.code != codes[words]}
