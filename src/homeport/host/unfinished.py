"""Names of files that are being written. They are hidden, and no reader of a folder is shown one."""

PREFIX = ".homeport-"
SUFFIX = ".tmp"


def unfinished_name(token: str) -> str:
    return f"{PREFIX}{token}{SUFFIX}"


def is_unfinished(name: str) -> bool:
    return name.startswith(PREFIX) and name.endswith(SUFFIX)
