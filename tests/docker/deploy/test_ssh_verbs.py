"""Every verb over SSH, 50 ms away and blind for the server otherwise, says and does what it does on the server.

Two installations on this machine, each from nothing and through the same lines: one by `local`, one over SSH, side by
side. What only looks is asked together.
"""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from homeport.cli.application import app
from homeport.cli.reference import verbs
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.laptop import Laptop
from tests.support.ssh_server import ssh_server

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900), pytest.mark.minutes(4)]

ONE_WAY = 0.025  # seconds
TOGETHER = 3  # commands that only look
GOOD = {"VERSION": "1"}
BETTER = {"VERSION": "2"}
BAD = {"BEHAVIOUR": "exits"}
SPEAKS = "-- sh -c 'cat; echo beside >&2; exit 7'"

# What differs between two runs of the same thing, wherever they run.
VARYING = (
    (re.compile(r"^ *\d+\.\ds (?=.)", re.MULTILINE), ""),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00)?"), "TIME"),
    (re.compile(r"\b\d+\.\d+ s\b"), "N s"),
    (re.compile(r"\b\d+\.\d+\.\d+\.\d+\b(?!\.)"), "ADDRESS"),
    (re.compile(r"(?<=-)[0-9a-f]{8}-[a-z0-9]{4}\b"), "RANDOM"),
    (re.compile(r"^ *image .* \d+ of \d+ MB\n", re.MULTILINE), ""),  # how far a push is, now and then
    (re.compile(r"^.* still working after \d+ s\n", re.MULTILINE), ""),  # where a machine has too much to do
    (re.compile(r"\b\d+(\.\d+)? (bytes|[kMGT]?i?B)\b"), "SIZE"),
    (re.compile(r"\b\d+(?= of \d+ connections)"), "N"),
    (re.compile(r"\bUp (\d+|About an?|Less than an?) \w+"), "Up"),
    (re.compile(r"(?<=-----BEGIN CERTIFICATE-----\n)[^-]+"), "CERTIFICATE\n"),
    (re.compile(r"(?<=homeport-INSTANCE-)[0-9a-f]{8}|\b[0-9A-F]{2}(:[0-9A-F]{2}){31}\b"), "FINGERPRINT"),
    # A container's two outputs have no order among them.
    (re.compile(r"^ +a reason to exit\n +probe 1 is exits\n", re.M), "  probe 1 is exits\n  a reason to exit\n"),
    (re.compile(r" {2,}"), "  "),
)


@dataclass(frozen=True)
class Line:
    """A command line in its turn, how it has to end, and what the application's service is before."""

    words: str
    code: int = 0
    stdin: str = ""
    environment: dict[str, str] | None = None
    keep: str = ""  # of standard output, only the lines with this pattern
    looks: bool = False  # it changes nothing: those that stand together are asked at once


def look(words: str, code: int = 0, *, stdin: str = "", keep: str = "") -> Line:
    return Line(words, code, stdin, keep=keep, looks=True)


LINES = (
    Line("setup --yes"),
    Line("secret set TOKEN dev", stdin="a value\n"),
    Line("secret set OTHER dev", stdin="another\n"),
    Line("secret import dev", stdin="TOKEN=another value\n"),
    Line("secret remove OTHER dev"),
    look("secret remove OTHER dev", 1),
    look("secret list dev --json"),
    look("plan nowhere", 1),
    look("plan --nonsense", 2),
    Line("plan dev --detailed-exitcode", 2),
    Line("promote dev staging", 1),
    Line("restart dev", 1),
    Line("up dev", 1),
    Line("up dev --yes"),
    Line("up dev --yes"),
    look("check dev"),
    look("apps"),
    look("render dev"),
    look("status dev"),
    look("logs dev", keep="is healthy"),  # what else it logs, of health checks broken off, is its own affair
    look("why dev"),
    look("why dev 9", 1),
    look("trust dev"),
    look("trust dev --install --remove", 2),
    look(f"exec dev api {SPEAKS}", 7, stdin="said\n"),
    look("exec dev nothing -- true", 1),
    look("psql dev -- -At", stdin="SELECT current_user;"),
    look("psql dev -c 'SELECT nope'", 1),
    look("open dev nothing --no-browser", 1),  # without the refusal it goes on until Ctrl-C: see test_ssh
    look("registry list"),
    look("registry list nonsense", 2),
    look("terraform version"),
    # Names are asked of where one stands; memory and disks are this machine's, and change.
    Line("doctor", keep="✓ (?!names|memory|disk)"),
    Line(f"run dev api {SPEAKS}", 7, stdin="said\n"),
    Line("run dev nothing -- true", 1),
    Line("restart dev api"),
    Line("promote dev staging --yes", 1),
    Line("secret set TOKEN staging", stdin="a value\n"),
    Line("promote dev staging --yes"),
    Line("promote dev staging --yes"),
    Line("up dev --yes", environment=BETTER),
    Line("rollback dev 9 --yes", 1),
    Line("rollback dev --yes"),
    Line("up dev --yes", 1, environment=BAD),
    look("why dev"),
    look("status dev"),
    look("releases dev"),
    Line("promote dev staging --yes", 1),
    Line("registry backup"),
    Line("registry check"),
    Line("registry restore"),
    Line("registry prune --keep 1 --yes"),
    Line("down dev", 1),
    Line("down staging --yes"),
    Line("down dev --delete-data --confirm-name probe"),
    look("status dev"),
)
# demo and dev are for the machine that they are typed on; provider serve goes on until Ctrl-C: see test_ssh.
LEFT_OUT = {"demo", "dev", "provider", "provider serve", "rehearse"}


