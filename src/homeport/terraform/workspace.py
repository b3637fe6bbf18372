"""The folder in which Terraform runs for one root: written by us, derived, and safe to delete."""

import hashlib
import json
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeport.errors import HomeportError, TerraformFailed
from homeport.events import Emit, Event, ignore
from homeport.terraform.binary import Binary, environment
from homeport.terraform.fetching import refused_without_providers
from homeport.terraform.plan import Plan
from homeport.terraform.process import Ended, raise_if_interrupted, run
from homeport.terraform.state import StateStore, follows

ROOT = "main.tf.json"
PLAN = "plan"
ERRORED = "errored.tfstate"
DATA = ".terraform"  # Terraform's own; a note in it goes with what it is about
INITIALIZED = f"{DATA}/homeport-initialized"
NO_CHANGES, CHANGES = 0, 2  # of `plan -detailed-exitcode`

Root = dict[str, Any]


class Workspace:
    """One root, ready to be planned and applied.

    `variables` are those of the served provider and state; `descriptors` the held lock. `modules` is the folder that
    the root's `./modules/…` sources mean.
    """

    def __init__(
        self,
        folder: Path,
        root: Root,
        *,
        modules: Path,
        binary: Binary,
        variables: Mapping[str, str],
        descriptors: Sequence[int] = (),
        emit: Emit = ignore,
    ) -> None:
        self.folder = folder.resolve()
        self._root = root
        self._modules = modules
        self._binary = binary
        self._environment = environment(variables)
        self._descriptors = descriptors
        self._emit = emit

    def prepare(self, imports: Mapping[str, str] = MappingProxyType({})) -> None:
        """Write the root and initialize it, unless that was done for the very same modules and Terraform.

        `imports` are ids of what stands already, by the addresses at which Terraform is to take it up.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ignore_in_git(self.folder.parent)
        _link(self.folder / "modules", self._modules)
        taken_up = {"import": [{"to": address, "id": one} for address, one in imports.items()]} if imports else {}
        (self.folder / ROOT).write_text(json.dumps(self._root | taken_up, indent=2, sort_keys=True))
        key = self._initialization_key()
        marker = self.folder / INITIALIZED
        if marker.exists() and marker.read_text() == key:
            return
        # Terraform keeps the folder that a module once lay in for as long as that is there: another homeport's.
        shutil.rmtree(self.folder / DATA, ignore_errors=True)
        self._must("init", "-json", "-reconfigure")
        marker.write_text(key)

    def plan(
        self,
        *,
        destroy: bool = False,
        replace: Sequence[str] = (),
        only: Sequence[str] = (),
        imports: Mapping[str, str] = MappingProxyType({}),
    ) -> Plan:
        """Plan to a file; the plan is empty when nothing would change. `replace` and `only` are addresses of resources:
        those that are made anew, and those that alone are looked at. `imports` as `prepare` has them."""
        self.prepare(imports)
        file = self.folder / PLAN
        words = ["-detailed-exitcode", "-json", f"-out={file}", *(["-destroy"] if destroy else [])]
        words += [f"-replace={address}" for address in replace]
        words += [f"-target={address}" for address in only]
        ended = self._run("plan", *words)
        if ended.returncode == NO_CHANGES:
            return Plan(file, (), is_empty=True)
        if ended.returncode != CHANGES:
            raise self._failed("plan", ended)
        return Plan.read(file, self._show(file))

    def apply(self, plan: Plan) -> None:
        """Apply that very plan. Raises TerraformFailed with all errors, or Interrupted."""
        ended = self._run("apply", "-json", str(plan.file))
        if ended.returncode:
            raise self._failed("apply", ended)

    def untaint(self, address: str) -> None:
        """Have the state say that what an interrupted run began is whole: a plan changes what is not."""
        self._must("untaint", "-no-color", address)

    def heal(self, store: StateStore) -> None:
        """Take up what a killed run could not save: Terraform leaves it in `errored.tfstate`."""
        errored = self.folder / ERRORED
        if not errored.exists():
            return
        state = errored.read_bytes()
        if follows(state, store.read()):
            store.write(state)
            self._emit(Event("state", "", "took up the state that an interrupted run had left"))
        errored.unlink()

    def _initialization_key(self) -> str:
        """What `init` depends on: the sources of the modules, the backend, the Terraform, the place."""
        settings = {key: self._root.get(key) for key in ("terraform",)}
        sources = {name: module["source"] for name, module in self._root.get("module", {}).items()}
        text = json.dumps(
            [settings, sources, self._binary.command, str(self._modules), str(self.folder)], sort_keys=True
        )
        return hashlib.sha256(text.encode()).hexdigest()

    def _show(self, file: Path) -> Mapping[str, Any]:
        ended = self._must("show", "-json", str(file))
        shown: Mapping[str, Any] = json.loads(ended.output)
        return shown

    def _must(self, *arguments: str) -> Ended:
        ended = self._run(*arguments)
        if ended.returncode:
            raise self._failed(arguments[0], ended)
        return ended

    def _run(self, *arguments: str) -> Ended:
        ended = run(
            [*self._binary.command, *arguments],
            folder=self.folder,
            environment=self._environment,
            emit=self._emit,
            descriptors=self._descriptors,
        )
        raise_if_interrupted(ended, is_apply=arguments[0] == "apply")
        return ended

    def _failed(self, verb: str, ended: Ended) -> HomeportError:
        what = f"{self._binary.name} {verb}"
        if ended.returncode < 0:
            return TerraformFailed(
                f"{what} was killed ({signal.Signals(-ended.returncode).name}). What serves goes on serving.",
                next_step="Run the same command again to go on.",
            )
        if refused := refused_without_providers(ended.errors):
            return refused
        reasons = "\n\n".join(ended.errors) or ended.output.strip() or f"It ended with code {ended.returncode}."
        return TerraformFailed(f"{what} failed.", detail=reasons)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def ignore_in_git(folder: Path) -> None:
    """Everything under `.homeport/` is derived; it ignores itself, so no repository needs a line for it."""
    ignore_file = folder / ".gitignore"
    if not ignore_file.exists():
        ignore_file.write_text("*\n")
