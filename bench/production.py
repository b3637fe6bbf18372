"""The example, released at home and promoted to an emulator of AWS; nothing of either is left afterwards."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.installation import terraform
from homeport.aws import Session
from homeport.aws.emulator import emulator
from homeport.events import ignore
from homeport.provider import serve
from homeport.targets import CloudTarget
from homeport.terraform import serve_state
from tests.support.images import service_images
from tests.support.production import PATIENCE, Production

SENT = "layers sent: "


@contextmanager
def production() -> Iterator[Production]:
    """Released at home, with a base on AWS. This process's own environment leads to the emulator from then on."""
    with emulator(postgres=service_images().postgres) as cloud, TemporaryDirectory(prefix="homeport-bench-") as folder:
        os.environ.update(cloud.environment)
        with Production.of(cloud, Path(folder)) as made:
            made.run("setup", "production", "--yes")
            yield made


def promoted(made: Production) -> int:
    """Promote to production; returns the bytes of layers that were sent to a registry meanwhile."""
    words = [sys.executable, "-m", "bench.production", "promote", "staging", "production", "--yes"]
    surroundings = made.home.environment() | {"PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        words, cwd=made.application, env=surroundings, capture_output=True, text=True, timeout=PATIENCE
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return int(done.stderr.rpartition(SENT)[2])


@contextmanager
def bare_plan(made: Production) -> Iterator[Callable[[], object]]:
    """What runs Terraform's own plan in the folder that `homeport plan` has written: provider and state are served."""
    target = CloudTarget.on(Session(made.cloud.region, made.cloud.account), holder="bench")
    root = "notes.production"
    with serve(target.provider(ignore)) as attach, serve_state(target.states(root)) as state:
        variables = {**os.environ, **made.home.variables, **attach, **state}
        folder = made.application / ".homeport" / "production"
        words = terraform("plan", "-detailed-exitcode", "-lock=false", "-json", "-out=bare")
        yield lambda: subprocess.run(words, cwd=folder, env=variables, capture_output=True, check=True)


def main() -> None:
    """homeport's command line, which at its end tells the bytes of layers that it sent."""
    from homeport.cli import main as command_line
    from homeport.oci import Registry

    sent = [0]
    keep = Registry.put_blob

    def counted(registry: Registry, repository: str, digest: str, size: int, pieces: object) -> None:
        sent[0] += size
        keep(registry, repository, digest, size, pieces)  # type: ignore[arg-type]

    Registry.put_blob = counted  # type: ignore[method-assign, assignment]
    try:
        command_line()
    finally:
        sys.stderr.write(f"{SENT}{sent[0]}\n")


if __name__ == "__main__":
    main()
