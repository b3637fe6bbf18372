"""What the doctor judges: facts in, findings out. What it asks is asked of a real server in tests/docker."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from homeport.deploy.doctor import (
    Commands,
    Finding,
    backups,
    certificate,
    clock,
    containers,
    disk,
    engine,
    gateway,
    locks,
    memory,
    names,
    networks,
    postgres,
    secrets,
    versions,
)
from homeport.home.disk import Space

HERE = Commands("local", "homeport")
THERE = Commands("ssh://ana@server:2222", "second")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RUNS: dict[str, Any] = {"Running": True, "Restarting": False, "Paused": False, "ExitCode": 0}


def levels(findings: Iterable[Finding]) -> list[str]:
    return [finding.level for finding in findings]


# ---------------------------------------------------------------- commands


def test_a_command_is_for_the_installation_that_was_looked_at() -> None:
    """What is printed can be typed as it stands: the usual server and instance are not repeated."""
    assert "homeport setup" == HERE.homeport("setup")
    assert "homeport up staging --host ssh://ana@server:2222 --instance second" == THERE.up("notes.staging")
    assert "sudo systemctl enable docker" == HERE.there("systemctl enable docker", as_root=True)
    assert "ssh -p 2222 ana@server 'sudo ip route'" == THERE.there("ip route", as_root=True)
    assert "tee -a /etc/hosts" == replace(HERE, is_root=True).here_as_root("tee -a /etc/hosts")


# ------------------------------------------------------------------ checks

ENGINE = engine.EngineFacts("26.1.5", "overlay2", "enabled", has_limits=True)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (ENGINE, ["ok"]),
        (replace(ENGINE, version="19.03.15"), ["wrong"]),
        (replace(ENGINE, driver="vfs"), ["ok", "warning"]),
        (replace(ENGINE, starts="disabled"), ["ok", "wrong"]),
        (replace(ENGINE, starts=""), ["ok", "warning"]),
        (replace(ENGINE, has_limits=False), ["ok", "warning"]),
    ],
)
def test_engine(facts: engine.EngineFacts, expected: list[str]) -> None:
    """Too old is wrong, and so is one that stays down after a restart of the machine; slow is a warning."""
    assert expected == levels(engine.judge(facts, HERE))


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        (Space("/d", 100 * 10**9, 50 * 10**9, 100, 90), "ok"),
        (Space("/d", 100 * 10**9, 4 * 10**9, 100, 90), "warning"),
        (Space("/d", 20 * 10**9, 4 * 10**9, 100, 90), "ok"),
        (Space("/d", 100 * 10**9, 10**8, 100, 90), "wrong"),
        (Space("/d", 100 * 10**9, 50 * 10**9, 1000, 10), "wrong"),
        (Space("/d", 100 * 10**9, 50 * 10**9, 0, 0), "ok"),
        (None, "warning"),
    ],
)
def test_disk(space: Space | None, expected: str) -> None:
    """Bytes and inodes run out alike; a small disk is not a full one, and one without fixed inodes has enough."""
    assert [expected] == levels(disk.judge(disk.DiskFacts((("the engine", "/d", space),), 10**9, 0), HERE))


def test_a_large_cache_of_builds_is_a_warning() -> None:
    """It is the engine's: homeport does not prune it, and says how."""
    (finding,) = disk.judge(disk.DiskFacts((), 10**9, 11 * 10**9), HERE)
    assert ("warning", "docker builder prune --keep-storage 5GB") == (finding.level, finding.mend)


@pytest.mark.parametrize(("ahead", "expected"), [(0.2, "ok"), (-40.0, "wrong"), (3600.0, "wrong")])
def test_clock(ahead: float, expected: str) -> None:
    """Certificates, records and backups go by it."""
    assert [expected] == levels(clock.judge(clock.ClockFacts(NOW, ahead, ()), HERE))


def test_a_name_that_leads_home_from_elsewhere_is_a_warning() -> None:
    """`notes.localhost` of a server leads a laptop to itself."""
    facts = names.NameFacts(
        {"notes.localhost": frozenset(["127.0.0.1"]), "notes.lan": frozenset(["10.0.0.9"]), "n.example": frozenset()},
        frozenset(["10.0.0.5"]),
        "10.0.0.5",
        is_local=False,
    )
    found = list(names.judge(facts, THERE))
    assert ["warning", "warning", "wrong"] == levels(found)
    assert "echo '10.0.0.5 n.example' | sudo tee -a /etc/hosts" == found[2].mend


