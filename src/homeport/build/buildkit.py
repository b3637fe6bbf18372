"""A build by a docker command with BuildKit."""

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from homeport.build.command import Command
from homeport.build.context import ignore_patterns
from homeport.build.order import Order
from homeport.build.process import run
from homeport.build.progress import Transcript


def build(command: Command, socket: Path, order: Order, transcript: Transcript, stopped: threading.Event) -> str | None:
    """The image's id; None when the build failed (the transcript says why) or was stopped."""
    with tempfile.TemporaryDirectory(prefix="homeport-build-") as temporary:
        folder = Path(temporary)
        dockerfile = _write(order, folder)
        environment = command.environment(socket) | _secret_variables(order)
        words = [*command.words, *_options(order, folder, dockerfile), str(order.source.context)]
        if run(words, environment, transcript, stopped) != 0:
            return None
        return (folder / "id").read_text().strip()


def _write(order: Order, folder: Path) -> Path:
    """The Dockerfile and the patterns in force, in a folder of their own: what was hashed is what is built.

    Source: Dockerfile reference, ".dockerignore file": `<Dockerfile>.dockerignore` beside it is preferred.
    """
    dockerfile = folder / order.source.dockerfile.name
    dockerfile.write_bytes(order.text.encode())
    patterns = ignore_patterns(order.source.context, order.source.dockerfile)
    dockerfile.with_name(f"{dockerfile.name}.dockerignore").write_text("\n".join([*patterns, ""]))
    return dockerfile


def _options(order: Order, folder: Path, dockerfile: Path) -> Iterator[str]:
    yield from ("--progress", "plain", "--file", str(dockerfile), "--iidfile", str(folder / "id"))
    yield from order.options()
    for name, variable in _secret_names(order).items():
        yield from ("--secret", f"id={name},env={variable}")


def _secret_names(order: Order) -> dict[str, str]:
    """For each secret a variable of our own: one named PATH must not change the command's PATH."""
    return {name: f"HOMEPORT_BUILD_SECRET_{number}" for number, name in enumerate(sorted(order.secrets))}


def _secret_variables(order: Order) -> dict[str, str]:
    return {variable: order.secrets[name].reveal() for name, variable in _secret_names(order).items()}
