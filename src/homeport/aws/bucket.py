"""The state bucket of an account and region: every state, release and lock that homeport keeps there.

Each request names the account that must own the bucket, so that nothing is ever read from, or written to, a bucket of
that name which somebody else made first. Source: Amazon S3, "Verifying bucket ownership with bucket owner condition".
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from homeport.aws.session import Session, told
from homeport.errors import CloudFailed, NotSetUp, Refused

ABSENT = {"NoSuchKey", "404"}
NO_BUCKET = "NoSuchBucket"
# The second is S3's answer to two conditional writes at the same moment: one of them is refused, perhaps ours.
HAS_CHANGED = {"PreconditionFailed", "ConditionalRequestConflict"}
AT_ONCE = 8  # requests


@dataclass(frozen=True, slots=True)
class Object:
    """An object as it is now: its `tag` changes with its content, `age` is by S3's own clock."""

    data: bytes
    tag: str
    age: timedelta


@dataclass(frozen=True)
class Bucket:
    """The bucket, and its objects. May be used by several threads at once.

    Every method but `ensure` raises NotSetUp where there is no bucket, CloudFailed in AWS's words for all else.
    """

    session: Session
    _making: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return f"homeport-{self.session.account}-{self.session.region}"

    @property
    def called(self) -> str:
        return self.session.called

    def not_set_up(self) -> NotSetUp:
        """What to raise where there is no base: the next step makes it."""
        return NotSetUp(f"There is no base in {self.called} yet.", next_step=f"Run: {self.session.command('setup')}")

    @cached_property
    def _s3(self) -> Any:
        return self.session.client("s3")

    @property
    def _here(self) -> dict[str, str]:
        return {"Bucket": self.name, "ExpectedBucketOwner": self.session.account}

    # ------------------------------------------------------------------ objects

    def read(self, key: str) -> bytes | None:
        """The content of an object; None where there is none."""
        found = self.look(key)
        return found.data if found else None

    def look(self, key: str) -> Object | None:
        """An object; None where there is none."""
        try:
            with self._asking(f"Reading {key}"):
                answer = self._s3.get_object(**self._here, Key=key)
                now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
                return Object(answer["Body"].read(), answer["ETag"], _age(answer["LastModified"], now))
        except CloudFailed as error:
            if error.code in ABSENT:
                return None
            raise

    def read_all(self, keys: list[str]) -> list[bytes | None]:
        """The content of several, read at once."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self.read, keys))

    def write(self, key: str, data: bytes) -> None:
        """Keep an object, whatever was there."""
        with self._asking(f"Writing {key}"):
            self._s3.put_object(**self._here, Key=key, Body=data)

    def write_new(self, key: str, data: bytes) -> str | None:
        """Keep an object where there is none; returns its tag, or None where there is one."""
        return self._write_if(key, data, IfNoneMatch="*")

    def replace(self, key: str, data: bytes, tag: str) -> str | None:
        """Keep an object in the place of the one with that tag; returns its own, or None where there is another."""
        return self._write_if(key, data, IfMatch=tag)

    def remove(self, key: str) -> None:
        """A missing object is no error."""
        with self._asking(f"Removing {key}"):
            self._s3.delete_object(**self._here, Key=key)

    def keys(self, prefix: str) -> list[str]:
        """The keys that begin so, sorted."""
        with self._asking(f"Listing {prefix}"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(**self._here, Prefix=prefix)
            return sorted(entry["Key"] for page in pages for entry in page.get("Contents", ()))

    def _write_if(self, key: str, data: bytes, **condition: str) -> str | None:
        try:
            with self._asking(f"Writing {key}"):
                return str(self._s3.put_object(**self._here, Key=key, Body=data, **condition)["ETag"])
        except CloudFailed as error:
            if error.code in HAS_CHANGED | ABSENT:
                return None
            raise

    @contextmanager
    def _asking(self, doing: str) -> Iterator[None]:
        try:
            with told(f"{doing} in the bucket {self.name}", self._next_step):
                yield
        except CloudFailed as error:
            if error.code == NO_BUCKET:
                raise self.not_set_up() from error
            raise

    def _next_step(self, code: str) -> str:
        if code not in {"AccessDenied", "403"}:
            return ""
        return (
            f"Give the credentials the right to read and write s3://{self.name}, "
            "or see that this account owns that bucket."
        )

    # ------------------------------------------------------------------- making

    def ensure(self) -> None:
        """Make the bucket, or put right one that was made in part: private, encrypted, with versions.

        Raises Refused when somebody else has a bucket of that name.
        """
        self._make()
        with told(f"Setting up the bucket {self.name}", self._next_step):
            self._s3.put_public_access_block(**self._here, PublicAccessBlockConfiguration=PRIVATE)
            self._s3.put_bucket_ownership_controls(**self._here, OwnershipControls=NO_ACCESS_LISTS)
            self._s3.put_bucket_encryption(**self._here, ServerSideEncryptionConfiguration=ENCRYPTED)
            self._s3.put_bucket_versioning(**self._here, VersioningConfiguration={"Status": "Enabled"})
            self._s3.put_bucket_lifecycle_configuration(**self._here, LifecycleConfiguration=LIFECYCLE)

    def _make(self) -> None:
        try:
            with told(f"Making the bucket {self.name}", self._next_step):
                self._s3.create_bucket(Bucket=self.name, **_place(self.session.region))
        except CloudFailed as error:
            if error.code == "BucketAlreadyOwnedByYou":
                return
            if error.code == "BucketAlreadyExists":
                raise self._taken() from error
            raise

    def remove_whole(self) -> None:
        """Remove the bucket with everything in it, every version included. A missing bucket is no error."""
        try:
            with self._asking("Removing everything"):
                for page in self._s3.get_paginator("list_object_versions").paginate(**self._here):
                    found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
                    for one in found:
                        self._s3.delete_object(**self._here, Key=one["Key"], VersionId=one["VersionId"])
                self._s3.delete_bucket(**self._here)
        except NotSetUp:
            return

    def _taken(self) -> Refused:
        return Refused(
            f"The bucket {self.name} belongs to another AWS account: somebody took the name that homeport keeps the "
            f"state of {self.called} under.",
            next_step="Choose another region for the target in homeport.yaml, or have AWS Support look at it.",
        )


PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
NO_ACCESS_LISTS = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
# What was removed or written over can be had back for that many days; a lock is written anew every few seconds.
LIFECYCLE = {
    "Rules": [
        {
            "ID": name,
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "NoncurrentVersionExpiration": {"NoncurrentDays": days},
        }
        for name, prefix, days in (("locks", "locks/", 1), ("states", "state/", 90), ("releases", "releases/", 90))
    ]
}


def _place(region: str) -> dict[str, Any]:
    """The first region is the one that must not be named. Source: Amazon S3 API, CreateBucket."""
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _age(written: datetime, now: datetime) -> timedelta:
    return max(now - written, timedelta(0))