@pytest.mark.parametrize(
    ("state", "restart", "changed", "expected"),
    [
        (RUNS, "always", (), "ok"),
        (RUNS, "no", (), "wrong"),
        (RUNS, "unless-stopped", (), "wrong"),
        (RUNS, "always", ("memory limit",), "wrong"),
        (RUNS | {"Restarting": True}, "always", (), "wrong"),
        (RUNS | {"Running": False}, "always", (), "wrong"),
        (RUNS | {"Paused": True}, "always", (), "wrong"),
        (RUNS | {"Health": {"Status": "unhealthy"}}, "always", (), "wrong"),
        (None, "", (), "wrong"),
    ],
)
def test_containers(state: dict[str, Any] | None, restart: str, changed: tuple[str, ...], expected: str) -> None:
    """It runs, as it was made, and comes back by itself: or it is wrong, with the one thing that is."""
    one = containers.Container("base", "gateway", "homeport-gateway", state, restart, changed)
    assert [expected] == levels(containers.judge([one], HERE))


POSTGRES = postgres.parse("homeport-postgres", "3|97|off|0|1000")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (POSTGRES, ["ok"]),
        (replace(POSTGRES, connections=80), ["warning"]),
        (replace(POSTGRES, connections=95), ["wrong"]),
        (replace(POSTGRES, damaged=2), ["ok", "wrong"]),
        (replace(POSTGRES, age=1_600_000_000), ["ok", "wrong"]),
        (postgres.PostgresFacts("homeport-postgres", refusal="no"), ["wrong"]),
    ],
)
def test_postgres(facts: postgres.PostgresFacts, expected: list[str]) -> None:
    """Connections that run out are told before they do; damaged pages and old transactions are wrong."""
    assert expected == levels(postgres.judge(facts, HERE))


@pytest.mark.parametrize(
    ("said", "lives", "expected"),
    [
        ("10.0.0.10:8000", True, "ok"),
        ("10.0.0.10:8000", False, "wrong"),
        ("10.0.0.10:8000+10.0.0.11:8000", True, "wrong"),
        ("drifted: the route's file is missing", True, "wrong"),
        (None, False, "wrong"),
    ],
)
def test_gateway(said: str | None, lives: bool, expected: str) -> None:
    """A route is served by one container that runs, and files and HAProxy say so; its owner's release mends it."""
    facts = gateway.GatewayFacts((gateway.Route("notes.lan/", "notes.home", said, lives),))
    (finding,) = gateway.judge(facts, HERE)
    assert expected == finding.level
    assert finding.mend == ("" if expected == "ok" else "homeport up home")


def test_locks_are_read_from_the_kernels_table() -> None:
    """One that waits is not one that holds; a POSIX lock is not ours."""
    text = "1: FLOCK  ADVISORY  WRITE 47 fe:00:12 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 48 fe:00:13 0 EOF\n"
    assert {"12"} == locks.parse_held(f"{text}2: POSIX  ADVISORY  WRITE 49 fe:00:14 0 EOF\n")
    assert {"12": "notes.home", "13": "notes.home.holder"} == locks.parse_inodes(
        "12 notes.home\n13 notes.home.holder\n"
    )


def test_memory_that_runs_out_is_a_warning() -> None:
    """A service that was killed is named with its limit, and the server when it has nothing left."""
    killed = memory.Killed("api", "notes.home", 256 << 20)
    facts = memory.MemoryFacts((killed,), 16 * 10**9, 10**8)
    assert ["warning", "warning"] == levels(memory.judge(facts, HERE))
    assert {"MemTotal": 2048, "MemAvailable": 1024} == memory.parse(
        "MemTotal: 2 kB\nMemAvailable: 1 kB\nHugePages: 0\n"
    )


def test_only_another_way_to_our_addresses_is_wrong() -> None:
    """The network's own bridge is none."""
    text = '[{"dst":"default","dev":"eth0"},{"dst":"172.31.0.0/22","dev":"br-1"},{"dst":"172.31.1.7","dev":"tun0"}]'
    facts = networks.NetworkFacts(
        {"edge": ("172.31.0.0/22", "br-1"), "data": ("172.31.4.0/22", "br-2")}, (), networks.parse(text)
    )
    wrong, right = networks.judge(facts, HERE)
    assert ("wrong", "sudo ip route del 172.31.1.7 dev tun0") == (wrong.level, wrong.mend)
    assert "ok" == right.level


