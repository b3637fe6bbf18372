"""Which certificates an image needs beyond Debian's own."""

from pathlib import Path

from homeport.machine.authorities import certificates, private_authorities


def certificate(content: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{content}\n-----END CERTIFICATE-----\n"


def machine(folder: Path, *, bundle: str, packaged: str) -> tuple[Path, Path]:
    (folder / "packaged").mkdir()
    (folder / "packaged" / "all.crt").write_text(packaged)
    (folder / "bundle.crt").write_text(bundle)
    return folder / "bundle.crt", folder / "packaged"


def test_public_authorities_are_left_out(tmp_path: Path) -> None:
    """A machine that trusts only what Debian does adds nothing, so its images are everyone's."""
    bundle, packaged = machine(tmp_path, bundle=certificate("AAA"), packaged=certificate("AAA"))
    assert private_authorities(bundle, packaged, {}) == ()


def test_private_authority_is_found_in_the_bundle(tmp_path: Path) -> None:
    """What the machine trusts beyond Debian is what its images must trust too."""
    both = certificate("AAA") + certificate("BBB")
    bundle, packaged = machine(tmp_path, bundle=both, packaged=certificate("AAA"))
    assert (certificate("BBB").strip(),) == private_authorities(bundle, packaged, {})


def test_private_authority_is_found_by_the_environment(tmp_path: Path) -> None:
    """SSL_CERT_FILE and PIP_CERT name bundles that the machine's tools trust."""
    bundle, packaged = machine(tmp_path, bundle="", packaged=certificate("AAA"))
    (tmp_path / "mine.pem").write_text(certificate("CCC"))
    found = private_authorities(bundle, packaged, {"SSL_CERT_FILE": str(tmp_path / "mine.pem")})
    assert (certificate("CCC").strip(),) == found


def test_line_breaks_make_no_other_certificate() -> None:
    """One certificate wrapped in two ways is one certificate."""
    assert certificates(certificate("AAAA")).keys() == certificates(certificate("AA\nAA")).keys()
