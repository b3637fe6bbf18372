"""A failed build, in words."""

import re

from homeport.build.instructions import instructions
from homeport.build.progress import Transcript
from homeport.build.source import Source
from homeport.errors import BuildFailed

_MEND = "What is served now is untouched. Mend it, and run the same command again."
INSTALL_BUILDX = "Install the buildx plugin (Debian and Ubuntu: docker-buildx or docker-buildx-plugin)."
# What a builder says, and what helps.
_HINTS = (
    (
        r"docker/dockerfile|docker\.io/docker/",
        "The engine could not fetch the Dockerfile's syntax. Remove the `# syntax=` line.",
    ),
    (
        r"--mount option requires BuildKit|unknown flag: mount",
        INSTALL_BUILDX,
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|self-signed certificate|unknown authority",
        "This network signs TLS by an authority of its own: COPY its certificate in before this line.",
    ),
    (
        r"(?i)no space left on device",  # a program in the build has its own words for it
        "The server's disk is full. Free some: homeport registry prune, docker image prune, docker builder prune.",
    ),
    (r"exec format error", "The image is for another processor: see `platform` in homeport.yaml."),
)


def failure(source: Source, text: str, transcript: Transcript) -> BuildFailed:
    """The error to raise: the Dockerfile's line and instruction, the last lines, and what to do."""
    instruction = transcript.failed_instruction
    line = _line(text, instruction)
    place = f"{source.shown}:{line}" if line else source.shown
    what = f"{instruction} failed" if instruction else "the build failed"
    tail = transcript.tail
    hint = next((words for pattern, words in _HINTS if re.search(pattern, tail)), _MEND)
    return BuildFailed(f"{place}: {what}.", detail=tail, next_step=hint)


def _line(text: str, instruction: str) -> int | None:
    """Where the instruction stands; None when not certain: builders show it with variables filled in."""
    found = list(instructions(text))
    same = [other.line for other in found if _collapsed(other.text).startswith(instruction.rstrip("…"))]
    alike = [other.line for other in found if other.keyword == instruction.partition(" ")[0]]
    return next((lines[0] for lines in (same, alike) if len(lines) == 1), None)


def _collapsed(text: str) -> str:
    return " ".join(text.split())
