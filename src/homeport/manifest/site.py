"""A client-side site: an image that holds the built files and serves them."""

from pydantic import Field

from homeport.manifest.build import BuildOrContext
from homeport.manifest.environment import Environment
from homeport.manifest.limits import Capabilities, ContainerFolder, Cpus, Folders, Memory
from homeport.manifest.record import Record
from homeport.manifest.service import Healthcheck, HealthcheckOrPath, Route
from homeport.manifest.values import Port, Switch


class Site(Record):
    """An image that holds the built files at `files` and serves them on `port`."""

    build: BuildOrContext = Field(examples=["web"])
    """A folder with a Dockerfile, or how to build it."""
    port: Port = 8080
    """The port that the image serves on."""
    files: ContainerFolder = "/site"
    """Where the built files are in the image."""
    route: Route = "/"
    """Where the application's host answers with it."""
    healthcheck: HealthcheckOrPath = Field(default=Healthcheck(path="/"), json_schema_extra={"default": "/"})
    """The path that says whether it is ready."""
    environment: Environment = Field(default_factory=dict)
    """Served as `/config.json` at run time: one image, every target. Everyone can read it."""
    cpus: Cpus = 0.25
    """How many processors it may use."""
    memory: Memory = Field(default=128 * 1024**2, json_schema_extra={"default": "128M"})
    """How much memory it may use."""
    read_only: Switch = True
    """Whether the container's own files are read-only."""
    cap_add: Capabilities = ()
    """Capabilities to give back to it; all are dropped."""
    tmpfs: Folders = ()
    """Folders in memory that it may write in, beside /tmp."""
