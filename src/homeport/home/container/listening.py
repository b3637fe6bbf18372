"""Where a container listens, when it is not where it should."""

from collections.abc import Iterable

from homeport.home.home import Home

LISTENING = "0A"  # the state of a listening socket in /proc/net/tcp
ENGINE_RESOLVER = "0B00007F"  # 127.0.0.11, the engine's own name server in every container
LOOPBACKS = ("0100007F", "00000000000000000000000001000000")  # 127.0.0.1 and ::1


def elsewhere(home: Home, container: str, port: int) -> str:
    """Words to add to "it does not answer on `port`"; empty when it listens there, or nowhere."""
    process = home.docker.inspect_container(container)["State"]["Pid"]
    tables = [home.host.run(["cat", f"/proc/{process}/net/{table}"]).stdout.decode() for table in ("tcp", "tcp6")]
    return described(tables, port)


def described(tables: Iterable[str], port: int) -> str:
    """The same from the text of /proc/net/tcp and tcp6."""
    sockets = _sockets(tables)
    addresses = {address for address, listening in sockets if listening == port}
    if not sockets or addresses.difference(LOOPBACKS):
        return ""
    if addresses:
        return "; it listens on its own loopback only"
    return f"; it listens on {', '.join(map(str, sorted({listening for _, listening in sockets})))}"


def _sockets(tables: Iterable[str]) -> set[tuple[str, int]]:
    rows = [line.split() for table in tables for line in table.splitlines()]
    local = [row[1].partition(":") for row in rows if len(row) > 3 and row[3] == LISTENING]
    return {(address, int(port, 16)) for address, _, port in local if address != ENGINE_RESOLVER}
