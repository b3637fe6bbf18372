"""What a figure was measured on. A figure without it says nothing."""

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import docker

from homeport import __version__
from homeport.terraform import find


@dataclass(frozen=True, slots=True)
class Machine:
    """`load` is the load average of the last minute when this record was made: what else kept the machine busy."""

    cpu: str
    cores: int
    memory_gib: float
    kernel: str
    engine: str
    terraform: str
    python: str
    homeport: str
    load: float
    date: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"))

    @classmethod
    def this(cls) -> "Machine":
        return cls(
            cpu=_first("/proc/cpuinfo", "model name"),
            cores=len(os.sched_getaffinity(0)),
            memory_gib=round(int(_first("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
            kernel=platform.release(),
            engine=docker.APIClient().version()["Version"],
            terraform=find().version(),
            python=sys.version.split()[0],
            homeport=__version__,
            load=os.getloadavg()[0],
        )

    def lines(self) -> Iterator[str]:
        yield f"{self.cpu}, {self.cores} cores, {self.memory_gib} GiB; load average {self.load:.1f} at the start"
        yield f"Linux {self.kernel}; Docker {self.engine}; Terraform {self.terraform}; Python {self.python}"
        yield f"homeport {self.homeport}; {self.date}"


def _first(file: str, name: str) -> str:
    """The value of the first line of a /proc file that begins with a name."""
    lines = Path(file).read_text().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(name))
