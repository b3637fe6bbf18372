"""What a container may use: processors, memory, copies, capabilities, folders to write in."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from homeport.manifest.problems import meant, rule, shown
from homeport.manifest.values import between, matching, once

CPUS = rule("cpus", "`cpus` is a number over 0 and up to 64.")
MEMORY = rule("memory", "`memory` is a size as Compose writes it, such as 512M or 1g, from 16M to 1024G.")
REPLICAS = rule("replicas", "`replicas` is a number between 1 and 100.")
CAPABILITY = rule(
    "capability",
    "A capability is one of those that Docker gives by default; no image is given more than those.",
)
TMPFS = rule("tmpfs", "A tmpfs is the absolute path of a folder in the container, without options.")

_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,3})?) ?([bkmg])?b?", re.ASCII | re.IGNORECASE)
_UNITS = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_LEAST, _MOST = 16 * 1024**2, 1024 * 1024**3
CAPABILITIES = (
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
    "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
)  # fmt: skip


def _cpus(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 64:
        raise CPUS.broken(f"should be a number over 0 and up to 64, not {shown(value)}")
    return float(value)


def _memory(value: object) -> int:
    size = None
    if isinstance(value, str | int) and not isinstance(value, bool):
        size = _SIZE.fullmatch(str(value))
    if not size:
        raise MEMORY.broken(f"should be a size such as 512M or 1g, not {shown(value)}")
    size_in_bytes = int(float(size[1]) * _UNITS[(size[2] or "").lower()])
    if not _LEAST <= size_in_bytes <= _MOST:
        unit = "" if size[2] else " (bytes)"
        raise MEMORY.broken(f"should be from 16M to 1024G, not {shown(value)}{unit}")
    return size_in_bytes


def _capability(text: str) -> str:
    if text not in CAPABILITIES:
        known = ", ".join(CAPABILITIES)
        raise CAPABILITY.broken(f"should be one of {known}, not {shown(text)}{meant(text, CAPABILITIES)}")
    return text


Cpus = Annotated[
    float, BeforeValidator(_cpus), WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 64})
]
Memory = Annotated[
    int,
    BeforeValidator(_memory),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^\d+(\.\d+)? ?[bkmgBKMG]?[bB]?$"}),
]
Replicas = Annotated[int, between(REPLICAS, 1, 100), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 100})]
Capability = Annotated[str, AfterValidator(_capability), WithJsonSchema({"type": "string", "enum": list(CAPABILITIES)})]
Capabilities = Annotated[tuple[Capability, ...], once]
ContainerFolder = Annotated[
    str,
    matching(TMPFS, r"(/(?!\.\.?(/|$))[A-Za-z0-9._-]+)+", "an absolute path in the container such as /tmp"),
    WithJsonSchema({"type": "string", "pattern": "^/"}),
]
Folders = Annotated[tuple[ContainerFolder, ...], once]
