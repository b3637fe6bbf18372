"""Serving the provider over a unix socket, for a Terraform that is told to attach to it.

Terraform then needs no plugin binary, no lock entry and no installation of this provider. `homeport/homeport` means
another address to OpenTofu than to Terraform, so it is served at both.
Source: Terraform plugin protocol 6; "TF_REATTACH_PROVIDERS" of HashiCorp's plugin SDK, debugging.
"""

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from tf.gen import (
    grpc_controller_pb2,
    grpc_controller_pb2_grpc,
    grpc_stdio_pb2_grpc,
    tfplugin_pb2_grpc,
)

from homeport import sockets
from homeport.provider.protocol import Servicer
from homeport.provider.provider import HomeportProvider

ADDRESSES = ("registry.terraform.io/homeport/homeport", "registry.opentofu.org/homeport/homeport")
MESSAGE_LIMIT = 64 << 20  # bytes
# More than Terraform's parallelism of 10: a stop must find a free thread while ten creations run.
THREADS = 64


class _Controller(grpc_controller_pb2_grpc.GRPCControllerServicer):  # type: ignore[misc]
    def Shutdown(self, request: Any, context: Any) -> Any:  # noqa: N802 (the protocol's name)
        """Terraform says goodbye after each run; the same server answers the next one."""
        return grpc_controller_pb2.Empty()


class _Stdio(grpc_stdio_pb2_grpc.GRPCStdioServicer):  # type: ignore[misc]
    def StreamStdio(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        """Nothing is printed through Terraform: the process has its own terminal."""
        return iter(())


@contextmanager
def serve(provider: HomeportProvider) -> Iterator[dict[str, str]]:
    """Serve until the context ends; gives the environment variables that make a Terraform attach."""
    folder = sockets.make_folder()
    socket = folder / "provider"
    calls = ThreadPoolExecutor(THREADS)
    server = grpc.server(
        calls,
        options=[
            ("grpc.max_receive_message_length", MESSAGE_LIMIT),
            ("grpc.max_send_message_length", MESSAGE_LIMIT),
        ],
    )
    tfplugin_pb2_grpc.add_ProviderServicer_to_server(Servicer(provider), server)
    grpc_controller_pb2_grpc.add_GRPCControllerServicer_to_server(_Controller(), server)
    grpc_stdio_pb2_grpc.add_GRPCStdioServicer_to_server(_Stdio(), server)
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    try:
        yield {"TF_REATTACH_PROVIDERS": json.dumps(dict.fromkeys(ADDRESSES, _reattach(socket)))}
    finally:
        # Calls go on when a killed Terraform no longer waits for them; nobody may have our lock before they ended.
        provider.stopping.set()
        server.stop(grace=None)
        calls.shutdown(wait=True)
        shutil.rmtree(folder, ignore_errors=True)


def _reattach(socket: Path) -> dict[str, object]:
    return {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": os.getpid(),
        "Test": True,  # Terraform leaves the process alone when it ends
        "Addr": {"Network": "unix", "String": str(socket)},
    }
