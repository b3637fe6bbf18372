"""The example application with a home target and an AWS one: a real base at home, the emulator for AWS."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL
from typing import Any
from urllib.parse import urlsplit

from homeport.aws.emulator import Running
from tests.support.installation import Installation
from tests.support.running import Running as Command
from tests.support.terraform import terraform_configuration

EXAMPLE = Path(__file__).parents[2] / "examples" / "notes"
SECRET = "s3cr+t/with=signs&and spaces"
PLANTED = "planted+control/value=here&there"  # a variable, so that it is wherever a search for secrets must look
API = """
    secrets: [TOKEN]
    environment:
      PLANTED: "{planted}"
"""
PATIENCE = 420  # seconds: RDS and CloudFront take their time at an emulator, too
TARGETS = """
targets:
  staging: {{kind: docker}}
  production: {{kind: aws, account: "{account}", region: {region}}}
"""


@dataclass(frozen=True)
class Production:
    """`application` is a copy of the example; `home` is where its staging runs, `cloud` where its production does.

    Its API has a secret."""

    home: Installation
    cloud: Running
    application: Path
    said: list[str] = field(default_factory=list)  # by every command that was run

    @classmethod
    def make(cls, home: Installation, cloud: Running, folder: Path) -> Production:
        application = folder / "notes"
        shutil.copytree(EXAMPLE, application, ignore=shutil.ignore_patterns(".homeport"))
        manifest = application / "homeport.yaml"
        text = manifest.read_text().replace("\n    environment:\n", API.format(planted=PLANTED), 1)
        manifest.write_text(text + TARGETS.format(account=cloud.account, region=cloud.region))
        return cls(home, cloud, application)

    @classmethod
    @contextmanager
    def of(cls, cloud: Running, folder: Path) -> Iterator[Production]:
        """With a server at home of its own, where it is released on staging; both are gone afterwards."""
        (folder / "installation").mkdir()
        home = Installation(folder / "installation")
        home.variables.update(terraform_configuration(folder))
        try:
            home.setup()
            made = cls.make(home, cloud, folder)
            for target in ("staging", "production"):
                made.set_secret(target)
            made.run("up", "staging", "--yes")
            yield made
        finally:
            home.remove()

    def run(self, *arguments: str, returncode: int | None = 0) -> str:
        """Both outputs of a command in the application's folder."""
        done = self.home.homeport(*arguments, cwd=self.application, returncode=returncode, patience=PATIENCE)
        self.said.append(done.stdout + done.stderr)
        return self.said[-1]

    def set_secret(self, target: str) -> None:
        self.home.homeport("secret", "set", "TOKEN", target, cwd=self.application, stdin=SECRET)

    def kill(self, when: str, *arguments: str) -> str:
        """Start a command, and kill it with its Terraform when it says so; returns what it had said."""
        running = self.start(*arguments)
        running.wait_for(when, patience=PATIENCE)
        running.signal_terraform(SIGKILL)
        running.signal_command(SIGKILL)
        running.wait()
        return running.output

    def start(self, *arguments: str) -> Command:
        """A command that goes on while a test looks at it."""
        return Command(self.home.start(*arguments, cwd=self.application))

    def next_version(self) -> None:
        """Release at home what is nowhere else: another image of the API and of the site, and a further migration."""
        version = uuid.uuid4().hex[:8]
        for file, comment in (("api/notes/api.py", "# {}"), ("web/site/index.html", "<!-- {} -->")):
            with (self.application / file).open("a") as text:
                text.write(comment.format(version) + "\n")
        migrations = self.application / "db" / "migrations"
        number = len(list(migrations.glob("V*.sql"))) + 1
        (migrations / f"V{number}__{version}.sql").write_text(f"SELECT {number};\n")
        self.run("up", "staging", "--yes")

    def change(self, file: str, before: str, after: str) -> None:
        """Replace text that must be there in a file of the application."""
        path = self.application / file
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))

    def status(self, target: str = "production") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.home.homeport("status", target, "--json", cwd=self.application).stdout)
        return found

    @property
    def name(self) -> str:
        """CloudFront's name of it."""
        return str(urlsplit(self.status()["answers"][0]["url"]).hostname)

    def ask(self, path: str, *, name: str, body: dict[str, str] | None = None) -> tuple[int, str]:
        """As a browser would, through CloudFront: status and body of a GET, or of a POST with a body."""
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(self.cloud.api).port or 80, timeout=30)
        headers = {"Host": name, "X-Forwarded-Proto": "https", "Content-Type": "application/json"}
        try:
            connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@dataclass
class Load:
    """Asks for a path again and again, from a thread, until it is told to stop."""

    production: Production
    name: str
    path: str
    answers: list[tuple[int, str]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Load:
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._stop.is_set():
            self.answers.append(self.production.ask(self.path, name=self.name))
            self._stop.wait(0.05)
