"""An AWS account and region as a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NoReturn, Self

from homeport.aws import AwsDrivers, Session, identity, ledger
from homeport.aws.base import CloudBase
from homeport.aws.bucket import Bucket
from homeport.aws.ledger import Held
from homeport.aws.left_behind import Wanted
from homeport.aws.secrets import CloudSecrets
from homeport.errors import Refused
from homeport.events import Emit, Event, ignore
from homeport.host import Lock
from homeport.manifest import AwsTarget
from homeport.oci import Registry
from homeport.releases.images import MIGRATIONS
from homeport.releases.rollback import Schema
from homeport.store import NumberedFiles, Secrets, States
from homeport.targets import cloud_lock
from homeport.targets.recorded import Recorded
from homeport.terraform import Plan
from homeport.terraform.statefile import attributes

if TYPE_CHECKING:
    from homeport.provider import HomeportProvider

# In AWS's errors, where a name or a place is taken.
EXISTS = ("AlreadyExists", "already exists", "ResourceExists", "Duplicate", "PriorityInUse", "not idempotent")


@dataclass
class CloudTarget(Recorded):
    """An account and region, opened with credentials that were looked at."""

    drivers: AwsDrivers
    bucket: Bucket
    store: CloudSecrets
    _held: dict[str, Held] = field(default_factory=dict)

    @classmethod
    def open(cls, target: AwsTarget, *, name: str = "", holder: str, emit: Emit = ignore) -> CloudTarget:
        """See who this process is for AWS, before anything else is asked; `name` is the target's in the manifest.

        Raises Refused without credentials that AWS takes, for those of the root user or of another account, and for a
        region that is not enabled.
        """
        session = Session(target.region, target.account, target=name)
        found = identity.identify(session)
        identity.admit(found, session)
        emit(Event("aws", target.account, f"{target.region}, as {found.called}"))
        return cls.on(session, holder=holder)

    @classmethod
    def on(cls, session: Session, *, holder: str) -> CloudTarget:
        """On a session whose credentials are known to be the right ones."""
        return cls(AwsDrivers(session, holder), Bucket(session), CloudSecrets(session))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, *where: object) -> None:
        """Nothing is held open."""

    @property
    def session(self) -> Session:
        return self.drivers.session

    @property
    def called(self) -> str:
        return self.bucket.called

    @property
    def address(self) -> str:
        return f"aws://{self.session.account}/{self.session.region}"

    @property
    def holder(self) -> str:
        return self.drivers.holder

    @property
    def base(self) -> CloudBase:
        """The base as it stands; raises NotSetUp before the first `setup`."""
        return self.drivers.base

    @property
    def base_id(self) -> str:
        return self.base.id

    def usual_hosts(self, application: str) -> tuple[str, ...]:
        """None: CloudFront, or the load balancer, has a name of its own."""
        return ()

    # ---------------------------------------------------- state, lock, provider

    @contextmanager
    def lock(self, name: str, doing: str, emit: Emit = ignore) -> Iterator[Lock]:
        """Hold the lock of a root, here and in the state bucket; `doing` is told to a person who finds it held."""
        with cloud_lock.held(self.bucket, name, self.holder, doing, emit) as lock, self._holding(name, lock):
            yield lock

    @contextmanager
    def lock_to_look(self, name: str, doing: str, emit: Emit = ignore) -> Iterator[Lock]:
        """The role that plans pull requests may not write: nobody who opens one can keep a deployment from its lock."""
        with cloud_lock.looked_at(self.bucket, name, self.holder, doing, emit) as lock, self._holding(name, lock):
            yield lock

    @contextmanager
    def _holding(self, name: str, lock: cloud_lock.CheckedLock) -> Iterator[None]:
        self._held[name] = ledger.held(self.bucket, name, lock.check)
        try:
            yield
        finally:
            del self._held[name]

    def looking_ahead(self, root: str) -> AbstractContextManager[None]:
        """AWS is asked by Terraform's own provider, and many questions at a time."""
        return nullcontext()

    def left_behind(self, plan: Plan, emit: Emit) -> Mapping[str, str]:
        """Terraform notes what it made every 20 seconds at most, and what it waits for (RDS) not before it is there."""
        begun = [change for change in plan.changes if change.action == "create" or change.is_tainted]
        wanted = {change.address: Wanted(change.noun, change.known) for change in begun}
        return self.drivers.left_behind.find(wanted, emit)

    def way_out(self, detail: str) -> str:
        if not any(word in detail for word in EXISTS):
            return ""
        return (
            f"Something of that name is in {self.called} already, without the tags that homeport gives: somebody "
            "else made it. Remove what is named above where nothing uses it, then run the same command again."
        )

    def provider(self, emit: Emit) -> HomeportProvider:
        """The provider with this account's drivers, whatever the root's provider block says."""
        from homeport.provider import HomeportProvider

        return HomeportProvider(_no_server, emit, lambda region, account, source: self.drivers)

    def take_images_from(self, source: Registry) -> None:
        """What ECR does not have is copied from there, by the graph of Terraform."""
        self.drivers = replace(self.drivers, source=source)

    def states(self, root: str) -> States:
        held = self._held.get(root)
        return held.states if held else ledger.states(self.bucket, root)

    def schema_version(self, root: str) -> str:
        """As the task of the migrations told it: Flyway's history is read in the network of the database only."""
        tasks = attributes(self.states(root).read(), "ecs_task")
        return str(tasks[0].get("version") or "") if tasks else ""

    def schema(self, root: str) -> Schema:
        """By the state alone, because only a task in the database's network could ask Flyway's history."""
        found = attributes(self.states(root).read(), "image")
        images = {one["source"] or one["repository"]: one["digest"] for one in found}
        of_migrations = (f"{name}@{digest}" for name, digest in images.items() if name.endswith(f"-{MIGRATIONS}"))
        return Schema(next(of_migrations, ""))

    def release_files(self, application: str, target: str) -> NumberedFiles:
        root = f"{application}.{target}"
        held = self._held.get(root)
        return held.releases if held else ledger.releases(self.bucket, root)

    # -------------------------------------------------------- images and secrets

    @property
    def secrets(self) -> Secrets:
        return self.store

    def registry(self) -> Registry:
        """ECR, logged in. A release's `api/notes-api` is `api/notes-api/<target>` there."""
        return self.drivers.images.registry


def _no_server(host: str, instance: str) -> NoReturn:
    raise Refused(
        "A root for AWS has a provider block without a region.",
        next_step="Render it anew: homeport render",
    )
