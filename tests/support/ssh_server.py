"""A server of our own to log in to: an sshd on a private address, and clients that see nothing but it.

    with ssh_server(tmp_path) as server:
        monkeypatch.setenv("HOMEPORT_SSH_CONFIG", str(server.config))
        host = connect(server.address)                   # from this process
        server.client(["homeport", "up"], hide=[folder]) # where only the server's ssh is reachable

Needs root, sshd (openssh-server), iproute2 and util-linux. Everything is removed at the end: the sshd and its
sessions by process id, the network namespace with both ends of its link.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

PORT = 18022
SSHD = "/usr/sbin/sshd"


@dataclass(frozen=True, slots=True)
class SshServer:
    """A running sshd that lets any login in with a key of its own."""

    address: str  # for connect(): ssh://root@10.253.N.1:18022
    config: Path  # for HOMEPORT_SSH_CONFIG
    ip: str
    namespace: str  # the clients' network namespace
    link: str  # the server's end of the link to it
    process: subprocess.Popen[bytes]
    folder: Path

    def prefix(self, hide: Sequence[Path] = ()) -> list[str]:
        """The start of a command line whose process sees neither this machine's /run (so no engine's
        socket), nor the folders in `hide`, nor any address but the server's."""
        mounts = "; ".join(f"mount -t tmpfs none {folder}" for folder in ("/run", *map(str, hide)))
        script = f'set -e; {mounts}; exec "$@"'
        isolated = ["unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh"]
        return ["ip", "netns", "exec", self.namespace, *isolated]

    def environment(self) -> dict[str, str]:
        """The environment of such a client."""
        return os.environ | {"HOMEPORT_SSH_CONFIG": str(self.config)}

    def client(
        self, command: Sequence[str], *, hide: Sequence[Path] = (), timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there to its end."""
        return subprocess.run(
            [*self.prefix(hide), *command],
            capture_output=True,
            text=True,
            env=self.environment(),
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )

    def start_client(
        self,
        command: Sequence[str],
        *,
        hide: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start a command there, with pipes to all its streams."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*self.prefix(hide), *command],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            env=self.environment() | dict(environment or {}),
        )

    def far_away(self, seconds: float) -> "SshServer":
        """The same server for a client whose every word is `seconds` on its way, and every answer as long."""
        config = self.folder / f"ssh_config.{seconds}"
        delay = f"{sys.executable} {Path(__file__).with_name('delay.py')} %h %p {seconds}"
        config.write_text(f"ProxyCommand {delay}\n{self.config.read_text()}")
        return replace(self, config=config)

    def cut(self) -> None:
        """The network between the clients and the server goes down."""
        _run("ip", "link", "set", self.link, "down")

    def mend(self) -> None:
        _run("ip", "link", "set", self.link, "up")

    def sessions(self) -> list[int]:
        """The process ids of the connections' own sshd."""
        return _children(self.process.pid)

    def end_sessions(self) -> None:
        """Every connection ends at once, as when sshd crashes: no client hears how its shell ended."""
        for process_id in self.sessions():
            descendants = _children(process_id)
            for ending in (process_id, *descendants):
                _kill(ending)


@contextmanager
def ssh_server(folder: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[SshServer]:
    """An sshd with `settings` added to its configuration; its keys and logs are in `folder`."""
    _require("ip", "unshare", "ssh-keygen", SSHD)
    with _network() as (namespace, link, ip):
        keys = _make_keys(folder, ip)
        process = _start_sshd(folder, ip, settings or {})
        address = f"ssh://root@{ip}:{PORT}"
        server = SshServer(address, keys, ip, namespace, link, process, folder)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            server.end_sessions()
            process.terminate()
            process.wait()


@contextmanager
def _network() -> Iterator[tuple[str, str, str]]:
    """A namespace with a link of its own to this one, on the first free number."""
    for number in range(os.getpid() % 100, 250):
        namespace, here, there = f"homeport-t{number}", f"hpt{number}a", f"hpt{number}b"
        if _try("ip", "netns", "add", namespace):
            break
    else:
        raise RuntimeError("no free number for a network namespace: see `ip netns list`")
    try:
        ip, client_ip = f"10.253.{number}.1", f"10.253.{number}.2"
        _run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", namespace)
        _run("ip", "addr", "add", f"{ip}/30", "dev", here)
        _run("ip", "link", "set", here, "up")
        inside = ("ip", "-n", namespace)
        _run(*inside, "addr", "add", f"{client_ip}/30", "dev", there)
        _run(*inside, "link", "set", there, "up")
        _run(*inside, "link", "set", "lo", "up")
        yield namespace, here, ip
    finally:
        _try("ip", "link", "del", here)  # at once: the namespace may live on in a client that is still ending
        _run("ip", "netns", "del", namespace)


def _make_keys(folder: Path, ip: str) -> Path:
    """A host key, a login key, and the client's configuration that knows both."""
    for name in ("host_key", "login_key"):
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
    shutil.copy(folder / "login_key.pub", folder / "authorized_keys")
    host_key = (folder / "host_key.pub").read_text()
    (folder / "known_hosts").write_text(f"[{ip}]:{PORT} {host_key}")
    config = folder / "ssh_config"
    config.write_text(
        "Host *\n"
        f"  UserKnownHostsFile {folder}/known_hosts\n"
        f"  IdentityFile {folder}/login_key\n"
        "  IdentitiesOnly yes\n"
        "  GlobalKnownHostsFile /dev/null\n"
    )
    return config


def _start_sshd(folder: Path, ip: str, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # Settings first: sshd takes the first value that it reads. Absolute paths: it starts itself again in /.
    lines = [
        *(f"{key} {value}" for key, value in settings.items()),
        f"ListenAddress {ip}",
        f"Port {PORT}",
        f"HostKey {folder}/host_key",
        # Read as root: the folder is closed to the logins that sshd would read a file as.
        "AuthorizedKeysFile none",
        f"AuthorizedKeysCommand /bin/cat {folder}/authorized_keys",
        "AuthorizedKeysCommandUser root",
        f"PidFile {folder}/sshd.pid",
        "StrictModes no",
        "UsePAM no",
        "UseDNS no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
    ]
    (folder / "sshd_config").write_text("\n".join(lines) + "\n")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd's own, usually made by its service
    return subprocess.Popen(
        [SSHD, "-D", "-f", str(folder / "sshd_config"), "-E", str(folder / "sshd.log")],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait_until_it_answers(server: SshServer) -> None:
    for _ in range(100):
        if server.process.poll() is not None:
            break
        log = server.folder / "sshd.log"
        if log.exists() and "Server listening" in log.read_text():
            return
        time.sleep(0.05)
    raise RuntimeError(f"sshd did not start: {(server.folder / 'sshd.log').read_text()}")


def _require(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise RuntimeError(f"not installed: {', '.join(missing)} (apt-get install openssh-server iproute2)")
    if os.geteuid() != 0:
        raise RuntimeError("needs root, for the network namespace")


def _children(process_id: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _kill(process_id: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process_id, signal.SIGKILL)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _try(*command: str) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0
