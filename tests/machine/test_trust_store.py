"""What a machine is told, so that it trusts a certificate."""

from pathlib import Path

from homeport.machine import trust_store as stores
from homeport.machine.trust_store import DEBIAN, MACOS


def words(commands: tuple[tuple[str, ...], ...]) -> list[str]:
    """As typed, without the sudo of a test that is not run by root."""
    return [" ".join(command).removeprefix("sudo ") for command in commands]


def test_debian_copies_and_refreshes() -> None:
    """Under a name of its own, so that two servers of ours stand beside each other."""
    target = "/usr/local/share/ca-certificates/homeport-a.crt"
    assert [f"install -D -m 644 /tmp/x {target}", "update-ca-certificates"] == words(
        stores.install_commands(DEBIAN, "homeport-a", "/tmp/x")
    )
    assert [f"rm -f {target}", "update-ca-certificates --fresh"] == words(
        stores.remove_commands(DEBIAN, "homeport-a", "/tmp/x")
    )


def test_macos_has_a_keychain_and_no_folder() -> None:
    """The certificate is trusted as a root, by everybody on the machine."""
    (command,) = words(stores.install_commands(MACOS, "homeport-a", "/tmp/x"))
    assert f"security add-trusted-cert -d -r trustRoot -k {stores.KEYCHAIN} /tmp/x" == command
    assert not MACOS.has("homeport-a", "any")


def test_the_file_of_a_certificate_is_gone_afterwards() -> None:
    """And holds the certificate while a command reads it."""
    with stores.certificate_file("pem") as file:
        assert "pem" == Path(file).read_text()
    assert not Path(file).exists()
