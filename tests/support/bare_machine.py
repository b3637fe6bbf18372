"""A bare Debian machine inside this one: its own files, processes and network, a way out to the registries, no Docker.

It needs root, mmdebstrap, iproute2 and iptables here. This machine's engine is not touched: the network namespace keeps
an engine that is started inside from its networks, and the mount namespace from its socket and its images.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from homeport.machine import apt
from homeport.machine.authorities import BUNDLE, private_authorities
from homeport.machine.base import KEYRING

# A server behind systemd's own resolver is not reached from another network namespace: the real ones are in its file.
RESOLVERS = (Path("/run/systemd/resolve/resolv.conf"), Path("/etc/resolv.conf"))
PATIENCE = 900  # seconds for one command
PACKAGES = ("python3", "bash", "ca-certificates")  # what a minimal server has, and no more
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CLIENT_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")

# The first process: it makes the machine's own view of the world, then reaps what is orphaned, as an init does.
MOUNTS = """
set -eu
mount --bind "$1" "$1" && cd "$1"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev && mkdir dev/pts dev/shm
for device in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0'; do
  set -- "$1" "$2" $device && mknod -m 666 "dev/$3" c "$4" "$5"
done
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts && ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s /proc/self/fd dev/fd && ln -s fd/0 dev/stdin && ln -s fd/1 dev/stdout && ln -s fd/2 dev/stderr
hostname "$2"
pivot_root . mnt
cd / && exec python3 -c 'import ctypes, signal
DETACH = 2
assert 0 == ctypes.CDLL(None).umount2(b"/mnt", DETACH)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("up", flush=True)
while True: signal.pause()'
"""


@dataclass(frozen=True)
class BareMachine:
    """A machine that is up; `root` is its file system as seen from here, `init` its first process."""

    name: str
    root: Path
    init: int
    variables: Mapping[str, str] = field(default_factory=dict)

    def command(self, script: str, user: str = "root") -> list[str]:
        """What runs the script by bash inside, as that login and in its home folder."""
        home = "/root" if user == "root" else f"/home/{user}"
        settings = {"HOME": home, "USER": user, "LANG": "C.UTF-8", "PATH": PATH, **self.variables}
        enter = ["nsenter", f"--target={self.init}", "--mount", "--uts", "--ipc", "--net", "--pid"]
        login = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        environment = ["env", "-i", *(f"{name}={value}" for name, value in settings.items())]
        return [*enter, *login, *environment, "bash", "-c", f"cd {home} || exit\n{script}"]

    def run(self, script: str, *, user: str = "root", returncode: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a script to its end; `returncode` None accepts any."""
        done = subprocess.run(
            self.command(script, user),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if returncode is not None:
            assert returncode == done.returncode, f"{script}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def put_checkout(self, repository: Path, folder: str) -> None:
        """What git would commit of the working tree, new files included."""
        listed = ["git", "-C", str(repository), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        files = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
        place = self.root / folder.lstrip("/")
        for name in filter(None, files):
            if (source := repository / name).is_file():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, place / name)

    def containers(self) -> dict[str, str]:
        """Name to id and time of start of what runs on the engine inside."""
        listed = self.run("docker ps --no-trunc --quiet | xargs docker inspect").stdout
        return {one["Name"]: f"{one['Id']} {one['State']['StartedAt']}" for one in json.loads(listed)}


def make_root(archive: Path, suite: str = "bookworm", packages: Sequence[str] = ()) -> None:
    """The machine's file system as a tar, which any number of machines may start from."""
    mirror = apt.debian_mirror(apt.entries())
    run(
        *("mmdebstrap", "--variant=apt", f"--include={','.join((*PACKAGES, *packages))}", f"--keyring={KEYRING}"),
        *('--aptopt=APT::Install-Recommends "false"', suite, str(archive)),
        *(f"deb {mirror.main} {suite} main", f"deb {mirror.main} {suite}-updates main"),
        f"deb {mirror.security} {suite}-security main",
    )


@contextmanager
def bare_machine(archive: Path, name: str = "bare", network: str = "10.254.78") -> Iterator[BareMachine]:
    """A machine made of a tar of `make_root`. At the end nothing of it is left: processes, mounts, network, files."""
    with ExitStack() as stack:
        root = Path(mkdtemp(prefix=f"homeport-{name}-", dir="/var/tmp"))  # a real disk: overlay2 needs one
        stack.callback(_remove, root)
        run("tar", "--extract", f"--file={archive}", f"--directory={root}", "--exclude=./dev/*")
        root.chmod(0o755)
        shutil.copy(next(file for file in RESOLVERS if file.exists()), root / "etc/resolv.conf")
        (root / "etc/hosts").write_text(f"127.0.0.1 localhost {name}\n")
        stack.enter_context(_network(name, network))
        init = stack.enter_context(_first_process(root, name))
        machine = BareMachine(name, root, init, {key: str(BUNDLE) for key in CLIENT_VARIABLES if key in os.environ})
        _trust(machine)
        yield machine


def _trust(machine: BareMachine) -> None:
    """The authorities that this machine trusts beside the public ones, in the place that Debian has for them."""
    folder = machine.root / "usr/local/share/ca-certificates"
    for number, text in enumerate(private_authorities()):
        (folder / f"private-{number}.crt").write_text(text + "\n")
    machine.run("update-ca-certificates")


@contextmanager
def _network(name: str, network: str) -> Iterator[None]:
    """A network namespace with a cable to this machine, which hands on what is meant for elsewhere."""
    cable, inside = f"{name[:12]}-a", ("ip", "-n", name)
    masquerade = ("POSTROUTING", "-s", f"{network}.0/30", "!", "-o", cable, "-j", "MASQUERADE")
    with ExitStack() as stack:
        run("ip", "netns", "add", name)
        stack.callback(run, "ip", "netns", "del", name)
        run(
            "ip",
            "link",
            "add",
            cable,
            "mtu",
            "1400",
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "mtu",
            "1400",
            "netns",
            name,
        )
        stack.callback(run, "ip", "link", "del", cable)
        run("ip", "addr", "add", f"{network}.1/30", "dev", cable)
        run("ip", "link", "set", cable, "up")
        run(*inside, "addr", "add", f"{network}.2/30", "dev", "eth0")
        for link in ("lo", "eth0"):
            run(*inside, "link", "set", link, "up")
        run(*inside, "route", "add", "default", "via", f"{network}.1")
        for rule in (("FORWARD", "-i", cable, "-j", "ACCEPT"), ("FORWARD", "-o", cable, "-j", "ACCEPT")):
            run("iptables", "-w", "-I", *rule)
            stack.callback(run, "iptables", "-w", "-D", *rule)
        run("iptables", "-w", "-t", "nat", "-A", *masquerade)
        stack.callback(run, "iptables", "-w", "-t", "nat", "-D", *masquerade)
        yield


@contextmanager
def _first_process(root: Path, name: str) -> Iterator[int]:
    """Its id here. When it is killed the kernel kills all that runs in its process namespace."""
    apart = ["nsenter", f"--net=/run/netns/{name}", "unshare", "--mount", "--uts", "--ipc", "--pid", "--fork"]
    started = subprocess.Popen(
        [*apart, "--kill-child", "sh", "-c", MOUNTS, "sh", str(root), name], stdout=subprocess.PIPE, text=True
    )
    try:
        assert started.stdout is not None
        assert "up\n" == started.stdout.readline(), "the bare machine did not come up"
        children = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
        yield int(children[0])
    finally:
        os.kill(started.pid, signal.SIGKILL)
        started.wait()


def _remove(root: Path) -> None:
    """The files, and the control groups that the engine inside left when it was killed."""
    for container in root.glob("var/lib/docker/containers/*"):
        for group in _groups(container.name):
            _until(partial(_is_removed, group), f"something still runs in {group}")
    _until(lambda: f" {root}" not in Path("/proc/self/mountinfo").read_text(), f"something is mounted below {root}")
    run("rm", "-rf", "--one-file-system", str(root))


def _groups(container: str) -> list[Path]:
    """By find: those of other engines come and go while it looks."""
    wanted = ("-type", "d", "-path", f"*/docker/{container}")
    found = subprocess.run(["find", "/sys/fs/cgroup", *wanted], check=False, capture_output=True, text=True)
    return [Path(line) for line in found.stdout.splitlines()]


def _is_removed(group: Path) -> bool:
    """Killed processes leave their group a moment after the machine's first process has ended."""
    try:
        group.rmdir()
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return False
    return True


def _until(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


def run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"


if __name__ == "__main__":  # for looking around by hand: python -m tests.support.bare_machine ARCHIVE
    with bare_machine(Path(sys.argv[1])) as opened:
        subprocess.run(opened.command("exec bash"), check=False)
