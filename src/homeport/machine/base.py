"""The base image: a small Debian, made by mmdebstrap on the server itself and taken in by its engine."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from homeport.errors import BuildFailed, HomeportError, Refused
from homeport.events import Emit, Event
from homeport.host import Host
from homeport.machine import apt, authorities
from homeport.machine.engine import server_socket
from homeport.machine.recipes import SUITE, Recipe
from homeport.machine.root import Root
from homeport.machine.situation import Situation, look
from homeport.machine.steps import apt_install

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PLACE = ".cache/homeport/images"  # in the login's home folder
PURPOSE = "Making the base image"

# Run as root under a lock of the kernel's, which it holds for as long as it runs, whatever becomes of us: what an
# interrupted one left behind is removed only when it does not run any more. $1 is its folder, $2 the image's name,
# $3 the engine's socket, $4 the image's settings; then comes mmdebstrap's command. In a mount namespace of its own
# where that is possible: what mmdebstrap mounts is then gone with it, even after kill -9.
MAKE = """
set -eu
work=$1 image=$2 settings=$4
export DOCKER_HOST="unix://$3" TMPDIR="$work" SOURCE_DATE_EPOCH=1
shift 4
! docker image inspect "$image" >/dev/null 2>&1 || exit 0
clear() { rm -rf --one-file-system "$work"; }  # a half-made root may have the machine's own /dev mounted in it
clear
trap clear EXIT
mkdir -p "$work"
apart=
! unshare --mount -- true 2>/dev/null || apart="unshare --mount --"
$apart "$@"
docker import ${settings:+--change "$settings"} "$work/base.tar" "$image"
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the image is made on the server."""

    folder: str

    @property
    def lock(self) -> str:
        return f"{self.folder}/lock"

    @property
    def work(self) -> str:
        return f"{self.folder}/work"


def make_base(host: Host, recipe: Recipe, private: tuple[str, ...], emit: Emit) -> None:
    """Make and import the base image. Raises Refused where that is impossible, BuildFailed where it fails."""
    mirror = apt.debian_mirror(apt.entries(files=host.files))
    situation = look(host, server_socket(host))
    root = Root(host, situation)
    place = Place(f"{host.home_folder()}/{PLACE}")
    sources, trusted = _send(host, f"{place.folder}/{recipe.image.partition(':')[2]}", recipe, private)
    made = mmdebstrap(sources, trusted, f"{place.work}/base.tar", mirror, has_keyring=_has_keyring(situation))
    settings = _settings() if private else ""
    make = ("flock", place.lock, "sh", "-c", MAKE, "sh", place.work, recipe.image, server_socket(host), settings, *made)
    _tell_of_another(host, place, emit)
    try:
        root.run((*_missing(situation, emit), make), purpose=PURPOSE)
    except Refused:
        raise
    except HomeportError as error:
        raise BuildFailed(f"The base image could not be made. {error.message}", detail=error.detail) from error
    finally:
        host.files.remove(str(Path(sources).parent))


def mmdebstrap(
    recipe: str, trusted: str, archive: str, mirror: apt.Mirror, *, has_keyring: bool = True
) -> tuple[str, ...]:
    """The command. All three suites are named: with one alone there would be no security updates."""
    customize = shlex.join(["sh", f"{recipe}/customize.sh"])
    return (
        "mmdebstrap",
        "--variant=apt",
        "--include=passwd",
        *([f"--keyring={KEYRING}"] if has_keyring else []),
        f"--dpkgopt={recipe}/dpkg.cfg",
        '--aptopt=APT::Install-Recommends "false"',
        '--aptopt=Acquire::Languages "none"',
        f'--customize-hook={customize} "$1" {shlex.join([recipe, trusted])}',
        SUITE,
        archive,
        f"deb {mirror.main} {SUITE} main",
        f"deb {mirror.main} {SUITE}-updates main",
        f"deb {mirror.security} {SUITE}-security main",
    )


def _send(host: Host, folder: str, recipe: Recipe, private: tuple[str, ...]) -> tuple[str, str]:
    """The recipe's folder and the certificates, as folders of the server."""
    sources, trusted = f"{folder}/recipe", f"{folder}/authorities"
    for file in sorted(recipe.folder.iterdir()):
        host.files.write(f"{sources}/{file.name}", file.read_bytes(), mode=0o644)
    host.files.make_folder(trusted)
    for number, text in enumerate(private):
        host.files.write(f"{trusted}/private-{number}.crt", f"{text}\n".encode(), mode=0o644)
    return sources, trusted


def _settings() -> str:
    variables = " ".join(f"{name}={authorities.BUNDLE}" for name in authorities.VARIABLES)
    return f"ENV {variables}"


def _has_keyring(situation: Situation) -> bool:
    return situation.has_keyring or not situation.has_mmdebstrap  # which brings it


def _missing(situation: Situation, emit: Emit) -> tuple[tuple[str, ...], ...]:
    if situation.has_mmdebstrap:
        return ()
    if not situation.has_apt:
        raise Refused(
            "The images are built from Debian packages by mmdebstrap, which the server has not.",
            next_step="Set up a server with Debian or Ubuntu, or install mmdebstrap there.",
        )
    emit(Event("image", "mmdebstrap", "installing mmdebstrap by apt-get"))
    return apt_install(("mmdebstrap", "debian-archive-keyring"), situation)


def _tell_of_another(host: Host, place: Place, emit: Emit) -> None:
    host.files.make_folder(place.folder)
    if host.run(["flock", "-n", place.lock, "true"]).returncode:
        emit(Event("image", "lock", "another homeport is building images there; waiting for it"))
