"""Which folder of the package may import which. A folder that is not listed may import nothing of ours."""

import ast
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "homeport"
LEAVES = {"cache", "errors", "events", "namespaces", "room", "secret", "shipped", "signals", "sockets", "transfer"}
ALLOWED: dict[str, set[str]] = {
    "cache": set(),
    "errors": set(),
    "events": set(),
    "namespaces": set(),
    "room": set(),
    "secret": set(),
    "shipped": set(),
    "signals": set(),
    "sockets": set(),
    "transfer": {"errors"},
    "manifest": {"errors", "namespaces"},
    "releases": {"errors"},
    "cost": set(),
    "stack": {"manifest"},
    "terraform": {"errors", "events", "signals"},
    "oci": {"errors", "secret"},
    "host": {"errors", "secret", "sockets"},
    "store": {"errors", "secret"},
    "database": {"errors", "secret"},
    "home": {"database", "host", "store", "errors", "events", "namespaces", "secret", "sockets", "transfer"},
    "aws": {"database", "oci", "store", "errors", "events", "secret"},
    "build": {"manifest", "oci", "errors", "events", "room", "secret", "transfer"},
    "machine": {"host", "errors", "events", "room", "shipped", "transfer"},
    "provider": {"aws", "home", "errors", "events", "sockets"},
    "targets": {
        "aws",
        "home",
        "host",
        "manifest",
        "oci",
        "provider",
        "releases",
        "store",
        "terraform",
        "cache",
        "errors",
        "events",
    },
    "deploy": {
        "aws",
        "build",
        "cost",
        "home",
        "host",
        "machine",
        "manifest",
        "oci",
        "provider",
        "releases",
        "stack",
        "store",
        "targets",
        "terraform",
        *LEAVES,
        "",
    },
    "cli": {"deploy", "machine", "manifest", "provider", "targets", "terraform", *LEAVES, ""},
}


def _folder(path: Path) -> str:
    """The folder, or the module, right under the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imported(path: Path) -> set[str]:
    """The folders of ours that a file imports, at its top or inside a function; `` is the package itself."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "homeport":
            names = [f"homeport.{alias.name}" if alias.name != "__version__" else "homeport" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        found |= {name.partition(".")[2].partition(".")[0] for name in names if name.split(".")[0] == "homeport"}
    return found


FOLDERS = sorted({_folder(path) for path in PACKAGE.rglob("*.py")} - {"__init__"})


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_only_what_the_plan_allows(folder: str) -> None:
    """A new arrow between two folders is drawn in this file first, and argued for."""
    files = [path for path in PACKAGE.rglob("*.py") if _folder(path) == folder]
    broken = {
        f"{path.relative_to(PACKAGE)} imports {other}"
        for path in files
        for other in _imported(path) - {folder} - ALLOWED.get(folder, set())
    }
    assert set() == broken


def test_the_plan_names_no_folder_that_is_gone() -> None:
    """What was removed is removed from the plan, too."""
    assert set(FOLDERS) == ALLOWED.keys()


MODULES = sorted(
    ".".join(("homeport", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.name != "embedded.py"  # it needs an extra
)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_imported(module: str) -> None:
    """Most of the imports are lazy: a module that names what is not there fails only when a person gets to it."""
    importlib.import_module(module)
