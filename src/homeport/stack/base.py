"""The root of a server's base."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeport.stack.root import Root, root

SOURCE = "./modules/home/base"


@dataclass(frozen=True, slots=True)
class BaseStack:
    """All that the base's root depends on: `user` is the uid:gid that owns `folder`; `images` are references.

    `https` is published with `tls` only; so is `registry_lan`, 0 for none.
    """

    host: str
    instance: str
    folder: str
    user: str
    images: Mapping[str, str]
    edge: str
    data: str
    address: str
    http: int
    https: int
    registry_port: int
    backup: str
    tls: bool = False
    registry_lan: int = 0


def render_base(stack: BaseStack) -> Root:
    """The root of the base module."""
    gateway: dict[str, Any] = {"address": stack.address, "http": stack.http}
    registry: dict[str, Any] = {"port": stack.registry_port}
    if stack.registry_lan:
        registry["lan"] = stack.registry_lan
    inputs: dict[str, Any] = {
        "folder": stack.folder,
        "user": stack.user,
        "images": {name: stack.images[name] for name in ("registry", "postgres", "gateway", "front")},
        "networks": {"edge": stack.edge, "data": stack.data},
        "gateway": gateway | ({"https": stack.https} if stack.tls else {}),
        "registry": registry | ({"backup": stack.backup} if stack.backup else {}),
    }
    return root("base", SOURCE, inputs, host=stack.host, instance=stack.instance)
