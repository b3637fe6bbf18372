"""Versions: of homeport here and at the last setup, of Terraform, of the service images."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from homeport import __version__
from homeport.deploy.base.home.decision import SERVICE_IMAGES
from homeport.deploy.doctor.commands import Commands
from homeport.deploy.doctor.finding import Finding, ok, warning, wrong
from homeport.deploy.doctor.server import Server
from homeport.errors import HomeportError
from homeport.machine import wanted_images
from homeport.terraform import find
from homeport.terraform.binary import OLDEST

INSTALL_TERRAFORM = "pipx install --force 'homeport[terraform]'"


@dataclass(frozen=True, slots=True)
class TerraformFacts:
    """`refusal` says why there is none."""

    name: str = ""
    version: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """`images` are those that the base stands on, `wanted` those that this homeport would take."""

    here: str
    base: str
    images: Mapping[str, str]
    wanted: Mapping[str, str]


def gather_terraform() -> TerraformFacts:
    """Of this machine, not of the server."""
    try:
        found = find()
        return TerraformFacts(found.name, found.version())
    except HomeportError as error:
        return TerraformFacts(refusal=error.message)


def judge_terraform(facts: TerraformFacts, commands: Commands) -> Iterator[Finding]:
    oldest = ".".join(str(number) for number in OLDEST)
    if facts.refusal:
        yield wrong("terraform", facts.refusal, INSTALL_TERRAFORM)
    elif _numbers(facts.version)[:2] < OLDEST:
        yield wrong("terraform", f"{facts.name} {facts.version} is older than {oldest}", INSTALL_TERRAFORM)
    else:
        yield ok("terraform", f"{facts.name} {facts.version}")


def gather(server: Server) -> VersionFacts:
    source = server.base.image_source
    wanted = wanted_images(source, server.target.host) if source else {}
    return VersionFacts(__version__, server.base.homeport, server.base.images, wanted)


def judge(facts: VersionFacts, commands: Commands) -> Iterator[Finding]:
    setup = commands.homeport("setup")
    if _numbers(facts.base) > _numbers(facts.here):
        text = f"the base was set up by homeport {facts.base}, and this one is older: {facts.here}"
        yield wrong("versions", text, "pipx upgrade homeport")
    elif facts.base != facts.here:
        text = f"the base was set up by homeport {facts.base or 'that did not say its version'}; this is {facts.here}"
        yield warning("versions", text, setup)
    else:
        yield ok("versions", f"homeport {facts.here} set up the base")
    other = [name for name in SERVICE_IMAGES if facts.wanted and facts.images.get(name) != facts.wanted[name]]
    if other:
        yield warning("versions", f"other service images than this homeport's: {', '.join(other)}", setup)
    elif facts.images.get("front") != facts.images.get("gateway"):
        text = "the front runs another HAProxy than the gateway; while it is replaced, nobody is let in for about 2 s"
        yield warning("versions", text, f"{setup} --with-front")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("-")[0].split(".") if part.isdigit())
