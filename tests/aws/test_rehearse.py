"""`homeport rehearse`, by the real command line: no account, no home base, and nothing left of it however it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest

from homeport.aws.emulator.settings import LABEL, host_name
from tests.support.command_line import CommandLine
from tests.support.installation import probe_application
from tests.support.production import EXAMPLE
from tests.support.running import Running, wait_until
from tests.support.terraform import terraform_configuration

ANSWERS = re.compile(r"answers on http://127\.0\.0\.1:(\d+)")
PATIENCE = 600  # seconds for a whole one on a busy machine
REAL = {"AWS_PROFILE": "production", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}  # what must bend nothing


@dataclass
class Laptop(CommandLine):
    """A machine with an engine and Terraform, and no credentials for AWS; the application's name is nobody else's."""

    folder: Path
    name: str = field(default_factory=lambda: f"r{uuid.uuid4().hex[:8]}")
    client: docker.APIClient = field(default_factory=docker.APIClient)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-c", "from homeport.cli import main; main()", *arguments]

    def environment(self) -> dict[str, str]:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        own = {"XDG_CACHE_HOME": str(self.folder / "cache"), "TMPDIR": str(self.temporary), "HOMEPORT_TRACEBACK": ""}
        return bare | own | REAL | terraform_configuration(self.folder)

    def workplace(self) -> Path:
        return self.folder

    @property
    def temporary(self) -> Path:
        return self.folder / "temporary"

    def application(self, **changes: Any) -> Path:
        return probe_application(self.folder, self.name, **changes)

    def rehearse(self, application: Path, *arguments: str, returncode: int = 0) -> tuple[str, str]:
        """Both outputs; nothing is left."""
        done = self.homeport("rehearse", *arguments, cwd=application, returncode=returncode, patience=PATIENCE)
        assert "\nTraceback" not in done.stderr
        assert [] == self.left(done.stderr, application)
        return done.stdout, done.stderr

    def left(self, said: str, application: Path) -> list[str]:
        """All that a rehearsal could leave, by what it said: on the engine, of temporary files, in the folder."""
        names = [
            name for image in self.client.images() for kind in ("RepoTags", "RepoDigests") for name in image[kind] or ()
        ]
        return [
            *(container["Names"][0] for container in self.containers(said)),
            *(name for name in names if f"/{self.name}-" in name),
            *(str(path) for path in self.temporary.iterdir()),
            *(str(path) for path in application.glob(".homeport")),
        ]

    def containers(self, said: str) -> list[dict[str, Any]]:
        """Those of the emulator of a rehearsal that said this, the registry among them."""
        found = ANSWERS.search(said)
        assert found, said
        label = f"{LABEL}={host_name()}:{found[1]}"
        return list(self.client.containers(all=True, filters={"label": label}))


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    made = Laptop(tmp_path)
    made.temporary.mkdir()
    yield made
    made.client.close()


@contextmanager
def _started(laptop: Laptop, application: Path, *arguments: str) -> Iterator[Running]:
    """A rehearsal that runs; it is ended where the test fails."""
    running = Running(laptop.start("rehearse", *arguments, cwd=application))
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.signal_command(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_ended_early_it_leaves_nothing(laptop: Laptop, number: signal.Signals) -> None:
    """Killed, it leaves the end to the emulator, which takes with it what it made and the registry."""
    application = laptop.application()
    with _started(laptop, application) as running:
        running.wait_for("eu-west-1, as")
        standing = laptop.containers(running.output)
        volumes = {mount["Name"] for container in standing for mount in container["Mounts"]}
        running.signal_command(number)
        running.process.wait(PATIENCE)
    wait_until(lambda: laptop.left(running.output, application) == [], "nothing is left")
    assert ["/homeport-passing-registry"] == [one["Names"][0].rpartition("-")[0] for one in standing]
    assert volumes.isdisjoint(one["Name"] for one in laptop.client.volumes()["Volumes"] or ())


@pytest.mark.long
def test_interrupted_in_the_middle_it_leaves_nothing(laptop: Laptop) -> None:
    """Ctrl-C while the base is applied, and again while all is taken away."""
    application = laptop.application()
    with _started(laptop, application) as running:
        running.wait_for("still working", patience=PATIENCE)
        running.signal_command(signal.SIGINT)
        running.wait_for("taking it away")
        running.signal_command(signal.SIGINT)
        assert 130 == running.wait(PATIENCE)
    assert "The rehearsal was stopped" in running.output
    assert [] == laptop.left(running.output, application)


@pytest.mark.long
def test_a_version_that_ends_at_once_fails_with_its_last_words(laptop: Laptop) -> None:
    """The command fails and says why, in the container's own words, and how to look at it."""
    application = laptop.application(services={"api": {"route": "/", "environment": {"BEHAVIOUR": "exits"}}})
    _, said = laptop.rehearse(application, returncode=1)
    assert "a reason to exit" in said
    assert "homeport rehearse production --keep" in said


