"""psql in a task: what it reads, and what it is told."""

import shutil
import subprocess

import pytest

from homeport.aws import Endpoints, Session
from homeport.aws.tasks import Tasks, TaskSpec
from homeport.deploy.daily.cloud.psql import READS_NOTHING, as_text, command
from homeport.errors import Refused

SPEC = TaskSpec("homeport", "arn:aws:ecs:eu-west-1:123456789012:task-definition/notes:1", "psql", ("s",), ("g",))


@pytest.mark.parametrize("word", ["-c", "-cSELECT 1", "-f", "-l", "--command", "--command=SELECT 1", "--list", "-V"])
def test_with_these_it_reads_no_input(word: str) -> None:
    """Then nobody waits for the end of an input that need not come."""
    assert READS_NOTHING.match(word)


@pytest.mark.parametrize("word", ["-v", "ON_ERROR_STOP=1", "-A", "--csv", "--no-align", "-1"])
def test_with_these_it_does(word: str) -> None:
    """They change how it reads or shows."""
    assert not READS_NOTHING.match(word)


@pytest.mark.parametrize("data", [b"SELECT '\xff'", b"SELECT '\0'"])
def test_what_no_variable_can_hold_is_refused(data: bytes) -> None:
    """Else it would arrive as something else."""
    with pytest.raises(Refused, match="UTF-8 text"):
        as_text(data)


def test_text_arrives_as_it_is() -> None:
    """With its own line ends."""
    assert "SELECT 'é';\r\n" == as_text("SELECT 'é';\r\n".encode())


def test_the_last_line_comes_last_and_the_exit_code_is_its_own(tmp_path: object) -> None:
    """By a shell here, with a psql that shows its options and its input, complains, and ends with 3."""
    assert shutil.which("sh")
    fake = 'psql() { printf "%s\\n" "$@"; cat; echo beside >&2; return 3; }; '
    shell, flag, script, *rest = command("the end", ["-v", "A=b c"])
    done = subprocess.run(
        [shell, flag, fake + script, *rest],
        env={"HOMEPORT_SQL": "SELECT 1;\n", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (3, "-v\nA=b c\nSELECT 1;\nbeside\nthe end\n", "") == (done.returncode, done.stdout, done.stderr)


def test_more_than_ecs_takes_is_refused_before_aws_is_asked() -> None:
    """The limit is on all of it, as JSON: a quarter of a line that must be escaped counts as it is sent."""
    tasks = Tasks(Session("eu-west-1", "123456789012", Endpoints("http://127.0.0.1:1")))
    with pytest.raises(Refused, match="at most 8192 bytes, and this takes 8"):
        tasks.start(SPEC, environment={"HOMEPORT_SQL": "x" * 8150}, command=command("the end", []))
    with pytest.raises(Refused):
        tasks.start(SPEC, environment={"HOMEPORT_SQL": '"' * 4100})
