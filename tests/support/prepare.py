"""What the tests of the engine need on this machine: `python -m tests.support.prepare` installs what is missing."""

import os
import shutil
import subprocess
import sys

import docker

from homeport.events import Event
from homeport.host import LocalHost
from homeport.machine import ensure_engine, ensure_images

PACKAGES = {"/usr/sbin/sshd": "openssh-server", "ip": "iproute2", "git": "git", "faketime": "faketime"}


def tell(event: Event) -> None:
    sys.stdout.write(f"{event.step:<9} {event.subject:<12} {event.text}\n")
    sys.stdout.flush()


def main() -> None:
    """A Docker engine, the service images, and programs: an sshd that is not started, and what the tests call."""
    ensure_engine(LocalHost(), tell, confirm=lambda steps: True)
    ensure_images(docker.APIClient(), tell, source=None)
    missing = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    if missing:
        print(f"installing {', '.join(missing)}", flush=True)
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*sudo, "apt-get", "update", "-q"], check=True, stdout=subprocess.DEVNULL)
        install = [*sudo, "apt-get", "install", "-qy", "--no-install-recommends", *missing]
        subprocess.run(
            install, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        )


if __name__ == "__main__":
    main()
