"""How the base image is made."""

from homeport.machine.apt import Mirror
from homeport.machine.base import mmdebstrap

MIRROR = Mirror("http://mirror.example/debian", "http://security.example/debian-security")


def command(recipe: str = "/recipe") -> tuple[str, ...]:
    return mmdebstrap(recipe, "/trusted", "/place/base.tar", MIRROR)


def test_all_three_suites_are_named() -> None:
    """With the first suite alone, an image would get no security updates, and say nothing."""
    assert command()[-3:] == (
        "deb http://mirror.example/debian trixie main",
        "deb http://mirror.example/debian trixie-updates main",
        "deb http://security.example/debian-security trixie-security main",
    )


def test_root_is_handed_to_the_customizing_script_whatever_its_path() -> None:
    """mmdebstrap runs the hook by a shell: a blank in the checkout's path must not split it."""
    hook = next(word for word in command("/a folder") if word.startswith("--customize-hook="))
    assert hook == "--customize-hook=sh '/a folder/customize.sh' \"$1\" '/a folder' /trusted"
