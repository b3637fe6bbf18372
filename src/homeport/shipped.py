"""Where the files that ship beside the code are: Terraform modules, service images, examples."""

from pathlib import Path


def folder(name: str) -> Path:
    """The folder `modules`, `service-images` or `examples`: in the wheel, or in the checkout it is installed from."""
    package = Path(__file__).parent
    in_wheel = package / "shipped" / name
    return in_wheel if in_wheel.is_dir() else package.parent.parent / name
