"""Docker volumes of an installation. Nothing here removes data: that is done by a person."""

from dataclasses import dataclass

from docker.errors import APIError, NotFound

from homeport.errors import EngineFailed, Refused
from homeport.home.home import Home


@dataclass(frozen=True, slots=True)
class Volume:
    path: str  # the folder that the owner chose; empty for the engine's own place
    mountpoint: str


def name_of(home: Home, name: str) -> str:
    """The engine's name of our volume."""
    return f"{home.instance}-{name}"


def look(home: Home, name: str) -> Volume | None:
    """The volume as the engine has it; None when it is gone."""
    try:
        found = home.docker.inspect_volume(name_of(home, name))
    except NotFound:
        return None
    path = (found.get("Options") or {}).get("device", "")
    return Volume(path, path or found["Mountpoint"])


def holds_data(home: Home, name: str, present: Volume) -> bool:
    """Whether data would go with the engine's volume. What lies at an owner's path stays there whatever happens to it.

    Source: Docker Engine API, "Get data usage information", UsageData of a volume.
    """
    if present.path:
        return False
    sizes = {one["Name"]: (one["UsageData"] or {}).get("Size", -1) for one in home.docker.df()["Volumes"] or []}
    return sizes.get(name_of(home, name)) != 0


def ensure(home: Home, name: str, path: str) -> str:
    """The volume, made if it is not there, at the owner's path if one is given; returns where its data lies."""
    present = look(home, name)
    if present is not None and present.path == path:
        return present.mountpoint
    if present is not None:
        _give_up(home, name, present)
    options = {"type": "none", "o": "bind", "device": path} if path else None
    if path:
        home.host.files.make_folder(path)
    try:
        made = home.docker.create_volume(
            name_of(home, name), driver="local", driver_opts=options, labels=home.labels(volume=name)
        )
    except APIError as error:
        raise EngineFailed(
            f"Volume {name_of(home, name)} could not be made.", detail=str(error.explanation or error)
        ) from error
    return path or str(made["Mountpoint"])


def _give_up(home: Home, name: str, present: Volume) -> None:
    """Remove the engine's volume, that another may have its name. Raises Refused where its data would go with it."""
    if holds_data(home, name, present):
        raise Refused(
            f"Volume {name_of(home, name)} holds data at {present.mountpoint}: it is not moved to another place.",
            next_step="Move its data, remove the volume with docker volume rm, and run setup again.",
        )
    try:
        home.docker.remove_volume(name_of(home, name))
    except APIError as error:
        raise EngineFailed(
            f"Volume {name_of(home, name)} could not be moved.", detail=str(error.explanation or error)
        ) from error
