"""HTTPS at the gateway: our own authority, a given certificate, and no request lost when either changes."""

import base64
import http.client
import json
import os
import ssl
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from homeport.home import tls
from homeport.home.gateway.certificates import AUTHORITY_KEY, SCOPE
from homeport.home.gateway.runtime import Runtime
from homeport.secret import Secret
from homeport.targets import HomeTarget
from tests.support.https import SecureConnection, get_secure
from tests.support.installation import Installation, probe_application
from tests.support.laptop import Laptop
from tests.support.load import Load
from tests.support.ports import free_port
from tests.support.running import wait_until
from tests.support.ssh_server import ssh_server

pytestmark = pytest.mark.docker
HOST = "probe.localhost"
LAN = free_port()
NOTHING = "Nothing to do: the base is as it should be."
OWN = {"gateway": {"tls": "own"}, "registry": {"lan": LAN}}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A base with an authority of its own, and the probe on it."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    try:
        made.write_base(**OWN)
        made.setup()
        made.homeport("up", "--yes", cwd=probe_application(made.folder))
        yield made
    finally:
        made.remove()


def application(installation: Installation) -> Path:
    return installation.folder / "probe"


@pytest.fixture
def root(installation: Installation) -> str:
    """The root certificate, as a person gets it."""
    return installation.homeport("trust").stdout


def expire(installation: Installation, *, days_left: int) -> int:
    """Serve a certificate of the same authority that ends so soon; its serial number."""
    now = datetime.now(UTC) - tls.LEAF_LIFE + timedelta(days=days_left, hours=1)
    with HomeTarget.open("local", instance=installation.instance, holder="test") as target:
        certificates = target.drivers.certificates
        assert certificates is not None
        key, present = target.drivers.secrets.get(SCOPE, AUTHORITY_KEY), certificates.present()
        assert present is not None
        leaf = tls.leaf_of(key, certificates.root(), present.names, now)
        pem(installation).write_text(leaf.reveal())
        Runtime(target.home, f"{installation.instance}-gateway").serve_certificate(leaf.reveal())
    return tls.parse(leaf.reveal()).serial


def pem(installation: Installation) -> Path:
    return installation.server_folder / "gateway" / "certificates" / "gateway.pem"


# --------------------------------------------------------------- our own authority


def test_an_application_answers_by_https(installation: Installation, root: str) -> None:
    """Under a certificate that the root vouches for; the container learns how it was asked."""
    answer = get_secure(installation.https, HOST, root)
    assert (200, "1\n", "https") == (answer.status, answer.body, answer.headers["seen-proto"])
    assert "strict-transport-security" not in answer.headers
    said = installation.homeport("up", "--yes", cwd=application(installation)).stdout
    assert f"  200  https://{HOST}:{installation.https}/" in said
    assert (
        f"https://{HOST}:{installation.https}/" in installation.homeport("status", cwd=application(installation)).stdout
    )


def test_a_stranger_is_not_trusted(installation: Installation) -> None:
    """The control: with another root the certificate is refused."""
    other = tls.root_of(tls.new_key(), "stranger", datetime.now(UTC))
    with pytest.raises(ssl.SSLCertVerificationError):
        get_secure(installation.https, HOST, other)


def test_http_leads_to_https(installation: Installation) -> None:
    """With the same method, path and query (308), and the port where it is not the usual one."""
    answer = installation.get(HOST, "/a%20b/c?d=e&f=g")
    assert 308 == answer.status
    assert f"https://{HOST}:{installation.https}/a%20b/c?d=e&f=g" == answer.headers["location"]
    assert 404 == installation.get("nobody.localhost").status


def test_browsers_get_http_2(installation: Installation, root: str) -> None:
    """By ALPN; who does not know it gets HTTP/1.1."""
    connection = SecureConnection(installation.https, HOST, root)
    for offered in ("h2", "http/1.1"):
        connection.context.set_alpn_protocols([offered])
        connection.connect()
        assert offered == connection.sock.selected_alpn_protocol()
        connection.close()


