"""The same words for the same failure, on this machine and over SSH."""

from homeport.errors import HomeportError, HostUnreachable

NEXT_STEPS = {
    "No space left on device": "Free some space there, then run the command again.",
    "Disk quota exceeded": "Free some space there, then run the command again.",
    "Permission denied": "Use the login that ran `homeport setup`, or give this one access to the folder.",
    "Read-only file system": "Make that file system writable, then run the command again.",
}


def file_failed(address: str, path: str, verb: str, reason: str) -> HomeportError:
    """A file of the server that could not be read, written or removed, with the server's own reason."""
    return HomeportError(f"{path} on {address} cannot be {verb}: {reason}", next_step=NEXT_STEPS.get(reason, ""))


def absolute(path: str) -> str:
    """The path, if it is one that means the same to every process of the server."""
    if not path.startswith("/") or "\0" in path:
        raise ValueError(f"should be an absolute path: {path!r}")
    return path


def command_too_slow(address: str, program: str, seconds: float) -> HomeportError:
    """A command that did not end in its time. It was stopped."""
    return HomeportError(
        f"{program} on {address} did not end within {seconds:g} s and was stopped.",
        next_step="Look at the load of that machine, then run the command again.",
    )


def engine_missing(address: str, path: str) -> HostUnreachable:
    return HostUnreachable(
        f"There is no Docker engine on {address}: {path} does not exist.",
        next_step=f"Start Docker there, or install it with: homeport setup{_there(address)}",
    )


def engine_forbidden(address: str, path: str, login: str) -> HostUnreachable:
    return HostUnreachable(
        f"{login} may not use the Docker engine of {address}: {path}: Permission denied",
        next_step=f"Run there: sudo usermod -aG docker {login}, then log in again.",
    )


def engine_silent(address: str, path: str, detail: str) -> HostUnreachable:
    return HostUnreachable(
        f"The Docker engine of {address} does not answer on {path}.",
        detail=detail,
        next_step=f"Start it with: homeport setup{_there(address)}\n"
        "If it ends again, its log says why: journalctl -u docker, "
        "or /var/log/dockerd-homeport.log where there is no systemd.",
    )


def _there(address: str) -> str:
    """What names the host on a command line; this machine needs no name."""
    return f" --host {address}" if address.startswith("ssh:") else ""
