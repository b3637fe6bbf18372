"""Docker volumes of an installation. Nothing here removes one: data is removed by a person."""

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


def ensure(home: Home, name: str, path: str) -> str:
    """The volume, made if it is not there, at the owner's path if one is given; returns where its data lies."""
    present = look(home, name)
    if present is not None:
        if present.path != path:
            raise Refused(
                f"Volume {name_of(home, name)} is at {present.mountpoint}, not at {path or 'the default place'}.",
                next_step="Move its data, remove the volume with docker volume rm, and run setup again.",
            )
        return present.mountpoint
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
