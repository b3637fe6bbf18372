"""The repository that every case stands in, and the cases."""

from pathlib import Path

FOLDER = Path(__file__).parent
MANIFESTS = sorted((FOLDER / "cases").glob("*.yaml"))
CLOUD = sorted((FOLDER / "cloud_cases").glob("*.yaml"))
BASES = sorted((FOLDER / "base_cases").glob("*.yaml"))


def repository(place: Path) -> Path:
    """A repository with what a good manifest names, and links that lead astray."""
    folder = place / "repository"
    for built in ("api", "web", "models/tagger", "../elsewhere"):
        (folder / built).mkdir(parents=True)
        (folder / built / "Dockerfile").write_text("FROM scratch\n")
    (folder / "db" / "migrations").mkdir(parents=True)
    (folder / "bare").mkdir()
    (folder / "README.md").write_text("# Notes\n")
    (folder / "leaves").symlink_to("../elsewhere")
    (folder / "loop").symlink_to("loop")
    return folder


def expected(case: Path) -> list[str]:
    """What a case says about itself: in the file beside it, or in the comments that it begins with."""
    beside = case.with_suffix(".txt")
    if beside.exists():
        return beside.read_text(encoding="utf-8").splitlines()
    lines = case.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("# ") for line in lines if line.startswith("# homeport.")]
