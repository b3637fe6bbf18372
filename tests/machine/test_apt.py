"""Where Debian is fetched from, as apt's own settings say. Each folder under sources/ is a machine's /etc/apt."""

from pathlib import Path

import pytest

from homeport.errors import Refused
from homeport.machine.apt import Entry, Mirror, deb822, debian_mirror, entries, one_line

SOURCES = Path(__file__).parent / "sources"


def mirror_of(machine: str) -> Mirror:
    return debian_mirror(entries(SOURCES / machine), environment={})


@pytest.mark.parametrize("machine", ["deb822", "one_line", "other_archives_first"])
def test_mirror_and_security_archive_are_read_from_apt(machine: str) -> None:
    """A machine's own mirror is used, whatever the format it is written in and whatever stands before it."""
    assert Mirror("http://mirror.example/debian", "http://security.example/debian-security") == mirror_of(machine)


def test_security_archive_is_derived_where_apt_names_none() -> None:
    """Without a security archive in apt's settings, the one beside the mirror is used: never none."""
    assert Mirror("https://mirror.example/debian", "https://mirror.example/debian-security") == mirror_of("no_security")


@pytest.mark.parametrize("machine", ["ubuntu", "disabled", "another_project", "cdrom", "nothing"])
def test_machine_without_debian_mirror_is_refused_with_the_variable_to_set(machine: str) -> None:
    """Where apt knows no Debian mirror none is guessed: the message names the variable."""
    with pytest.raises(Refused) as refused:
        mirror_of(machine)
    assert "HOMEPORT_DEBIAN_MIRROR=" in str(refused.value)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("http://a/debian", Mirror("http://a/debian", "http://a/debian-security")),
        ("http://a/debian http://b/security", Mirror("http://a/debian", "http://b/security")),
    ],
)
def test_variable_goes_before_apt(named: str, expected: Mirror) -> None:
    """HOMEPORT_DEBIAN_MIRROR wins over apt's settings; its second word is the security archive."""
    assert expected == debian_mirror(entries(SOURCES / "deb822"), {"HOMEPORT_DEBIAN_MIRROR": named})


def test_mirror_list_file_gives_its_first_address(tmp_path: Path) -> None:
    """Cloud images name a file of mirrors; its first address is the mirror."""
    listed = tmp_path / "debian.list"
    listed.write_text("https://mirror.example/debian\nhttps://other.example/debian\n")
    (tmp_path / "sources.list").write_text(f"deb mirror+file://{listed} trixie main\n")
    assert debian_mirror(entries(tmp_path), {}).main == "https://mirror.example/debian"


def test_one_line_options_and_comments_are_no_part_of_an_entry() -> None:
    """`deb [options] address suite components # comment` gives address, suite and components only."""
    ignored = "# deb http://no x main\ndeb-src http://no x main\n"
    text = f"{ignored}deb [arch=amd64 signed-by=/k] http://a/debian sid main contrib # yes"
    assert (Entry("http://a/debian", ("sid",), ("main", "contrib")),) == tuple(one_line(text))


def test_deb822_stanza_may_name_several_addresses_over_several_lines() -> None:
    """Every address of a stanza is an entry of its own, with the stanza's suites and components."""
    text = "Types: deb deb-src\nURIs: http://a/debian\n http://b/debian\nSuites: sid\nComponents: main\n"
    assert [entry.uri for entry in deb822(text)] == ["http://a/debian", "http://b/debian"]
