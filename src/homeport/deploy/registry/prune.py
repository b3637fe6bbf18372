"""Freeing space: `homeport registry prune`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from signal import SIGHUP, SIGINT, SIGTERM

from homeport.deploy.patience import until_it_answers
from homeport.deploy.registry.pruning import Pruning, decide
from homeport.deploy.registry.stock import Stock, maintained, take_stock
from homeport.deploy.registry.uses import releases_by_root
from homeport.deploy.ways.home.pruning import PROMOTIONS, PRUNING
from homeport.errors import Interrupted, Refused
from homeport.events import Emit, Event
from homeport.home import images, ledger
from homeport.home.container import running
from homeport.home.images import LocalImage
from homeport.home.registry import prefix
from homeport.home.registry_store import Volumes, layout
from homeport.signals import handling
from homeport.targets import HomeTarget


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a prune drops, or dropped: bytes freed are measured on the disks; None before it was done."""

    plan: Pruning
    engine: tuple[LocalImage, ...]
    freed: Mapping[str, int] | None = None
    freed_on_engine: int | None = None

    @property
    def is_empty(self) -> bool:
        return self.plan.is_empty and not self.engine

    def summary(self) -> dict[str, object]:
        """For a script: bytes by volume, what was found to be freed and what was."""
        freed = None if self.freed is None else {**self.freed, "engine": self.freed_on_engine or 0}
        return {
            "releases": self.plan.releases,
            "images": {volume: [str(image) for image in images] for volume, images in self.plan.images.items()},
            "to_free": {volume: self.plan.freed(volume) for volume in self.plan.images},
            "engine": [name for image in self.engine for name in image.names],
            "freed": freed,
        }


Confirm = Callable[[Pruned], bool]


@dataclass
class Prune:
    """One run of `homeport registry prune`. `confirm` says no for a dry run."""

    target: HomeTarget
    keep: int
    confirm: Confirm
    emit: Emit

    def run(self) -> Pruned:
        """Decide, confirm, and drop: records first, then images, then what no image needs.

        A run that was cut off leaves nothing that the next one does not find. Raises Refused while a deploy runs.
        """
        with maintained(self.target, self.emit) as volumes:
            found = self._found(take_stock(volumes, self.emit))
            if found.is_empty or not self.confirm(found):
                return found
            with nothing_deploys(self.target, self.emit):
                stock = take_stock(volumes, self.emit)
                if self._found(stock) != found:
                    raise Refused("Something was deployed meanwhile; nothing was dropped.", next_step="Run it again.")
                return self._drop(volumes, stock, found)

    def _found(self, stock: Stock) -> Pruned:
        home, port = self.target.home, self.target.base.registry_port
        plan = decide(stock, releases_by_root(self.target), running.images(home), prefix(port), self.keep)
        present, kept = images.local_images(home, prefix(port)), {str(image) for image in plan.keeps}
        return Pruned(plan, tuple(images.superfluous(present, kept)))

    def _drop(self, volumes: Volumes, stock: Stock, found: Pruned) -> Pruned:
        before = volumes.used()
        self._drop_records(volumes, found.plan)
        self._drop_backup(volumes, stock, found.plan)
        self._drop_primary(volumes, stock, found.plan)
        after = volumes.used()
        freed: dict[str, int] = {volume: before[volume] - after[volume] for volume in before}
        return Pruned(found.plan, found.engine, freed, self._drop_from_engine(found.engine))

    def _drop_records(self, volumes: Volumes, plan: Pruning) -> None:
        for root, numbers in plan.releases.items():
            application, _, place = root.rpartition(".")
            files = ledger.releases(self.target.home, application, place)
            volumes.remove(f"{layout.RECORDS}/{root}/{number:08d}{ledger.RELEASE}" for number in numbers)
            for number in numbers:
                files.remove(number)
        self._tell("records of releases", sum(map(len, plan.releases.values())))

    def _drop_backup(self, volumes: Volumes, stock: Stock, plan: Pruning) -> None:
        """The catalogue first: until it says so, nothing that it names is removed."""
        catalogue = stock.catalogues["backup"]
        if plan.images["backup"]:
            kept = set(catalogue.references()) - set(plan.images["backup"])
            volumes.write(layout.INDEX, catalogue.only(kept).to_index(stock.known))
        volumes.remove(layout.blob("backup", digest) for digest in plan.blobs["backup"])
        self._tell("images of the backup", len(plan.images["backup"]))

    def _drop_primary(self, volumes: Volumes, stock: Stock, plan: Pruning) -> None:
        registry = self.target.registry()
        for image in plan.images["primary"]:
            registry.remove(image.repository, image.digest)
        if plan.images["primary"] or plan.blobs["primary"]:
            kept = {image.repository for image in set(stock.images("primary")) - set(plan.images["primary"])}
            with stopped_registry(self.target):
                # The registry does not remove an image whose manifest it cannot read, and then collects nothing.
                volumes.remove(layout.revision(one.repository, one.digest) for one in plan.images["primary"])
                volumes.collect_garbage()
                volumes.forget(sorted(stock.catalogues["primary"].digests.keys() - kept))
        self._tell("images of the registry", len(plan.images["primary"]))

    def _drop_from_engine(self, superfluous: tuple[LocalImage, ...]) -> int:
        if not superfluous:
            return 0
        home, before = self.target.home, images.layers_size(self.target.home)
        removed = images.remove_local(home, prefix(self.target.base.registry_port), superfluous)
        if used := len(superfluous) - removed:
            self.emit(Event("prune", "engine", f"{used} are used by containers now: they stay", "warning"))
        return max(0, before - images.layers_size(home))

    def _tell(self, what: str, count: int) -> None:
        if count:
            self.emit(Event("prune", "registry", f"{what} dropped: {count}", "done"))


@contextmanager
def nothing_deploys(target: HomeTarget, emit: Emit) -> Iterator[None]:
    """Hold what every deploy waits for before it asks the registry, and the base; refuse while one is under way.

    A promotion from here to another server counts as one. A deploy takes its own lock first and waits for ours then: so
    each has either seen ours, or is seen here.
    """
    home = target.home
    with ExitStack() as held:
        held.enter_context(target.lock(PRUNING, f"The registry of {home.called} is being pruned", emit))
        held.enter_context(target.lock("base", f"The base of {home.called} is being set up", emit))
        for folder, doing in (("", "deployed"), (f"{PROMOTIONS}/", "promoted")):
            for name in deploy_locks(home.host.files.list(home.path("locks", folder))):
                application, _, place = name.rpartition(".")
                with target.lock(f"{folder}{name}", f"{application} is being {doing} to {place}", emit):
                    pass
        yield


def deploy_locks(names: list[str]) -> list[str]:
    """The locks of applications' targets among the files in the folder of locks."""
    return [name for name in names if "." in name and not name.endswith(".holder")]


@contextmanager
def stopped_registry(target: HomeTarget) -> Iterator[None]:
    """The registry stands still for the context: what collects garbage must not meet a push.

    It answers again before the context ends, whatever happened in it; a signal waits until then.
    """
    docker, name = target.home.docker, f"{target.home.instance}-registry"
    stopped = threading.Event()
    with handling((SIGINT, SIGTERM, SIGHUP), lambda number, frame: stopped.set()):
        docker.stop(name)
        try:
            yield
        finally:
            docker.start(name)
            until_it_answers(lambda: target.registry().repositories())
    if stopped.is_set():
        raise Interrupted("Stopped: the registry answers again.", next_step="Run the same command again to go on.")
