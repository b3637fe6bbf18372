"""The base image: a small Debian made by mmdebstrap, imported into the engine."""

import platform
import shlex
import shutil
import subprocess
from pathlib import Path

import docker

from homeport.errors import BuildFailed, HomeportError, Refused
from homeport.events import Emit, Event
from homeport.machine import apt, authorities, root
from homeport.machine.recipes import SUITE, Recipe
from homeport.machine.workshop import Workshop

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
ENGINE_NAMES = {"x86_64": "amd64", "aarch64": "arm64"}


def make_base(client: docker.APIClient, recipe: Recipe, private: tuple[str, ...], place: Workshop, emit: Emit) -> None:
    """Make and import the base image. Raises Refused where that is impossible, BuildFailed where it fails."""
    mirror = apt.debian_mirror(apt.entries())
    _refuse_foreign(client)
    _ensure_mmdebstrap(emit)
    trusted = place.folder / "authorities"
    trusted.mkdir()
    for number, text in enumerate(private):
        (trusted / f"private-{number}.crt").write_text(text + "\n")
    archive = place.folder / "base.tar"
    make = (*_apart(place), *mmdebstrap(recipe.folder, trusted, archive, mirror))
    command = root.as_root(make, purpose="Making the base image")
    try:
        root.run(command, held=place.lock)
    except HomeportError as error:
        raise BuildFailed(f"The base image could not be made. {error.message}", detail=error.detail) from error
    _import(client, archive, recipe.image, bool(private))


def mmdebstrap(recipe: Path, trusted: Path, archive: Path, mirror: apt.Mirror) -> tuple[str, ...]:
    """The command. All three suites are named: with one alone there would be no security updates."""
    customize = shlex.join(["sh", str(recipe / "customize.sh")])
    arguments = shlex.join([str(recipe), str(trusted)])
    return (
        "mmdebstrap",
        "--variant=apt",
        "--include=passwd",
        *([f"--keyring={KEYRING}"] if KEYRING.exists() else []),
        f"--dpkgopt={recipe / 'dpkg.cfg'}",
        '--aptopt=APT::Install-Recommends "false"',
        '--aptopt=Acquire::Languages "none"',
        f'--customize-hook={customize} "$1" {arguments}',
        SUITE,
        str(archive),
        f"deb {mirror.main} {SUITE} main",
        f"deb {mirror.main} {SUITE}-updates main",
        f"deb {mirror.security} {SUITE}-security main",
    )


def _apart(place: Workshop) -> tuple[str, ...]:
    """With its own temporary folder, the same time stamps each time and, where we may, its own mount namespace.

    What mmdebstrap mounts is then gone with it, even after kill -9.
    """
    settings = ("env", f"TMPDIR={place.folder}", "SOURCE_DATE_EPOCH=1")
    unshare = ("unshare", "--mount", "--")
    may = not root.is_root() or subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode == 0
    return (*settings, *unshare) if may else settings


def _refuse_foreign(client: docker.APIClient) -> None:
    here, there = platform.machine(), str(client.version()["Arch"])
    if ENGINE_NAMES.get(here, here) != there:
        raise Refused(
            f"The images are built for the machine they are built on ({here}), and the server's is {there}.",
            next_step="Run this on the server itself.",
        )


def _ensure_mmdebstrap(emit: Emit) -> None:
    if shutil.which("mmdebstrap"):
        return
    if not shutil.which("apt-get"):
        raise Refused(
            "The images are built from Debian packages by mmdebstrap, which this machine has not.",
            next_step="Run this on a Debian or Ubuntu machine, or install mmdebstrap.",
        )
    emit(Event("image", "mmdebstrap", "installing mmdebstrap by apt-get", "start"))
    for command in root.apt_install(["mmdebstrap", "debian-archive-keyring"], purpose="Installing mmdebstrap"):
        root.run(command)
    emit(Event("image", "mmdebstrap", "installed", "done"))


def _import(client: docker.APIClient, archive: Path, image: str, has_private_authorities: bool) -> None:
    repository, tag = image.split(":")
    variables = " ".join(f"{name}={authorities.BUNDLE}" for name in authorities.VARIABLES)
    changes = [f"ENV {variables}"] if has_private_authorities else []
    said = client.import_image_from_file(str(archive), repository=repository, tag=tag, changes=changes)
    if '"error"' in said:
        raise BuildFailed(f"The engine did not take the base image of {archive.stat().st_size} bytes.", detail=said)
