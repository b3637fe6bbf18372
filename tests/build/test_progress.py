"""What a builder prints becomes progress and the end of an error."""

from pathlib import Path

import pytest

from homeport.build.failure import failure
from homeport.build.progress import KEPT_LINES, Transcript
from homeport.build.source import Source
from homeport.events import Event, ignore
from homeport.secret import Secret

OUTPUTS = Path(__file__).parent / "outputs"
DOCKERFILE = "FROM python AS a\nRUN echo hi; \\\n  echo two\nFROM a\nRUN --mount=type=secret,id=T   npm ci\n"


def transcript_of(name: str, *secrets: Secret) -> Transcript:
    transcript = Transcript("api", ignore, secrets)
    for line in (OUTPUTS / f"{name}.txt").read_text().splitlines():
        transcript.take(line)
    return transcript


def source() -> Source:
    return Source("api/notes-api", Path("api"), Path("api/Dockerfile"), "api/Dockerfile")


@pytest.mark.parametrize("builder", ["buildkit_built_in", "buildx", "classic"])
def test_failing_instruction(builder: str) -> None:
    """Every builder's failure names the Dockerfile's line, the instruction and what it printed last."""
    error = failure(source(), DOCKERFILE, transcript_of(builder))
    assert error.message == "api/Dockerfile:5: RUN --mount=type=secret,id=T npm ci failed."
    assert "npm error: no lock file" in error.detail
    assert "hi" not in error.detail.splitlines()


def test_unknown_instruction() -> None:
    """A failure that is no instruction's gives the builder's own words."""
    transcript = Transcript("api", ignore)
    transcript.take("failed to solve: dockerfile parse error line 2: unknown instruction: RUNN")
    error = failure(source(), "FROM a\nRUNN\n", transcript)
    assert error.message == "api/Dockerfile: the build failed."
    assert "line 2: unknown instruction: RUNN" in error.detail


def test_progress() -> None:
    """Each instruction is one event, the builder's own steps none."""
    events: list[Event] = []
    transcript = Transcript("api", events.append)
    for line in (OUTPUTS / "buildkit_built_in.txt").read_text().splitlines():
        transcript.take(line)
    assert [event.text.partition(":")[0] for event in events] == ["a 1/2", "a 2/2", "stage-1 1/1"]
    assert {event.subject for event in events} == {"api"}


def test_secret_in_output() -> None:
    """A secret that an instruction prints is masked."""
    transcript = transcript_of("buildkit_built_in", Secret("sesame"))
    assert "sesame" not in transcript.tail
    assert "•••" in transcript.tail


def test_long_output() -> None:
    """Only the last lines are kept."""
    transcript = Transcript("api", ignore)
    transcript.take("#4 [1/1] RUN loud")
    for number in range(200):
        transcript.take(f"#4 0.1 line {number}")
    transcript.take("#4 ERROR: exit code: 1")
    lines = transcript.tail.splitlines()
    assert len(lines) <= KEPT_LINES
    assert "line 199" in lines


@pytest.mark.parametrize(
    "line", ["write /var/lib/docker/tmp/x: no space left on device", "dd: No space left on device"]
)
def test_a_full_disk_is_known_in_the_engines_words_and_in_a_programs(line: str) -> None:
    """What can go is the next step."""
    transcript = Transcript("api", ignore)
    transcript.take(line)
    assert "homeport registry prune" in failure(source(), "FROM a\n", transcript).next_step
