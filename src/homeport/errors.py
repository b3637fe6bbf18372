"""Every error that a person may see.

    HomeportError
    ├── ManifestInvalid      homeport.yaml or homeport.base.yaml breaks a rule; all problems at once
    ├── Refused              the state of the world forbids it; nothing was changed
    │   ├── Locked           someone else holds the lock
    │   └── NotSetUp         the host has no base yet, or no whole record of it
    ├── HostUnreachable      the server, its SSH or its engine does not answer
    ├── EngineFailed         the Docker engine said no
    │   ├── SubnetTaken      another network has the subnet
    │   └── PortTaken        somebody else has a port of the server that a container was to have
    ├── BuildFailed          an image could not be built or pushed
    ├── RegistryFailed       the registry said no
    ├── CandidateFailed      a new container did not become healthy
    ├── DatabaseFailed       Postgres refused a statement
    ├── DatabaseNotReady     Postgres does not run, or takes no session in time
    ├── MigrationFailed      Flyway could not bring the schema up to date
    │   └── HistoryDiffers   what ran already is not what the files say; nothing was changed
    ├── GatewayFailed        HAProxy refused a command, or a switched route does not answer
    ├── CloudFailed          AWS said no
    ├── TerraformFailed      Terraform ended with errors of its own
    └── Interrupted          a person stopped it; what served before still serves

An error is a message (the place and the rule) and a next step. It is caught in one place, `cli/`.
"""

from collections.abc import Sequence


class HomeportError(Exception):
    """Something that homeport was asked to do and did not do. `exit_code` is the process's."""

    exit_code = 1

    def __init__(self, message: str, *, next_step: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.detail = detail

    def __str__(self) -> str:
        return "\n".join(part for part in (self.message, self.detail, self.next_step) if part)


class ManifestInvalid(HomeportError):
    """`problems` are whole lines: `homeport.yaml:14: services.api.port: should be …`."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Refused(HomeportError):
    """The state of the world forbids it; nothing was changed."""


class Locked(Refused):
    """Someone else holds the lock; `holder` says who and since when."""

    def __init__(self, message: str, *, holder: str = "", next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.holder = holder


class NotSetUp(Refused):
    """The host has no base yet, or no whole record of it."""


class HostUnreachable(HomeportError):
    """The server, its SSH or its engine does not answer."""


class EngineFailed(HomeportError):
    """The Docker engine said no."""


class SubnetTaken(EngineFailed):
    """Another network of the engine has the subnet."""


class PortTaken(EngineFailed):
    """Somebody else has a port of the server that a container was to have."""


class BuildFailed(HomeportError):
    """An image could not be built or pushed."""


class RegistryFailed(HomeportError):
    """The registry said no."""


class CandidateFailed(HomeportError):
    """A new container did not become healthy; `detail` ends with its last log lines."""


class DatabaseFailed(HomeportError):
    """Postgres refused a statement."""


class DatabaseNotReady(HomeportError):
    """Postgres does not run, or takes no session in time: whoever asks again waits again."""


class MigrationFailed(HomeportError):
    """Flyway could not bring the schema up to date."""


class HistoryDiffers(MigrationFailed):
    """What ran already in a database is not what the files say; nothing was changed."""


class GatewayFailed(HomeportError):
    """HAProxy refused a command, or a switched route does not answer."""


class CloudFailed(HomeportError):
    """AWS said no; `code` is its own for it, `detail` its words."""

    def __init__(self, message: str, *, next_step: str = "", detail: str = "", code: str = "") -> None:
        super().__init__(message, next_step=next_step, detail=detail)
        self.code = code


class TerraformFailed(HomeportError):
    """Terraform ended with errors of its own."""


class Interrupted(HomeportError):
    """A person stopped it; what served before still serves."""

    exit_code = 130