def test_secrets_are_for_their_owner_only() -> None:
    """A group counts as others."""
    facts = secrets.SecretFacts("/f/secrets", secrets.parse("700 /f/secrets\n640 /f/secrets/a b.json\n"))
    (finding,) = secrets.judge(facts, HERE)
    assert ("wrong", "chmod go= '/f/secrets/a b.json'") == (finding.level, finding.mend)


@pytest.mark.parametrize(
    ("base", "expected"), [("0.2.0", "ok"), ("0.10.0", "wrong"), ("0.1.9", "warning"), ("", "warning")]
)
def test_versions(base: str, expected: str) -> None:
    """An older homeport than the base's is upgraded; a newer one sets it up again. 0.10 is newer than 0.9."""
    assert [expected] == levels(versions.judge(versions.VersionFacts("0.2.0", base, {}, {}), HERE))


@pytest.mark.parametrize(
    ("front", "gateway", "expected"),
    [
        ("haproxy:1", "haproxy:1", ["ok"]),
        ("haproxy:1", "haproxy:2", ["ok", "warning"]),
        ("", "haproxy:2", ["ok", "warning"]),
    ],
)
def test_a_front_of_another_version(front: str, gateway: str, expected: list[str]) -> None:
    """It is upgraded when it is asked for only: nobody is let in meanwhile."""
    images = {"front": front, "gateway": gateway, "registry": "r", "postgres": "p", "flyway": "f"}
    facts = versions.VersionFacts("0.2.0", "0.2.0", images, {name: images[name] for name in images if name != "front"})
    found = list(versions.judge(facts, HERE))
    assert expected == levels(found)
    assert [one.mend for one in found[1:]] == ["homeport setup --with-front"] * (len(expected) - 1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (versions.TerraformFacts("terraform", "1.11.4"), "ok"),
        (versions.TerraformFacts("terraform", "1.9.8"), "wrong"),
        (versions.TerraformFacts("tofu", "1.12.6"), "ok"),
        (versions.TerraformFacts("tofu", "1.9.0"), "wrong"),
        (versions.TerraformFacts(refusal="none"), "wrong"),
    ],
)
def test_terraform(facts: versions.TerraformFacts, expected: str) -> None:
    """1.11 or later of either: `required_version` of our roots asks OpenTofu for its own version."""
    assert [expected] == levels(versions.judge_terraform(facts, HERE))


def test_a_backup_on_the_same_disk_or_of_long_ago_is_a_warning() -> None:
    """What burns together is no backup."""
    good = backups.BackupFacts("/mnt/second", ("1", "2"), NOW - timedelta(days=1), NOW)
    assert ["ok", "ok"] == levels(backups.judge(good, HERE))
    assert ["warning", "ok"] == levels(backups.judge(replace(good, devices=("1", "1")), HERE))
    assert ["ok", "warning"] == levels(backups.judge(replace(good, last=NOW - timedelta(days=9)), HERE))
    assert ["warning", "warning"] == levels(backups.judge(replace(good, path="", last=None), HERE))


# ------------------------------------------------------------- certificate

VALID = certificate.CertificateFacts(NOW, NOW + timedelta(days=300), is_due=False, given="")


@pytest.mark.parametrize(
    ("facts", "level", "said"),
    [
        (VALID, "ok", "valid until 21 September 2027"),
        (replace(VALID, is_due=True), "warning", "setup, or the next release, renews it"),
        (replace(VALID, is_due=True, given="/c.pem"), "warning", "renew /c.pem, then run setup"),
        (replace(VALID, ends=NOW - timedelta(days=1), is_due=True), "wrong", "ended on 24 November 2026"),
    ],
)
def test_a_certificate_that_ends_is_told_in_time(facts: certificate.CertificateFacts, level: str, said: str) -> None:
    """Nobody may have released anything for a year."""
    (found,) = certificate.judge(facts, HERE)
    assert (level, True) == (found.level, said in found.text)
    assert found.mend == ("" if level == "ok" else "homeport setup")


def test_without_https_there_is_no_certificate_to_judge() -> None:
    assert [] == list(certificate.judge(None, HERE))
