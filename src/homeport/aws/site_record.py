"""What a bucket holds of a site, by homeport's own notes in it, and what that makes of a release. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from homeport.aws.site_objects import CONFIG, KEPT, Object, Turn, turn_of

KEY = f"{KEPT}release.json"
MOST_PATHS = 20  # that are invalidated one by one
ALL = "/*"


class Put(BaseModel):
    """An object as it was put: its ETag, and its headers in one text."""

    etag: str
    headers: str


class Record(BaseModel):
    """The release that is up, the assets of the one before, and the one that was `begun` and has not ended."""

    current: dict[str, Put] = {}
    previous: dict[str, Put] = {}
    begun: dict[str, Put] | None = None

    def assets(self) -> dict[str, Put]:
        return {key: put for key, put in self.current.items() if turn_of(key) in (Turn.HASHED, Turn.ASSET)}

    def put_as(self, key: str, etag: str) -> str:
        """The headers that an object was put with, by its ETag; empty when that is not known."""
        of_current = self.current.get(key)
        if of_current and of_current.etag == etag:  # a release that was begun may have been about to change headers
            return of_current.headers
        others = ((self.begun or {}).get(key), self.previous.get(key))
        return next((put.headers for put in others if put and put.etag == etag), "")


def read_record(text: bytes | None) -> Record:
    """The notes. Without them, or when they are damaged, everything is put again."""
    if text is None:
        return Record(begun={})
    try:
        return Record.model_validate_json(text)
    except ValidationError:
        return Record(begun={})


def drift(record: Record, there: Mapping[str, str]) -> int:
    """How many objects of the release are gone or other than they were put, and one more for a release that has not
    ended. `there` is what is in the bucket: key to ETag."""
    other = sum(there.get(key) != put.etag for key, put in record.current.items())
    return other + (record.begun is not None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a release does to a bucket: `sent` in order, then the paths of a distribution that are `invalidated`, then
    the keys that are `removed`; `record` is what is true after that."""

    sent: Sequence[Object]
    invalidated: Sequence[str]
    removed: Sequence[str]
    record: Record = field(default_factory=Record)

    @property
    def is_nothing(self) -> bool:
        return not (self.sent or self.invalidated or self.removed)


def plan(wanted: Sequence[Object], record: Record, there: Mapping[str, str]) -> Plan:
    """From what is there to what is wanted. The assets of the release before stay, for pages that are still open."""
    current = {one.key: Put(etag=one.etag, headers=one.headers) for one in wanted}
    sent = [one for one in wanted if not _is_up(one, record, there)]
    assets = {one.key: current[one.key] for one in wanted if one.is_asset}
    previous = record.previous if assets == record.assets() else record.assets()
    kept = current.keys() | {key for key in previous if key not in current}
    removed = sorted(key for key in there if key not in kept and not key.startswith(KEPT))
    changed = [one.key for one in sent if one.key in there or one.key in record.current] + removed
    paths = [ALL] if record.begun is not None and there else invalidations(changed)
    return Plan(sent, paths, removed, Record(current=current, previous=previous))


def _is_up(one: Object, record: Record, there: Mapping[str, str]) -> bool:
    return there.get(one.key) == one.etag and record.put_as(one.key, one.etag) == one.headers


def invalidations(keys: Sequence[str]) -> list[str]:
    """The paths under which a distribution may still have what was in these objects.

    A page answers under every path that names no file: with one, it is all of them, which AWS counts as one path.
    Source: Amazon CloudFront, "Invalidating files", "What you need to know".
    """
    if len(keys) > MOST_PATHS or any(turn_of(key) == Turn.PAGE for key in keys):
        return [ALL]
    return [f"/{quote(key)}" for key in keys if turn_of(key) != Turn.HASHED or key == CONFIG]
