"""How ministack is set up here: it reads all of it from the environment, when it is imported."""

import socket
from dataclasses import dataclass

from homeport.aws.endpoints import EMULATED_PREFIX

ACCOUNT = "000000000000"
REGION = "eu-west-1"
LABEL = "ministack.instance"
SOCKET = "unix:///var/run/docker.sock"


def host_name() -> str:
    """The first half of an instance's name; ministack's own would be this machine's name, which others use, too."""
    return f"homeport@{socket.gethostname()}"


@dataclass(frozen=True, slots=True)
class Settings:
    """One emulator. `bridge` is the address by which containers reach this machine; both addresses have `port`."""

    port: int
    bridge: str
    region: str = REGION
    account: str = ACCOUNT
    has_auth: bool = False  # policies, trust policies and private buckets are enforced

    @property
    def instance(self) -> str:
        """What labels all that this emulator makes on the engine."""
        return f"{host_name()}:{self.port}"

    @property
    def binds(self) -> list[str]:
        return [f"{address}:{self.port}" for address in ("127.0.0.1", self.bridge)]

    def environment(self) -> dict[str, str]:
        """Nothing persists, and databases are on the engine's own bridge, where tasks and this machine reach them."""
        return {
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOSTNAME": host_name(),
            "MINISTACK_ACCOUNT_ID": self.account,
            "MINISTACK_REGION": self.region,
            "MINISTACK_IMAGE_PREFIX": EMULATED_PREFIX,
            "MINISTACK_DOCKER_TIMEOUT": "60",  # a busy engine is slow, not gone
            "DOCKER_HOST": SOCKET,
            "DOCKER_NETWORK": "bridge",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": "true" if self.has_auth else "false",
            "PERSIST_STATE": "0",
            "S3_PERSIST": "0",
            "RDS_PERSIST": "0",
            "LOG_LEVEL": "INFO",
        }
