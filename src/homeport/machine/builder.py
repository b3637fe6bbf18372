"""Build one service image with the engine's own builder, through its API.

The classic builder, because every engine from 20.10 on has it and it needs no docker command.
"""

import io
import tarfile
import threading
import time
from collections import deque
from pathlib import Path

import docker
from docker.errors import APIError, ImageNotFound, NotFound

from homeport.errors import BuildFailed, Interrupted
from homeport.events import Emit, Event
from homeport.machine.recipes import Recipe

SILENCE = 600  # seconds that a step may say nothing
TAIL = 20  # lines of a failed build that are shown


def is_there(client: docker.APIClient, image: str) -> bool:
    try:
        client.inspect_image(image)  # type: ignore[no-untyped-call]  # its stub has no types
    except ImageNotFound:
        return False
    return True


def build(client: docker.APIClient, recipe: Recipe, base: str, emit: Emit, stop: threading.Event) -> None:
    """Build the recipe if its image is not there.

    Raises BuildFailed with the last lines that it said, Interrupted once `stop` is set.
    """
    if is_there(client, recipe.image):
        return
    started = time.monotonic()
    emit(Event("image", recipe.name, "building", "start"))
    _build(client, recipe, base, stop)
    _remove_stage(client, recipe.name)
    emit(Event("image", recipe.name, f"built in {time.monotonic() - started:.1f} s", "done"))


def _build(client: docker.APIClient, recipe: Recipe, base: str, stop: threading.Event) -> None:
    said: deque[str] = deque(maxlen=TAIL)
    steps = client.build(
        fileobj=context(recipe.folder),
        custom_context=True,
        tag=recipe.image,
        buildargs={"BASE": base},
        labels={"homeport.image": recipe.name},
        rm=True,
        forcerm=True,
        decode=True,
        timeout=SILENCE,
    )
    for step in steps:
        if stop.is_set():
            steps.close()  # the engine ends a build whose client has gone
            raise Interrupted(f"The build of {recipe.name} was stopped.")
        said.extend(line for line in step.get("stream", "").splitlines() if line.strip())
        if "error" in step:
            raise BuildFailed(
                f"The image {recipe.name} could not be built: {_last_sentence(step['error'])}",
                detail="\n".join(said),
                next_step="Look at the lines above, then run it again: what is built already stays.",
            )


def _last_sentence(error: str) -> str:
    """The engine repeats the whole command before it says how it ended."""
    return error[-120:] if len(error) <= 120 else f"…{error[-120:]}"


def context(folder: Path) -> io.BytesIO:
    """The folder as an uncompressed tar."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(folder, arcname=".")
    archive.seek(0)
    return archive


def _remove_stage(client: docker.APIClient, name: str) -> None:
    stages = client.images(filters={"dangling": True, "label": f"homeport.stage={name}"})
    for stage in stages:
        try:
            client.remove_image(stage["Id"])
        except NotFound:
            continue
        except APIError as error:
            if error.status_code != 409:  # in use by a build of another machine on this engine
                raise
