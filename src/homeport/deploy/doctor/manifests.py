"""What a manifest in the folder adds to an examination: its servers, its host names, its repository."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from homeport.deploy.application import MANIFEST
from homeport.manifest import DockerTarget, load


@dataclass(frozen=True, slots=True)
class Asked:
    """`servers` maps each address to the host names that are asked for there, with their roots (`notes.home`)."""

    servers: Mapping[str, Mapping[str, str]]
    folders: Mapping[str, Path] = field(default_factory=dict)


def asked(folder: Path, host: str | None) -> Asked:
    """Without a manifest: this machine, or `host`. With one: the servers of its targets, or `host` for all of them.

    Raises ManifestInvalid.
    """
    if not (folder / MANIFEST).exists():
        return Asked({host or "local": {}})
    manifest = load(folder / MANIFEST, sources=False)
    servers: dict[str, dict[str, str]] = {}
    for name, target in manifest.targets.items():
        if isinstance(target, DockerTarget):
            hosts = servers.setdefault(host or target.host, {})
            hosts.update(dict.fromkeys(target.hosts, f"{manifest.name}.{name}"))
    return Asked(servers or {host or "local": {}}, {manifest.name: folder})
