"""Which Postgres homeport's image has: the data of one major is not read by another."""

from docker import APIClient

from homeport.deploy.application import MANIFEST
from homeport.errors import Refused
from homeport.home.base import Base


def check_application(client: APIClient, image: str, application: str, major: int | None) -> None:
    """Raises Refused when an application asks for another Postgres (None for none) than is in homeport's image."""
    there = _major(client, image)
    if major is not None and major != there:
        raise Refused(
            f"{application} asks for Postgres {major}; homeport's image has {there}.",
            next_step=f"Set database.postgres: {there} in {MANIFEST}.",
        )


def check_base(client: APIClient, image: str, standing: Base | None, base: Base) -> None:
    """Raises Refused when the cluster of a base shall be of another Postgres than is in homeport's image, or is."""
    there = _major(client, image)
    if base.postgres == there:
        return
    if standing is None:
        raise Refused(
            f"The base asks for Postgres {base.postgres}; homeport's image has {there}.",
            next_step=f"Set database.postgres: {there} in homeport.base.yaml.",
        )
    raise Refused(
        f"The cluster is Postgres {base.postgres}; the image of this homeport has {there}, which cannot read its data.",
        next_step=f"Use homeport {standing.homeport} for this server. Or dump every database, make the base anew, and "
        "bring them back: docs/backups.md.",
    )


def _major(client: APIClient, image: str) -> int:
    settings = client.inspect_image(image)["Config"]["Env"]  # type: ignore[no-untyped-call]  # its stub has no types
    return int(dict(entry.partition("=")[::2] for entry in settings)["PG_MAJOR"])
