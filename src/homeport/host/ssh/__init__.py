"""A server behind the user's own OpenSSH: one connection carries files, locks, sockets, commands."""

from homeport.host.ssh.host import SshHost

__all__ = ["SshHost"]
