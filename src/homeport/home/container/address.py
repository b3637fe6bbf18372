"""Fixed addresses on the edge network.

Dynamic addresses swap when containers start in another order, so a route would lead to another application. An
address is free only if no container of ours has it (a stopped one does not reserve it) and no route names it (a
container that was removed by hand leaves its address in the gateway).
"""

import ipaddress
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from homeport.errors import EngineFailed
from homeport.home.home import Home

FIRST = 10  # below are the base's own
ADDRESS = re.compile(rb"\b\d{1,3}(?:\.\d{1,3}){3}\b")


def free_address(home: Home) -> str:
    """The lowest free address of the lower half of the edge subnet. Call it with the `addresses` lock held."""
    with ThreadPoolExecutor(3) as pool:  # each is a way to the server and back
        network = pool.submit(_subnet, home)
        containers, routes = pool.submit(_of_containers, home), pool.submit(_of_routes, home)
        subnet, taken = ipaddress.ip_network(network.result()), containers.result() | routes.result()
    for offset in range(FIRST, subnet.num_addresses // 2):
        candidate = str(subnet[offset])
        if candidate not in taken:
            return candidate
    raise EngineFailed(
        f"Every fixed address of network {home.network('edge')} ({subnet}) is taken.",
        next_step="Give the base a larger network.edge in homeport.base.yaml, then run: homeport setup",
    )


def address_on(found: dict[str, Any], network: str) -> str:
    """A container's fixed address on a network, from its inspection or its listing; empty without one."""
    endpoint = (found.get("NetworkSettings") or {}).get("Networks", {}).get(network) or {}
    return str((endpoint.get("IPAMConfig") or {}).get("IPv4Address") or endpoint.get("IPAddress") or "")


def _subnet(home: Home) -> str:
    network = home.docker.inspect_network(home.network("edge"))
    return str(network["IPAM"]["Config"][0]["Subnet"])


def _of_containers(home: Home) -> set[str]:
    ours = home.docker.containers(all=True, filters={"label": f"homeport.instance={home.instance}"})
    return {address_on(container, home.network("edge")) for container in ours}


def _of_routes(home: Home) -> set[str]:
    files = home.host.files.read_folder(home.path("gateway", "conf.d"))
    return {match.decode() for text in files.values() for match in ADDRESS.findall(text)}
