"""An example of ours as a folder of the person's own."""

import shutil
from pathlib import Path

from homeport import shipped
from homeport.deploy.application import MANIFEST
from homeport.errors import Refused
from homeport.events import Emit, Event


def ensure_example(name: str, folder: Path, emit: Emit) -> Path:
    """The example in `folder`: copied there the first time, and from then on the person's to change.

    Raises Refused when the folder holds something else.
    """
    if (folder / MANIFEST).exists():
        return folder
    if folder.exists() and any(folder.iterdir()):
        raise Refused(
            f"{folder} holds something else than the example.",
            next_step="Name another: homeport demo -C FOLDER",
        )
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(shipped.folder("examples") / name, unfinished, ignore=shutil.ignore_patterns(".homeport"))
    if folder.exists():
        folder.rmdir()
    unfinished.rename(folder)
    emit(Event("example", name, f"copied to {folder}", "done"))
    return folder
