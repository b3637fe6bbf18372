"""A task behind a load balancer takes over once it listens, as on AWS: ministack waits for a fixed moment instead.

On a busy machine nobody listened then: the tasks of before were gone, and those that came had not begun.
Source: Amazon ECS, "Service load balancing": a task counts as healthy when its target group says so.
"""

import socket
import time
from typing import Any

from ministack.services import ecs

PATIENCE = 120.0  # seconds; what never listens is for whoever asks it to find out
POLL = 0.2

_healthy = ecs._record_service_task_healthy


def apply() -> None:
    ecs._record_service_task_healthy = healthy


def healthy(service: str, task: dict[str, Any]) -> None:
    """Called in a thread of the deployment's own."""
    balanced = (ecs._services.get(service) or {}).get("loadBalancers") or ()
    deadline = time.monotonic() + PATIENCE
    for port in [int(one["containerPort"]) for one in balanced if one.get("containerPort")]:
        while task.get("lastStatus") == "RUNNING" and time.monotonic() < deadline and not _listens(task, port):
            time.sleep(POLL)
    _healthy(service, task)


def _listens(task: dict[str, Any], port: int) -> bool:
    try:
        socket.create_connection((ecs._task_ip(task), port), timeout=1).close()
    except OSError:
        return False
    return True
