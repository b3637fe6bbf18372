"""The Terraform root of an application where its owner wants to keep it: `homeport render`."""

from __future__ import annotations

import json
import secrets
import shutil
from pathlib import Path

from homeport import shipped
from homeport.deploy.application import Application
from homeport.deploy.ways import way_of
from homeport.errors import HomeportError, Refused
from homeport.events import Emit
from homeport.releases.images import NO_DIGEST
from homeport.stack import Root
from homeport.targets import Target
from homeport.terraform.workspace import ROOT

MODULES = "modules"


def rendered(application: Application, target: Target, emit: Emit) -> Root:
    """The root that `up` would plan. Builds and changes nothing.

    Raises Refused when an image is not in the registry: a root that cannot be applied is of no use.
    """
    way = way_of(target)
    way.check(application)
    images = way.looked_up(application, emit)
    missing = sorted(name for name, image in images.items() if image.endswith(NO_DIGEST))
    if missing:
        raise Refused(
            f"The registry of {target.called} does not have {', '.join(missing)} as the files are now.",
            next_step=f"Build and deploy first: homeport up {application.target_name}",
        )
    return way.root(way.configuration(application, images))


def text_of(root: Root) -> str:
    """The root as a file."""
    return json.dumps(root, indent=2, sort_keys=True) + "\n"


def write_root(root: Root, folder: Path) -> bool:
    """Write the root and the modules that it refers to; False when all was there already.

    What an owner adds beside them (a backend, variables, the lock file) stays. Raises Refused for a folder that holds
    something else: anything, without a root of the very same application and target.
    """
    _refuse_foreign(root, folder)
    text = text_of(root).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        changed = _replace_modules(folder / MODULES)
        if not (folder / ROOT).exists() or (folder / ROOT).read_bytes() != text:
            beside = folder / f".{ROOT}.{secrets.token_hex(4)}"
            beside.write_bytes(text)
            beside.replace(folder / ROOT)
            changed = True
    except OSError as error:
        raise HomeportError(f"{folder} cannot be written: {error.strerror or error}.") from error
    return changed


def _refuse_foreign(root: Root, folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is no folder.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if (found := _whose(folder / ROOT)) != _identity(root):
        has = f"the root of {found[0]} on {found[1]}" if all(found) else "something else than a root of homeport's"
        raise Refused(f"{folder} holds {has}; nothing was written.", next_step="Name another folder, or empty it.")


def _whose(file: Path) -> tuple[str, str]:
    try:
        return _identity(json.loads(file.read_bytes()))
    except (OSError, ValueError):
        return "", ""


def _identity(root: object) -> tuple[str, str]:
    """Application and target of a root of ours; empty for anything else."""
    match root:
        case {"module": {"application": {"name": str(name), "target": str(target)}}}:
            return name, target
    return "", ""


def _replace_modules(place: Path) -> bool:
    """The modules as this homeport has them; whole or not at all."""
    wanted = shipped.folder(MODULES)
    if _files(place) == _files(wanted):
        return False
    fresh = place.with_name(f".{MODULES}.{secrets.token_hex(4)}")
    shutil.copytree(wanted, fresh, ignore=shutil.ignore_patterns(".terraform*"))
    if place.exists():
        old = place.rename(place.with_name(f".{MODULES}.{secrets.token_hex(4)}"))
        fresh.rename(place)
        shutil.rmtree(old)
    else:
        fresh.rename(place)
    return True


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".terraform" not in str(path.relative_to(folder)))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
