"""Which images there are: repositories, digests and tags; and the same as the index of an OCI image layout.

Source: OCI image specification, "Image Layout" and "Pre-Defined Annotation Keys".
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from homeport.errors import RegistryFailed
from homeport.oci.content import Content
from homeport.oci.reference import Reference

NAME = "org.opencontainers.image.ref.name"  # `api/notes-api:src-…`
REPOSITORY = "homeport.repository"
LAYOUT = b'{"imageLayoutVersion": "1.0.0"}'


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Digests and tags by repository."""

    digests: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def references(self) -> Iterator[Reference]:
        """Every image, by repository."""
        for repository in sorted(self.digests):
            yield from (Reference(repository, digest) for digest in sorted(self.digests[repository]))

    def tags_of(self, image: Reference) -> tuple[str, ...]:
        tags = self.tags.get(image.repository, {})
        return tuple(sorted(tag for tag, digest in tags.items() if digest == image.digest))

    def only(self, images: set[Reference]) -> Catalogue:
        """What is left with these images and no others."""
        digests: dict[str, set[str]] = defaultdict(set)
        for image in images & set(self.references()):
            digests[image.repository].add(image.digest)
        return Catalogue(
            {repository: frozenset(found) for repository, found in digests.items()},
            {
                repository: {tag: digest for tag, digest in tags.items() if digest in digests[repository]}
                for repository, tags in self.tags.items()
                if repository in digests
            },
        )

    def over(self, older: Catalogue) -> Catalogue:
        """Both together; a tag that both have is this one's."""
        none: frozenset[str] = frozenset()
        names = self.digests.keys() | older.digests.keys()
        return Catalogue(
            {name: self.digests.get(name, none) | older.digests.get(name, none) for name in names},
            {name: {**older.tags.get(name, {}), **self.tags.get(name, {})} for name in names},
        )

    def to_index(self, known: Mapping[str, Content]) -> bytes:
        """The `index.json` of an image layout; the same images give the same bytes."""
        entries = []
        for image in self.references():
            content = known[image.digest]
            names = [f"{image.repository}:{tag}" for tag in self.tags_of(image)]
            for name in names or [""]:
                notes = {REPOSITORY: image.repository} | ({NAME: name} if name else {})
                entry = {"mediaType": content.media_type, "digest": image.digest, "size": content.size}
                entries.append({**entry, "annotations": notes})
        return json.dumps({"schemaVersion": 2, "manifests": entries}).encode()


class _Entry(BaseModel):
    digest: str
    annotations: dict[str, str] = {}


class _Index(BaseModel):
    manifests: list[_Entry]


def from_index(text: str) -> Catalogue:
    """The catalogue of an `index.json`; an empty one of an empty text. Raises RegistryFailed when it is damaged."""
    if not text:
        return Catalogue()
    try:
        entries = _Index.model_validate_json(text).manifests
    except ValidationError as error:
        raise RegistryFailed(
            "The catalogue of the registry's backup cannot be read: index.json of the second volume is damaged.",
            detail=str(error),
            next_step="Move index.json away there, and make the backup anew by: homeport registry backup",
        ) from error
    digests: dict[str, set[str]] = defaultdict(set)
    tags: dict[str, dict[str, str]] = defaultdict(dict)
    for entry in entries:
        repository = entry.annotations.get(REPOSITORY, "")
        digests[repository].add(Reference(repository, entry.digest).digest)
        if name := entry.annotations.get(NAME):
            tags[repository][name.removeprefix(f"{repository}:")] = entry.digest
    return Catalogue({repository: frozenset(found) for repository, found in digests.items()}, tags)
