"""What is in a folder, to see afterwards that it is the same."""

from pathlib import Path


def tree(folder: Path) -> dict[str, bytes]:
    """All that is in a folder; of what is no file the name alone. Empty without such a folder."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
    return {name: path.read_bytes() if path.is_file() else b"" for name, path in found.items()}