def test_a_new_host_is_served_at_once(installation: Installation, root: str, tmp_path: Path) -> None:
    """While connections to another host go on, on which no request is lost."""
    second = probe_application(tmp_path, "second", targets={"home": {"kind": "docker", "hosts": ["second.test"]}})
    with pytest.raises(ssl.SSLCertVerificationError):
        get_secure(installation.https, "second.test", root)
    with Load(installation.https, HOST, ["/", "/a"], root).running() as load:
        installation.homeport("up", "--yes", cwd=second)
        assert 200 == get_secure(installation.https, "second.test", root).status
        installation.homeport("down", "--yes", cwd=second)
    assert [] == load.failures
    assert load.answers


def test_a_restart_of_the_gateway_keeps_it(installation: Installation, root: str) -> None:
    """The file is what HAProxy served."""
    before = get_secure(installation.https, HOST, root).serial
    installation.client.restart(f"{installation.instance}-gateway")
    # The engine's own listener takes connections before HAProxy does.
    wait_until(lambda: is_answered(installation, root), "the gateway after its restart")
    assert before == get_secure(installation.https, HOST, root).serial


def is_answered(installation: Installation, root: str) -> bool:
    try:
        return get_secure(installation.https, HOST, root).status == 200
    except ssl.SSLCertVerificationError:
        raise
    except (OSError, http.client.HTTPException):
        return False


@pytest.mark.parametrize("verb", ["up", "setup"])
def test_a_certificate_is_renewed_before_it_ends(installation: Installation, root: str, verb: str) -> None:
    """By whoever comes by, under load, and once. Until then doctor tells it."""
    short = expire(installation, days_left=100)
    assert "setup, or the next release, renews it" in installation.homeport("doctor", returncode=None).stdout
    assert short == get_secure(installation.https, HOST, root).serial
    with Load(installation.https, HOST, ["/", "/a"], root).running() as load:
        if verb == "up":
            installation.homeport("up", "--yes", cwd=application(installation))
        else:
            installation.setup()
        renewed = get_secure(installation.https, HOST, root).serial
    assert [] == load.failures
    assert load.answers
    assert short != renewed
    assert "✓ certificate valid until" in installation.homeport("doctor", returncode=None).stdout
    assert NOTHING in installation.setup().stdout
    assert renewed == get_secure(installation.https, HOST, root).serial


def test_a_certificate_that_is_far_from_its_end_stays(installation: Installation, root: str) -> None:
    """More than a third of its life is left."""
    kept = expire(installation, days_left=140)
    assert NOTHING in installation.setup().stdout
    assert kept == get_secure(installation.https, HOST, root).serial


def test_a_file_that_was_never_served_is(installation: Installation, root: str) -> None:
    """A kill between the file and HAProxy leaves them apart: the next setup brings them together."""
    expire(installation, days_left=200)
    written = pem(installation).read_text()
    expire(installation, days_left=201)
    pem(installation).write_text(written)
    installation.setup()
    assert tls.parse(written).serial == get_secure(installation.https, HOST, root).serial


def test_the_authoritys_key_stays_with_the_secrets(installation: Installation, root: str) -> None:
    """Readable by its owner only, and in no state, no record, nothing that is printed."""
    secrets = installation.server_folder / "secrets" / "base.json"
    assert 0o600 == stat.S_IMODE(secrets.stat().st_mode)
    with HomeTarget.open("local", instance=installation.instance, holder="test") as target:
        key = target.drivers.secrets.get(SCOPE, AUTHORITY_KEY).reveal().splitlines()[1]
    holding = [
        path
        for path in installation.server_folder.rglob("*")
        if path.is_file() and key in path.read_text(errors="replace").replace("\\n", "\n")
    ]
    assert [secrets] == holding
    assert "PRIVATE KEY" not in root


# --------------------------------------------------------------------------- trust


