"""An installation that a person may throw away whole: images, networks and volumes that carry its name.

Only for one without a base (`homeport dev`): what a base keeps is never removed by us.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from docker.errors import APIError, NotFound

from homeport.errors import EngineFailed
from homeport.home.home import Home


def platform(home: Home) -> str:
    """The engine's own: `linux/amd64`."""
    return f"linux/{home.docker.version()['Arch']}"


def image_names(home: Home, repository: str) -> set[str]:
    """The tags of a repository on the engine, as whole references."""
    return {name for image in home.docker.images(repository) for name in image["RepoTags"] or ()}


def remove_images(home: Home, names: Iterable[str]) -> None:
    for name in names:
        with _removing(f"Image {name}"):
            home.docker.remove_image(name)


def remove_networks_and_volumes(home: Home) -> None:
    """Those with the label of the installation, their data included."""
    wanted = {"label": f"homeport.instance={home.instance}"}
    for network in home.docker.networks(filters=wanted):
        with _removing(f"Network {network['Name']}"):
            home.docker.remove_network(network["Id"])
    for volume in home.docker.volumes(filters=wanted)["Volumes"] or ():
        with _removing(f"Volume {volume['Name']}"):
            home.docker.remove_volume(volume["Name"])


@contextmanager
def _removing(what: str) -> Iterator[None]:
    """What is gone already is what was wanted; what somebody else uses is named."""
    try:
        yield
    except NotFound:
        return
    except APIError as error:
        raise EngineFailed(f"{what} could not be removed.", detail=str(error.explanation or error)) from error
