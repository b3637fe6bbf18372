"""The bucket of a site: what is in it, and putting and removing objects of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from homeport.aws.session import Session, told
from homeport.aws.site_objects import ASK_AGAIN, Object
from homeport.errors import CloudFailed

AT_ONCE = 1000  # keys that one request may remove
_GONE = "NoSuchBucket"
_ABSENT = ("NoSuchKey", "404")


@dataclass(frozen=True)
class SiteBucket:
    """Every method raises CloudFailed when AWS refuses."""

    session: Session
    name: str

    @cached_property
    def s3(self) -> Any:
        return self.session.client("s3")

    def listed(self) -> dict[str, str] | None:
        """Key to ETag of all that is in it; None when there is no such bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        try:
            with told(f"Listing the bucket {self.name}"):
                found = [one for page in pages for one in page.get("Contents", ())]
        except CloudFailed as error:
            if error.code == _GONE:
                return None
            raise
        return {one["Key"]: one["ETag"].strip('"') for one in found}

    def read(self, key: str) -> bytes | None:
        try:
            with told(f"Reading {key} of the bucket {self.name}"):
                content: bytes = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        except CloudFailed as error:
            if error.code in _ABSENT:
                return None
            raise
        return content

    def write(self, key: str, content: bytes) -> None:
        """Notes of homeport's own."""
        kind = "application/json"
        with told(f"Putting {key} into the bucket {self.name}"):
            self.s3.put_object(Bucket=self.name, Key=key, Body=content, ContentType=kind, CacheControl=ASK_AGAIN)

    def put(self, one: Object) -> None:
        headers = {"ContentType": one.content_type, "CacheControl": one.cache}
        with told(f"Putting {one.key} into the bucket {self.name}"):
            if isinstance(one.content, bytes):
                self.s3.put_object(Bucket=self.name, Key=one.key, Body=one.content, **headers)
                return
            with one.content.open("rb") as opened:
                self.s3.put_object(Bucket=self.name, Key=one.key, Body=opened, **headers)

    def remove(self, keys: Iterable[str]) -> None:
        """Older versions stay for as long as the bucket keeps them."""
        self._remove({"Key": key} for key in keys)

    def empty(self) -> None:
        """Remove everything, every version of it; no error when there is no such bucket."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.name)
        try:
            with told(f"Emptying the bucket {self.name}"):
                for page in pages:
                    self._remove(_versions(page))
        except CloudFailed as error:
            if error.code != _GONE:
                raise

    def _remove(self, entries: Iterable[Mapping[str, str]]) -> None:
        for some in _in_pieces(entries):
            with told(f"Removing objects of the bucket {self.name}"):
                answer = self.s3.delete_objects(Bucket=self.name, Delete={"Objects": some, "Quiet": True})
            for failed in answer.get("Errors", ()):
                raise CloudFailed(
                    f"{failed.get('Key')} of the bucket {self.name} could not be removed.",
                    detail=f"{failed.get('Code')}: {failed.get('Message')}",
                    code=failed.get("Code", ""),
                )


def _versions(page: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
        yield {"Key": one["Key"], "VersionId": one["VersionId"]}


def _in_pieces(entries: Iterable[Mapping[str, str]]) -> Iterator[Sequence[Mapping[str, str]]]:
    left = iter(entries)
    while some := list(islice(left, AT_ONCE)):
        yield some