@pytest.mark.long
def test_a_small_one_as_json(laptop: Laptop) -> None:
    """The target's own account, region and host name; a stand-in for the secret; the load balancer asked."""
    there = {"kind": "aws", "account": "210987654321", "region": "eu-north-1", "hosts": ["probe.example.com"]}
    api = {"route": "/", "secrets": ["STRIPE_KEY"], "environment": {"VERSION": "7"}}
    application = laptop.application(services={"api": api}, targets={"live": there, "home": {"kind": "docker"}})
    shown, said = laptop.rehearse(application, "--json")
    rehearsed = json.loads(shown)
    assert ("live", "210987654321", "eu-north-1") == tuple(rehearsed[key] for key in ("target", "account", "region"))
    assert not rehearsed["is_assumed"]
    assert ["STRIPE_KEY"] == rehearsed["stand_ins"]
    assert [("the load balancer", 200, "https://probe.example.com/")] == [
        (one["by"], one["status"], one["url"]) for one in rehearsed["heard"]
    ]
    assert "IAM" in {one["subject"] for one in rehearsed["unproven"]}
    assert "probe.example.com, after the host names of the target" in said


@pytest.mark.long
def test_the_example_is_kept_until_it_was_looked_at(laptop: Laptop) -> None:
    """Its manifest has no target on AWS: database, migrations, API, model, worker and site stand and answer, by the
    commands that it prints, too; Ctrl-C ends it, and that is no failure."""
    application = shutil.copytree(EXAMPLE, laptop.folder / "notes", ignore=shutil.ignore_patterns(".homeport"))
    manifest = application / "homeport.yaml"
    manifest.write_text(manifest.read_text().replace("name: notes", f"name: {laptop.name}"))
    with _started(laptop, application, "production", "--keep") as running:
        running.wait_for("until Ctrl-C", patience=PATIENCE)
        said = running.output
        commands = re.findall(r"^curl (.*)$", said, re.MULTILINE)
        codes = [_code(laptop, shlex.split(command)) for command in commands]
        running.signal_command(signal.SIGINT)
        assert 0 == running.wait(PATIENCE)
    by_cloudfront, by_load_balancer = said.partition("By the load balancer:")[::2]
    assert ["200"] * 3 == re.findall(r"^  (\d+)  https://\w+\.cloudfront\.net/", by_cloudfront, re.MULTILINE)
    assert ["200"] * 2 == re.findall(r"^  (\d+)  http://\w+\.cloudfront\.net/", by_load_balancer, re.MULTILINE)
    assert ["200"] * 5 == codes
    assert "on production (assumed: account 000000000000, eu-west-1) serves" in said
    assert "bounds of tasks" in said
    assert [] == laptop.left(running.output, application)


def _code(laptop: Laptop, words: list[str]) -> str:
    """The status that such a command of curl's gets."""
    command = ["curl", "-s", "-o", os.devnull, "-w", "%{http_code}", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=laptop.environment()).stdout
