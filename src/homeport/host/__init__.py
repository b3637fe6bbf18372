"""A server, seen from here: its Docker socket, its files, its locks, its ports. Local, or over SSH.

Nothing else in homeport opens a path, a socket or a port of a server.
"""

from homeport.host.connect import begin, connect
from homeport.host.local import LocalHost
from homeport.host.protocol import Endpoint, Files, Host, Lock, Output

__all__ = ["Endpoint", "Files", "Host", "LocalHost", "Lock", "Output", "begin", "connect"]
