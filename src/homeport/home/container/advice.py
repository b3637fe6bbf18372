"""What to write into homeport.yaml when a default of ours, or a setting of its own, kept a container from starting."""

import re

from homeport.home.container.spec import ContainerSpec

SECTIONS = {"api": "services", "model": "models", "site": "sites"}
READ_ONLY = re.compile(r"^.*Read-only file system.*$", re.MULTILINE | re.IGNORECASE)
PATH = re.compile(r"(?<![\w/.])/[\w./-]+")
NOT_PERMITTED = re.compile(r"Operation not permitted|Permission denied")


def advice(spec: ContainerSpec, cause: str, log: str) -> str:
    """The next step; empty where the cause and the log are all that can be said."""
    if spec.is_base:
        return ""
    where = f"{_section(spec.image)}.{spec.service}"
    if "killed for memory" in cause:
        return f"Give it more in homeport.yaml, for example {where}.memory: {2 * spec.memory // 2**20}M"
    if spec.read_only and (line := READ_ONLY.search(log)):
        return (
            f"Its root is read-only by default{_written(line[0])}. In homeport.yaml add {where}.tmpfs: [/the/folder] "
            f"for a folder in memory, or {where}.read_only: false"
        )
    if NOT_PERMITTED.search(log):
        return (
            "Capabilities are dropped by default. In homeport.yaml add what it needs, "
            f"for example {where}.cap_add: [CHOWN]"
        )
    return _about_its_port(spec, where, cause)


def _about_its_port(spec: ContainerSpec, where: str, cause: str) -> str:
    if "its own loopback" in cause:
        return "Let it listen on 0.0.0.0: nothing outside of its container reaches 127.0.0.1 there."
    if "; it listens on" in cause:
        return f"In homeport.yaml set {where}.port to the port it listens on."
    if "did not become healthy" in cause:
        return (
            "If it only needs longer, give it more seconds in homeport.yaml, "
            f"for example {where}.healthcheck.start_period: {2 * spec.start_period}"
        )
    return ""


def _section(image: str) -> str:
    """Where the manifest has it, from the namespace of its image."""
    namespaces = [part for part in image.partition("@")[0].split("/") if part in SECTIONS]
    return SECTIONS[namespaces[0]] if namespaces else "services"


def _written(line: str) -> str:
    """The path in the line of the log, in whatever words the program has."""
    paths = PATH.findall(line)
    return f", and it writes to {paths[-1]}" if paths else ""
