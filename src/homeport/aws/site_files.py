"""A site's files, out of its image into its bucket: assets first, pages last, then CloudFront forgets what changed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

from homeport.aws.images import Images, check_platform
from homeport.aws.session import Session, told
from homeport.aws.site_bucket import SiteBucket
from homeport.aws.site_objects import Object, by_turn, objects
from homeport.aws.site_record import KEY, Plan, Put, drift, plan, read_record
from homeport.errors import CloudFailed, Interrupted
from homeport.events import Emit, Event
from homeport.oci import Reference
from homeport.oci.layer import File
from homeport.oci.tree import read_folder

STEP = "site"
AT_ONCE = 8  # objects that are put at the same time
LONGEST_WAIT = 900  # seconds for an invalidation; it takes one or two minutes
Stopped = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Site:
    """`files` is the folder of the image (`repository` and `digest` of ECR) that holds the built files;
    `distribution` is an id."""

    bucket: str
    repository: str
    digest: str
    platform: str
    files: str
    environment: Mapping[str, str]
    distribution: str

    @property
    def image(self) -> Reference:
        return Reference(self.repository, self.digest)


@dataclass(frozen=True, slots=True)
class Found:
    """How many objects the release has, and how many of them are not as they were put."""

    keys: int
    changed: int


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """Puts sites into their buckets. A bucket belongs to one site: what is not of its last two releases is removed.

    What was stopped or killed is gone on with by the next run, and no page is up before the assets that it names.
    """

    session: Session
    images: Images

    def publish(self, site: Site, *, stopped: Stopped, emit: Emit) -> int:
        """Put a release up; returns how many objects it has.

        Raises RegistryFailed when the files cannot be read, CloudFailed when AWS refuses, Interrupted when stopped.
        """
        with tempfile.TemporaryDirectory(prefix="homeport-site-") as folder:
            wanted = objects(self._read(site, Path(folder), stopped), site.environment)
            self._bring(site, wanted, stopped, emit)
        return len(wanted)

    def look(self, bucket: str) -> Found | None:
        """The release that is up, by homeport's notes; None when the bucket is gone."""
        place = SiteBucket(self.session, bucket)
        there = place.listed()
        if there is None:
            return None
        record = read_record(place.read(KEY))
        return Found(len(record.current), drift(record, there))

    def remove(self, bucket: str) -> None:
        """Empty the bucket of every version, so that it can be removed; no error when it is gone."""
        SiteBucket(self.session, bucket).empty()

    def _read(self, site: Site, folder: Path, stopped: Stopped) -> Mapping[str, File]:
        registry = self.images.registry
        digest = check_platform(registry, site.image, site.platform)
        manifest = registry.manifest(site.image.repository, digest)
        return read_folder(registry, site.image.repository, manifest, site.files, folder, stopped)

    def _bring(self, site: Site, wanted: Sequence[Object], stopped: Stopped, emit: Emit) -> None:
        bucket = SiteBucket(self.session, site.bucket)
        there = bucket.listed()
        if there is None:
            raise CloudFailed(f"The bucket {site.bucket} is gone.", next_step="Run the same command again.")
        record = read_record(bucket.read(KEY))
        to_do = plan(wanted, record, there)
        if to_do.is_nothing and record.begun is None:
            return emit(Event(STEP, site.bucket, "nothing changed", "done"))
        emit(Event(STEP, site.bucket, f"{len(to_do.sent)} of {len(wanted)} files are sent", "start"))
        begun = {one.key: Put(etag=one.etag, headers=one.headers) for one in wanted}
        bucket.write(KEY, record.model_copy(update={"begun": begun}).model_dump_json().encode())
        _send(bucket, to_do.sent, stopped)
        self._invalidate(site.distribution, to_do.invalidated, stopped)
        bucket.remove(to_do.removed)
        bucket.write(KEY, to_do.record.model_dump_json().encode())
        return emit(Event(STEP, site.bucket, _said(to_do, len(wanted)), "done"))

    def _invalidate(self, distribution: str, paths: Sequence[str], stopped: Stopped) -> None:
        """Have CloudFront forget the paths, and wait until it did everywhere."""
        if not paths:
            return
        cloudfront = self.session.client("cloudfront")
        batch = {"Paths": {"Quantity": len(paths), "Items": list(paths)}, "CallerReference": uuid4().hex}
        until, pause = monotonic() + LONGEST_WAIT, 0.5
        with told(f"Invalidating what distribution {distribution} keeps"):
            made = cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)["Invalidation"]
            while made["Status"] != "Completed":
                _check_wait(distribution, until, stopped)
                sleep(pause)
                pause = min(pause * 2, 10)
                made = cloudfront.get_invalidation(DistributionId=distribution, Id=made["Id"])["Invalidation"]


def _send(bucket: SiteBucket, sent: Sequence[Object], stopped: Stopped) -> None:
    """Each turn when the one before is whole; what failed or was stopped leaves the turns after it alone."""

    def put(one: Object) -> None:
        if stopped():
            raise Interrupted(
                "The site's upload was stopped; what is up is not sent again.",
                next_step="Run the same command again to go on.",
            )
        bucket.put(one)

    for group in by_turn(sent):
        if len(group) == 1 or group[0].is_asset:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(put, group))
        else:
            for one in group:  # the first page comes last
                put(one)


def _check_wait(distribution: str, until: float, stopped: Stopped) -> None:
    again = "Run the same command again to go on."
    if stopped():
        raise Interrupted("The wait for CloudFront was stopped; the new files are up.", next_step=again)
    if monotonic() > until:
        raise CloudFailed(
            f"Distribution {distribution} has not forgotten the old files after {LONGEST_WAIT // 60} minutes.",
            next_step=again,
        )


def _said(done: Plan, total: int) -> str:
    removed = f", {len(done.removed)} old ones removed" if done.removed else ""
    return f"{len(done.sent)} of {total} files sent{removed}"
