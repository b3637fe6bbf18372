"""The commands that mend, as a person types them where they stand. Pure."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from homeport.host.ssh.address import parse

USUAL_INSTANCE = "homeport"


@dataclass(frozen=True, slots=True)
class Commands:
    """For one installation: `is_root` says whether the person is root where they stand; `folders` are the repositories
    that are known, by application."""

    address: str
    instance: str
    is_root: bool = False
    folders: Mapping[str, Path] = field(default_factory=dict)

    def homeport(self, *words: str) -> str:
        """A verb of ours, for this installation."""
        host = [] if self.address == "local" else ["--host", self.address]
        instance = [] if self.instance == USUAL_INSTANCE else ["--instance", self.instance]
        return shlex.join(["homeport", *words, *host, *instance])

    def up(self, root: str) -> str:
        """A release of the application whose root that is, `notes.home`; in its repository, where that is not known."""
        application, _, target = root.partition(".")
        folder = self.folders.get(application, Path())
        return self.homeport("up", target, *(("-C", str(folder)) if folder != Path() else ()))

    def there(self, command: str, *, as_root: bool = False) -> str:
        """A command on the server. Over SSH nobody knows yet who is root there; sudo knows."""
        if self.address == "local":
            return self.here_as_root(command) if as_root else command
        return f"ssh {parse(self.address).login()} {shlex.quote(f'sudo {command}' if as_root else command)}"

    def here_as_root(self, command: str) -> str:
        """A command where the person stands, as root."""
        return command if self.is_root else f"sudo {command}"