TRUST = """
set -e
keep=$(mktemp -d)
cp -a /etc/ssl/certs/. "$keep"
mount -t tmpfs none /etc/ssl/certs
cp -a "$keep"/. /etc/ssl/certs
rm -r "$keep"
mount -t tmpfs none /usr/local/share/ca-certificates
bundle=/etc/ssl/certs/ca-certificates.crt
ask() {
  curl -so /dev/null --cacert $bundle --resolve "$HOST:$PORT:127.0.0.1" "https://$HOST:$PORT/" || echo "refused: $?"
}
ask
"$@" trust --install --yes
ask
"$@" trust --install --yes
"$@" trust --remove --yes
ask
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="a machine's trust store of its own needs root (mount namespaces)")
def test_trust_installs_and_removes_it(installation: Installation) -> None:
    """In this machine's trust store, as this machine's own tools read it. (Here, in a copy of it.)"""
    command = ["unshare", "-m", "--propagation", "private", "bash", "-c", TRUST, "bash", *installation.command()]
    variables = installation.environment() | {"HOST": HOST, "PORT": str(installation.https)}
    done = subprocess.run(command, env=variables, cwd=installation.folder, capture_output=True, text=True, timeout=120)
    name = f"homeport-{installation.instance}-"
    said = [line.partition(name)[0] for line in done.stdout.splitlines()]
    assert [
        "refused: 60",
        "This machine trusts ",
        "Nothing to do: this machine trusts ",
        "This machine no longer trusts ",
        "refused: 60",
    ] == said, done.stderr


def test_trust_over_ssh(installation: Installation, root: str, tmp_path: Path) -> None:
    """The same root, with its fingerprint; and a release over SSH is verified by HTTPS, too."""
    with ssh_server(tmp_path) as server:
        variables = installation.environment() | server.environment()
        hidden = server.prefix([installation.server_folder])

        def client(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [*hidden, *installation.command(*arguments), "--host", server.address]
            return subprocess.run(
                command,
                env=variables,
                cwd=application(installation),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=180,
            )

        shown = client("trust")
        assert root == shown.stdout
        pairs = tls.parse(root).fingerprint.upper()
        assert ":".join(pairs[at : at + 2] for at in range(0, 64, 2)) in shown.stderr
        up = client("up", "--yes")
    assert f"200  https://{HOST}:{installation.https}/" in up.stdout, up.stderr


def test_open_over_ssh_enters_by_https(installation: Installation, tmp_path: Path) -> None:
    """Plain HTTP under a name below localhost on the laptop, where no browser trusts the root; HTTPS under the
    application's own name at the gateway, which would send all else elsewhere."""
    targets = {"home": {"kind": "docker", "hosts": ["opened.home.lan"]}}
    folder = probe_application(tmp_path, "opened", targets=targets)
    installation.homeport("up", "--yes", cwd=folder)
    with ssh_server(tmp_path) as server:
        laptop = Laptop(installation, server)
        with laptop.opened(folder) as url:
            assert f"http://opened.localhost:{installation.http}/" == url
            assert ["200 1 https"] * 3 == laptop.ask(url)
    installation.homeport("down", "--yes", cwd=folder)


# ---------------------------------------------------------------- the registry's open door


def test_other_machines_log_in_to_the_registry_with_tls(installation: Installation, root: str) -> None:
    """With its password and a certificate for its name; `setup` says how."""
    said = installation.setup().stdout
    name = "registry.localhost"
    assert f"docker login {name}:{LAN} -u homeport --password-stdin" in said
    password = installation.setup("--show-registry-login").stdout.strip()
    assert 401 == get_secure(LAN, name, root, "/v2/").status
    login = base64.b64encode(f"homeport:{password}".encode()).decode()
    answer = get_secure(LAN, name, root, "/v2/_catalog", Authorization=f"Basic {login}")
    assert ["api/probe-api"] == [one for one in json.loads(answer.body)["repositories"] if one.startswith("api/probe")]
    assert password not in said


def test_an_engine_pushes_and_pulls_there(installation: Installation, tmp_path: Path) -> None:
    """By the server's address, as a build machine in the house would."""
    password = installation.setup("--show-registry-login").stdout
    (image,) = {
        one["Image"]
        for one in installation.client.containers()
        if one["Id"] in installation.containers("probe").values()
    }
    name = f"127.0.0.1:{LAN}/api/elsewhere:1"
    docker = ["docker", "--config", str(tmp_path)]
    try:
        subprocess.run(
            [*docker, "login", f"127.0.0.1:{LAN}", "-u", "homeport", "--password-stdin"],
            input=password,
            text=True,
            check=True,
            capture_output=True,
        )
        subprocess.run([*docker, "tag", image, name], check=True)
        subprocess.run([*docker, "push", name], check=True, capture_output=True)
        subprocess.run([*docker, "pull", name], check=True, capture_output=True)
    finally:
        subprocess.run(["docker", "rmi", name], check=False, capture_output=True)


# ------------------------------------------------------------------ a given certificate


