"""The sizes of a task on Fargate: processors and memory come in certain pairs only.

Source: Amazon Elastic Container Service Developer Guide, "Task size".
"""

from dataclasses import dataclass

CPU = 1024  # units of a processor
GIB = 1024  # mebibytes
SIZES: tuple[tuple[int, tuple[int, ...]], ...] = (
    (CPU // 4, (GIB // 2, GIB, 2 * GIB)),
    (CPU // 2, tuple(range(GIB, 4 * GIB + 1, GIB))),
    (CPU, tuple(range(2 * GIB, 8 * GIB + 1, GIB))),
    (2 * CPU, tuple(range(4 * GIB, 16 * GIB + 1, GIB))),
    (4 * CPU, tuple(range(8 * GIB, 30 * GIB + 1, GIB))),
    (8 * CPU, tuple(range(16 * GIB, 60 * GIB + 1, 4 * GIB))),
    (16 * CPU, tuple(range(32 * GIB, 120 * GIB + 1, 8 * GIB))),
)
MOST_CPUS = SIZES[-1][0] // CPU
MOST_MEMORY = SIZES[-1][1][-1] * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class TaskSize:
    """The size of a task: `cpu` in units of 1/1024 processor, `memory` in mebibytes."""

    cpu: int
    memory: int

    @property
    def cpus(self) -> float:
        return self.cpu / CPU

    @property
    def bytes(self) -> int:
        return self.memory * 1024 * 1024

    def __str__(self) -> str:
        return f"{self.cpus:g} vCPU and {self.memory / GIB:g} GB"


def task_size(cpus: float, memory: int) -> TaskSize | None:
    """The smallest pair that has both, `memory` in bytes; None where none has."""
    for cpu, choices in SIZES:
        enough = [choice for choice in choices if choice * 1024 * 1024 >= memory]
        if cpu >= cpus * CPU and enough:
            return TaskSize(cpu, enough[0])
    return None
