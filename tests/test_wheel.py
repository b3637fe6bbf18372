"""What the wheel holds, built from a checkout in which the example was deployed."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARTS = ("src", "modules", "service-images", "examples")
SHIPPED = PARTS[1:]


def test_all_that_ships_is_in_it_and_nothing_that_a_deploy_left(tmp_path: Path) -> None:
    """A deploy leaves a folder whose link to the modules hid those from the wheel."""
    checkout = tmp_path / "checkout"
    left_over = shutil.ignore_patterns("__pycache__", ".homeport", ".terraform")
    for part in PARTS:
        shutil.copytree(ROOT / part, checkout / part, ignore=left_over)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, checkout)
    wanted = {
        f"homeport/shipped/{path.relative_to(checkout)}"
        for part in SHIPPED
        for path in (checkout / part).rglob("*")
        if path.is_file()
    }
    workspace = checkout / "examples" / "notes" / ".homeport" / "home"
    workspace.mkdir(parents=True)
    (workspace / "modules").symlink_to(checkout / "modules")
    (workspace / "main.tf.json").write_text("{}")

    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "built")]
    subprocess.run(build, cwd=checkout, check=True, capture_output=True)

    (wheel,) = (tmp_path / "built").glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert wanted == {name for name in held if name.startswith("homeport/shipped/")}