@dataclass(frozen=True)
class Said:
    code: int
    stdout: str
    stderr: list[str]  # sorted: what two resources say at the same time comes in either order


@dataclass(frozen=True)
class Place:
    """An installation with its command line here or on a laptop, and an application's folder there."""

    installation: Installation
    commands: Installation | Laptop
    application: Path

    def run_all(self) -> list[Said]:
        with ThreadPoolExecutor(TOGETHER) as pool:
            return [
                said
                for looks, lines in itertools.groupby(LINES, lambda line: line.looks)
                for said in (pool.map(self.run, lines) if looks else map(self.run, lines))
            ]

    def run(self, line: Line) -> Said:
        if line.environment is not None:
            self.write(line.environment)
        folder = self.installation.base_file.parent if line.words.startswith("setup") else self.application
        done = self.commands.homeport(*shlex.split(line.words), cwd=folder, stdin=line.stdin, returncode=None)
        stdout = "".join(row for row in done.stdout.splitlines(keepends=True) if re.search(line.keep, row))
        return Said(done.returncode, self._plain(stdout), sorted(self._plain(done.stderr).splitlines()))

    def write(self, environment: dict[str, str]) -> None:
        service = {"route": "/", "environment": environment, "secrets": ["TOKEN"]}
        hosts = {"dev": "probe.localhost", "staging": "staging.localhost"}
        targets = {name: {"kind": "docker", "hosts": [host]} for name, host in hosts.items()}
        write_manifest(self.application, services={"api": service}, database=True, targets=targets)

    def _plain(self, text: str) -> str:
        """Where a command says which server or which installation it means, one word stands for either."""
        for found, word in self._own().items():
            text = text.replace(found, word)
        for pattern, word in VARYING:
            text = pattern.sub(word, text)
        return text

    def _own(self) -> dict[str, str]:
        one = self.installation
        ports = {str(one.http): "HTTP", str(one.https): "HTTPS", str(one.registry): "REGISTRY"}
        folders = {str(self.application): "APPLICATION", str(one.folder): "FOLDER"}
        return {**self._address(), one.instance: "INSTANCE", **folders, **ports}

    def _address(self) -> dict[str, str]:
        if isinstance(self.commands, Installation):
            return {"(local)": "(this machine)", '"local"': '"this machine"'}
        address = self.commands.server.address
        return {f" --host {address}": "", address: "this machine"}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Place]]:
    """On the server and far away; nothing is set up yet."""
    near, far = (Installation(tmp_path_factory.mktemp(name)) for name in ("near", "far"))
    try:
        for one in (near, far):
            one.write_base(gateway={"tls": "own"})
        with ssh_server(tmp_path_factory.mktemp("server")) as server:
            laptop = Laptop(far, server.far_away(ONE_WAY))
            yield Place(near, near, _application(near)), Place(far, laptop, _application(far))
    finally:
        near.remove()
        far.remove()


def _application(installation: Installation) -> Path:
    return probe_application(installation.folder, database=True)


def test_every_verb_is_in_the_table() -> None:
    """A new verb is tried over SSH, too: add its lines above."""
    known = {" ".join(words) for words in verbs(app)}
    tried = {verb for verb in known if any(f"{line.words} ".startswith(f"{verb} ") for line in LINES)}
    assert known == tried | LEFT_OUT


def test_the_same_is_said_and_done_over_ssh(places: tuple[Place, Place]) -> None:
    """Line by line: the same output, the same exit code."""
    for place in places:
        place.write(GOOD)
    with ThreadPoolExecutor(len(places)) as pool:
        here, there = pool.map(Place.run_all, places)
    ran = {f"{number} {line.words}": each for number, (line, *each) in enumerate(zip(LINES, here, there, strict=True))}
    codes = {words: line.code for words, line in zip(ran, LINES, strict=True)}
    others = {words: (near, far) for words, (near, far) in ran.items() if near != far or near.code != codes[words]}
    assert [] == list(others), "\n".join(f"{words}:\n  {near}\n  {far}" for words, (near, far) in others.items())
