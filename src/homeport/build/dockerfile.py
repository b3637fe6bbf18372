"""The base images that a Dockerfile names, and the same Dockerfile with others in their place.

Source: Dockerfile reference, "Format", "Environment replacement", "FROM", "ARG", "COPY --from".
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from homeport.build.instructions import Instruction, instructions
from homeport.errors import BuildFailed

_FROM = re.compile(r"FROM\s+(?P<flags>(?:--\S+\s+)*)(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?\s*", re.I)
_FLAGS = re.compile(r"(?:COPY|ADD|RUN)\s+(?P<flags>(?:--\S+\s+)+)", re.I)
_COPY_FROM = re.compile(r"--from=(?P<image>[^\s,]+)")
_MOUNT_FROM = re.compile(r"--mount=(?:\S*,)?from=(?P<image>[^\s,]+)")
_VARIABLE = re.compile(r"\$(?:(?P<plain>\w+)|\{(?P<name>\w+)(?:(?P<how>:?[-+])(?P<word>[^}]*))?\})")


@dataclass(frozen=True, slots=True)
class BaseImage:
    """An image that a Dockerfile takes from elsewhere; `platform` is its own, when it asks for one."""

    image: str
    line: int
    platform: str | None = None

    @property
    def is_pinned(self) -> bool:
        """Whether it is named by digest, so that it is the same image everywhere."""
        return "@" in self.image


@dataclass(slots=True)
class Stage:
    """What one FROM starts: the images and the other stages that it takes from."""

    name: str
    bases: list[BaseImage] = field(default_factory=list)
    stages: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the text an image is named."""

    start: int
    end: int
    image: str


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A Dockerfile that was read with its arguments."""

    text: str
    shown: str
    stages: tuple[Stage, ...]
    places: tuple[_Place, ...]

    @classmethod
    def read(
        cls,
        text: str,
        *,
        args: Mapping[str, str] | None = None,
        platform: str = "linux/amd64",
        shown: str = "",
    ) -> "Dockerfile":
        """`shown` is the file's name in messages. Raises BuildFailed, naming the line."""
        reader = _Reader(args or {}, _platform_arguments(platform), shown or "Dockerfile")
        for instruction in instructions(text):
            reader.take(instruction)
        return cls(text, reader.shown, tuple(reader.stages), tuple(reader.places))

    def base_images(self, target: str | None = None) -> tuple[BaseImage, ...]:
        """What a build of `target` (the last stage without one) takes from elsewhere, each image once."""
        found: dict[str, BaseImage] = {}
        for index in sorted(self._needed(target)):
            for base in self.stages[index].bases:
                found.setdefault(base.image, base)
        return tuple(found.values())

    def substitute(self, table: Mapping[str, str]) -> str:
        """The text with the images that `table` names replaced, and every other byte as it was."""
        replaced = {familiar(name): other for name, other in table.items()}
        text = self.text
        for place in sorted(self.places, key=lambda place: place.start, reverse=True):
            other = replaced.get(familiar(place.image))
            if other is not None:
                text = text[: place.start] + other + text[place.end :]
        return text

    def _needed(self, target: str | None) -> set[int]:
        if not self.stages:
            raise BuildFailed(f"{self.shown}: no FROM instruction.")
        start = len(self.stages) - 1 if target is None else self._index(target)
        needed, waiting = set[int](), [start]
        while waiting:
            index = waiting.pop()
            needed.add(index)
            waiting += [other for other in self.stages[index].stages if other not in needed]
        return needed

    def _index(self, target: str) -> int:
        index = _stage_index(self.stages, target)
        if index is None:
            names = ", ".join(stage.name for stage in self.stages if stage.name) or "none has a name"
            raise BuildFailed(f'{self.shown}: no stage is named "{target}". The stages: {names}.')
        return index


def familiar(image: str) -> str:
    """One spelling for each image: `docker.io/library/python` and `python` are both `python:latest`.

    Source: distribution, "familiar names".
    """
    name = re.sub(r"^(?:index\.)?docker\.io/", "", image).removeprefix("library/")
    has_tag = ":" in name.rpartition("/")[2]
    return name if has_tag or "@" in name else f"{name}:latest"


