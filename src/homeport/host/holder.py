"""Who holds a lock: the text beside a lock file. It means something only while the lock is held."""

from dataclasses import dataclass
from datetime import UTC, datetime

from homeport.errors import Locked


@dataclass(frozen=True, slots=True)
class Holder:
    """Two lines in a file: the name that the holder gave itself, and when it took the lock (UTC)."""

    name: str
    since: datetime | None

    def __str__(self) -> str:
        if self.since is None:
            return self.name
        local = self.since.astimezone()
        today = local.date() == datetime.now(UTC).astimezone().date()
        return f"{self.name} since {local:%H:%M}" if today else f"{self.name} since {local:%Y-%m-%d %H:%M}"


def holder_path(lock: str) -> str:
    """The file that names the holder of the lock file `lock`."""
    return f"{lock}.holder"


def one_line(name: str) -> str:
    """The name as it can stand on one line of the file."""
    return " ".join(name.split())


def render(name: str) -> bytes:
    """The content of the holder's file, as of now."""
    return f"{one_line(name)}\n{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode()


def parse(content: bytes) -> Holder:
    """The holder that the file names; the file may be empty or half written."""
    name, _, since = content.decode(errors="replace").partition("\n")
    try:
        return Holder(name or "someone", datetime.fromisoformat(since.strip()))
    except ValueError:  # the holder has only just begun to write
        return Holder(name or "someone", None)


def locked(path: str, content: bytes) -> Locked:
    """The refusal of a lock that another holds."""
    holder = str(parse(content))
    name = path.rsplit("/", 1)[-1]
    return Locked(
        f'The lock "{name}" is held by {holder}.',
        holder=holder,
        next_step="Wait until that has ended, then run the command again.",
    )