class Owner:
    """Somebody with an authority elsewhere, who puts certificates on the server."""

    def __init__(self, folder: Path) -> None:
        self.key = tls.new_key()
        self.root = tls.root_of(self.key, "an authority", datetime.now(UTC))
        self.certificate, self.key_file = folder / "home.pem", folder / "home.key"

    def write(self, *names: str, days_left: int = 300, key: Secret | None = None) -> int:
        """Both files, `key` in the place of the right one; the serial number."""
        now = datetime.now(UTC) - tls.LEAF_LIFE + timedelta(days=days_left, hours=2)
        text = tls.leaf_of(self.key, self.root, names, now).reveal()
        self.certificate.write_text(f"{tls.public_part(text)}\n{self.root}")
        self.key_file.write_text(key.reveal() if key else text[text.index("-----BEGIN PRIVATE KEY") :])
        return tls.parse(text).serial

    @property
    def settings(self) -> dict[str, object]:
        return {"gateway": {"tls": {"certificate": self.certificate, "key": self.key_file}}}


@pytest.fixture
def owner(installation: Installation, tmp_path: Path) -> Iterator[Owner]:
    """Afterwards the base has its own authority again."""
    owner = Owner(tmp_path)
    try:
        yield owner
    finally:
        installation.write_base(**OWN)
        installation.setup()


def test_a_given_certificate_is_served(installation: Installation, owner: Owner) -> None:
    """Instead of ours, by the same container; a changed file is taken up by the next setup."""
    before = installation.containers()
    serial = owner.write(HOST, "localhost")
    installation.write_base(**owner.settings | {"registry": {"lan": LAN}})
    said = installation.setup().stderr
    assert f"HTTPS by the server's own authority becomes HTTPS by the certificate {owner.certificate}" in said
    assert serial == get_secure(installation.https, HOST, owner.root).serial
    assert before == installation.containers()
    renewed = owner.write(HOST, "localhost")
    assert "serves one that is valid until" in installation.setup().stderr
    assert renewed == get_secure(installation.https, HOST, owner.root).serial
    assert NOTHING in installation.setup().stdout
    assert f"200  https://{HOST}" in installation.homeport("up", "--yes", cwd=application(installation)).stdout
    refused = installation.homeport("trust", returncode=1).stderr
    assert "has no certificate authority of its own" in refused


def test_a_certificate_that_soon_ends_or_covers_nothing_is_told(installation: Installation, owner: Owner) -> None:
    """Every setup says it; the certificate is served all the same."""
    owner.write("elsewhere.test", days_left=20)
    installation.write_base(**owner.settings | {"registry": {"lan": LAN}})
    said = installation.setup().stderr
    found = installation.homeport("doctor", returncode=None).stdout
    assert f"renew {owner.certificate}, then run setup" in found
    assert f"the certificate {owner.certificate} ends on " in said
    assert f"the certificate {owner.certificate} is not valid for registry.localhost" in said
    assert f"the certificate {owner.certificate} is valid neither for localhost nor for what stands below it" in said


@pytest.mark.parametrize("verb", [("plan",), ("up", "--yes")])
def test_an_application_outside_the_certificate_is_refused(
    installation: Installation, owner: Owner, verb: tuple[str, ...]
) -> None:
    """Before anything is built: a browser would refuse it."""
    owner.write("elsewhere.test")
    installation.write_base(**owner.settings)
    installation.setup()
    refused = installation.homeport(*verb, cwd=application(installation), returncode=1).stderr
    assert f"error: The certificate of this machine is not valid for {HOST}: browsers would refuse probe." in refused
    assert f"Renew {owner.certificate} on the server, and run: homeport setup" in refused


def test_files_that_cannot_be_served_are_refused(installation: Installation, owner: Owner, root: str) -> None:
    """Before anything is changed: what was served is served."""
    before = get_secure(installation.https, HOST, root).serial
    installation.write_base(**owner.settings)
    missing = installation.setup(returncode=1).stderr
    owner.write(HOST, key=tls.new_key())
    foreign = installation.setup(returncode=1).stderr
    owner.write(HOST, days_left=-1)
    ended = installation.setup(returncode=1).stderr
    assert f"error: {owner.certificate} is not there on this machine." in missing
    assert f"error: The certificate {owner.certificate} does not belong to its key." in foreign
    assert f"error: The certificate {owner.certificate} ended on " in ended
    assert before == get_secure(installation.https, HOST, root).serial
