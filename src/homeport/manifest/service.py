"""A service or a model: a container that answers on a port, or a worker without one."""

import re
import shlex
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from homeport.manifest.build import BuildOrContext
from homeport.manifest.environment import Environment, Secrets
from homeport.manifest.limits import Capabilities, Cpus, Folders, Memory, Replicas
from homeport.manifest.problems import rule, shown
from homeport.manifest.record import Record
from homeport.manifest.values import Port, Switch, short_form

ROUTE = rule(
    "route",
    "A route is a path that starts with / and does not end with one (except / itself), of letters, digits, "
    "`.`, `_`, `~` and `-`, without `..` or `//`, at most 128 characters.",
)
HEALTHCHECK_PATH = rule("healthcheck-path", "The path of a health check starts with / and is a URL path.")
START_PERIOD = rule("start-period", "`start_period` is seconds or a duration such as 90s or 2m, from 1s to 1h.")
COMMAND = rule("command", "A command is a list of texts, or one text that a shell would split; it is not empty.")

_SEGMENT = r"(?!\.\.?(?:/|$))[A-Za-z0-9._~-]+"
_ROUTE = re.compile(rf"/|(?:/{_SEGMENT})+", re.ASCII)
_CHECK = re.compile(r"/[A-Za-z0-9._~/?=&%+,:@-]*", re.ASCII)
_DURATION = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,4})s)?", re.ASCII)


def _route(text: str) -> str:
    if len(text) > 128 or not _ROUTE.fullmatch(text):
        raise ROUTE.broken(
            f"should be a path such as /api, not {shown(text)} "
            "(letters, digits, . _ ~ and -; no / at its end, no .., no //; at most 128 characters)"
        )
    return text


def _check(text: str) -> str:
    if len(text) > 255 or not _CHECK.fullmatch(text):
        raise HEALTHCHECK_PATH.broken(f"should be a path that starts with /, not {shown(text)}")
    return text


def _seconds(value: object) -> int:
    seconds = value if isinstance(value, int) and not isinstance(value, bool) else 0
    if isinstance(value, str) and (parts := _DURATION.fullmatch(value)):
        hours, minutes, rest = (int(part or 0) for part in parts.groups())
        seconds = hours * 3600 + minutes * 60 + rest
    if not 1 <= seconds <= 3600:
        raise START_PERIOD.broken(f"should be seconds or a duration from 1s to 1h, not {shown(value)}")
    return int(seconds)


def _command(value: object) -> object:
    """A text is split as a shell would. Source: Compose specification, "command"."""
    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError as error:
        raise COMMAND.broken(f"cannot be split into words: {str(error).lower()}") from error
    if words in ([], ()):
        raise COMMAND.broken("should hold at least one word")
    return words


Route = Annotated[str, AfterValidator(_route), WithJsonSchema({"type": "string", "pattern": f"^(?:{_ROUTE.pattern})$"})]
CheckPath = Annotated[str, AfterValidator(_check), WithJsonSchema({"type": "string", "pattern": "^/"})]
Seconds = Annotated[int, BeforeValidator(_seconds), WithJsonSchema({"type": ["integer", "string"]})]
Command = Annotated[tuple[str, ...], BeforeValidator(_command, json_schema_input_type=str | tuple[str, ...])]


class Healthcheck(Record):
    """What is asked of the container itself before it gets traffic. A text alone is the `path`."""

    path: CheckPath = Field(examples=["/healthz"])
    """The path that answers 2xx or 3xx when the container is ready."""
    start_period: Seconds = 60
    """How long it may take to become ready, in seconds or as `90s`, `2m`."""


HealthcheckOrPath = Annotated[
    Healthcheck, BeforeValidator(short_form("path"), json_schema_input_type=CheckPath | Healthcheck)
]


class Service(Record):
    """A container that answers on a port, or a worker: one without a port, and so without a route."""

    build: BuildOrContext = Field(examples=["api"])
    """A folder with a Dockerfile, or how to build it."""
    port: Port | None = None
    """The port that it listens on. Without it, it is a worker."""
    route: Route | None = None
    """Where the application's host answers with it; the container sees the full path. Internal without."""
    healthcheck: HealthcheckOrPath | None = None
    """The path that says whether it is ready. Without it, the port must accept connections."""
    command: Command | None = Field(default=None, examples=[["python", "-m", "notes.worker"]])
    """Instead of the image's own command."""
    environment: Environment = Field(default_factory=dict)
    """Environment variables that are no secret."""
    secrets: Secrets = Field(default=(), examples=[["STRIPE_KEY"]])
    """Names of secrets (`homeport secret set`) that become environment variables."""
    cpus: Cpus = 0.5
    """How many processors it may use."""
    memory: Memory = Field(default=512 * 1024**2, json_schema_extra={"default": "512M"})
    """How much memory it may use."""
    replicas: Replicas = 1
    """How many copies run; more than one on AWS only."""
    read_only: Switch = True
    """Whether the container's own files are read-only."""
    cap_add: Capabilities = ()
    """Capabilities to give back to it; all are dropped."""
    tmpfs: Folders = ()
    """Folders in memory that it may write in, beside /tmp."""
