"""What a builder prints, line by line: progress for the person, and the end of it for the error."""

import re
from collections import defaultdict, deque
from collections.abc import Iterable

from homeport.events import Emit, Event
from homeport.secret import Secret

KEPT_LINES = 40  # of output, for the error
_SHOWN = 100  # characters of an instruction in a line of progress

# BuildKit, `--progress=plain`: `#6 [web 2/3] RUN npm ci`, `#6 0.216 added 12 packages`, `#6 ERROR: …`.
_TITLE = re.compile(r"#(?P<step>\d+) (?:\[(?P<place>[^\]]+)\] )?(?P<instruction>.+)")
_OUTPUT = re.compile(r"#(?P<step>\d+) (?:\d+\.\d+ )(?P<text>.*)")
_ERROR = re.compile(r"#(?P<step>\d+) ERROR: (?P<text>.*)")
_STATE = re.compile(r"#\d+ (?:DONE|CACHED|CANCELED|sha256:|transferring|extracting|naming to|exporting|writing|\.\.\.)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# The classic builder: `Step 2/3 : RUN npm ci`.
_CLASSIC = re.compile(r"Step (?P<place>\d+/\d+) : (?P<instruction>.+)")


class Transcript:
    """Takes a builder's lines; emits an event for each instruction, and knows which one failed.

    The values of `secrets` are masked in whatever is kept: an instruction may print one.
    """

    def __init__(self, subject: str, emit: Emit, secrets: Iterable[Secret] = ()) -> None:
        self._subject = subject
        self._emit = emit
        self._secrets = [secret.reveal() for secret in secrets if secret.reveal()]
        self._titles: dict[str, str] = {}
        self._outputs: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=KEPT_LINES))
        self._last: deque[str] = deque(maxlen=KEPT_LINES)
        self._failed: str | None = None
        self._classic_step = ""

    @property
    def failed_instruction(self) -> str:
        """The instruction that failed, as the builder names it, shortened; empty when it was none."""
        return _short(self._titles.get(self._failed or self._classic_step, ""))

    @property
    def tail(self) -> str:
        """The last lines that the failed instruction printed, or the last of all."""
        own = self._outputs.get(self._failed or "", deque())
        return "\n".join([*own, *(line for line in self._last if not own or not line.startswith("#"))][-KEPT_LINES:])

    def take(self, line: str) -> None:
        """One line, without its end."""
        line = self._masked(_COLOUR.sub("", line).rstrip())
        if not line:
            return
        self._last.append(line)
        if error := _ERROR.fullmatch(line):
            self._failed = error["step"]
        elif output := _OUTPUT.fullmatch(line):
            self._outputs[output["step"]].append(output["text"])
        elif _STATE.match(line) is None:
            self._take_title(line)

    def _take_title(self, line: str) -> None:
        if classic := _CLASSIC.fullmatch(line):
            self._classic_step = classic["place"]
            self._last.clear()  # its output has no marks: what came before belongs to another instruction
            self._begin(self._classic_step, classic["place"], classic["instruction"])
        elif (title := _TITLE.fullmatch(line)) and title["step"] not in self._titles:
            self._begin(title["step"], title["place"] or "", title["instruction"])

    def _begin(self, step: str, place: str, instruction: str) -> None:
        self._titles[step] = instruction
        if place and place != "internal":
            self._emit(Event("build", self._subject, f"{place}: {_short(instruction)}"))

    def _masked(self, line: str) -> str:
        for value in self._secrets:
            line = line.replace(value, "•••")
        return line


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
