"""AWS on this machine: ministack with patches, in a process of its own. Real containers, no account."""

from homeport.aws.emulator.running import Running, emulator, require_ministack

__all__ = ["Running", "emulator", "require_ministack"]
