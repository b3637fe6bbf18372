"""Fetching an image that the server's engine lacks."""

from docker.errors import APIError

from homeport import transfer
from homeport.errors import EngineFailed, RegistryFailed
from homeport.home import disk
from homeport.home.home import Home

IS_MISSING = "manifest unknown"


def pull(home: Home, reference: str, login: dict[str, str] | None) -> None:
    """Fetch it; `login` is the one of the base's registry, None for an image of another.

    Raises Refused without room on the engine's disk, and RegistryFailed with the engine's words.
    """
    repository, _, digest = reference.partition("@")
    disk.require_room(home, f"Pulling {repository}")
    try:
        transfer.finish(home.docker.pull(repository, tag=digest or None, auth_config=login, stream=True, decode=True))
    except APIError as error:
        raise _failed(reference, str(error.explanation or error), is_ours=login is not None) from error
    except EngineFailed as error:
        raise _failed(reference, error.message, is_ours=login is not None) from error


def _failed(reference: str, reason: str, *, is_ours: bool) -> RegistryFailed:
    next_step = disk.when_full(reason) or (_registry_advice(reason) if is_ours else "")
    return RegistryFailed(f"Image {reference} could not be pulled.", detail=reason, next_step=next_step)


def _registry_advice(reason: str) -> str:
    if IS_MISSING in reason:
        return "The registry does not have it: it was removed. Push it again by: homeport up"
    return "See whether the registry runs, and put it right, by: homeport setup"