class _Reader:
    """Goes through the instructions in order; what it has learned so far is in its fields."""

    def __init__(self, given: Mapping[str, str], platform: Mapping[str, str], shown: str) -> None:
        self.shown = shown
        self.stages: list[Stage] = []
        self.places: list[_Place] = []
        self._given = given
        self._variables = dict(platform)

    def take(self, instruction: Instruction) -> None:
        match instruction.keyword:
            case "ARG" if not self.stages:
                self._declare(instruction)
            case "FROM":
                self._begin(instruction)
            case "COPY" | "ADD" | "RUN" if self.stages:
                self._use(instruction)

    def _declare(self, instruction: Instruction) -> None:
        """An ARG before the first FROM: the only ones that a FROM sees."""
        try:
            words = shlex.split(instruction.text)[1:]
        except ValueError as error:
            raise self._failed(instruction, f"ARG cannot be read: {error}") from error
        for word in words:
            name, has_default, default = word.partition("=")
            if name in self._given:
                self._variables[name] = self._given[name]
            elif has_default:
                self._variables[name] = self._expand(instruction, default)

    def _begin(self, instruction: Instruction) -> None:
        parts = _FROM.fullmatch(instruction.text)
        if parts is None:
            raise self._failed(instruction, "FROM should be: FROM [--platform=…] IMAGE [AS NAME]")
        stage = Stage((parts["name"] or "").lower())
        platform = re.search(r"--platform=(\S+)", parts["flags"])
        asked = self._expand(instruction, platform[1]) if platform else ""
        self._take_from(stage, instruction, parts.span("image"), asked or None)
        self.stages.append(stage)

    def _use(self, instruction: Instruction) -> None:
        parts = _FLAGS.match(instruction.text)
        if parts is None:
            return
        pattern = _MOUNT_FROM if instruction.keyword == "RUN" else _COPY_FROM
        for found in pattern.finditer(instruction.text, *parts.span("flags")):
            self._take_from(self.stages[-1], instruction, found.span("image"), None)

    def _take_from(self, stage: Stage, instruction: Instruction, span: tuple[int, int], platform: str | None) -> None:
        written = instruction.text[slice(*span)].strip("\"'")
        image = self._expand(instruction, written)
        if not image:
            raise self._failed(instruction, f"{written} has no value: give the ARG a default, or set it in args")
        other = _stage_index(self.stages, image, is_copy=instruction.keyword != "FROM")
        if other is not None:
            stage.stages.append(other)
        elif image != "scratch":
            stage.bases.append(BaseImage(image, instruction.line, platform))
            self.places.append(_Place(*instruction.raw(*span), image))

    def _expand(self, instruction: Instruction, text: str) -> str:
        rest = _VARIABLE.sub("", text)
        if "$" in rest:
            raise self._failed(instruction, f"homeport cannot work out {text}: use $NAME or ${{NAME:-default}}")
        return _VARIABLE.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        value = self._variables.get(found["plain"] or found["name"])
        how, word = found["how"] or "", found["word"] or ""
        is_set = bool(value) if how.startswith(":") else value is not None
        if how.endswith("+"):
            return word if is_set else ""
        return (value or "") if is_set else word

    def _failed(self, instruction: Instruction, problem: str) -> BuildFailed:
        return BuildFailed(f"{self.shown}:{instruction.line}: {problem}.")


def _stage_index(stages: list[Stage] | tuple[Stage, ...], name: str, *, is_copy: bool = True) -> int | None:
    """The last stage of that name; by its number too, where a number may stand (not in FROM)."""
    named = [index for index, stage in enumerate(stages) if stage.name and stage.name == name.lower()]
    if named:
        return named[-1]
    return int(name) if is_copy and name.isdigit() and int(name) < len(stages) else None


def _platform_arguments(platform: str) -> dict[str, str]:
    """The arguments that every build has. The engine's own platform is not known here: its names stay empty,
    which asks for no platform."""
    system, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    target = {"PLATFORM": platform, "OS": system, "ARCH": architecture, "VARIANT": variant}
    return {f"TARGET{name}": value for name, value in target.items()} | {f"BUILD{name}": "" for name in target}
