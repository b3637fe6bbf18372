"""Which Postgres homeport's image has: the data of one major is not read by another."""

from docker import APIClient

from homeport.deploy.application import MANIFEST
from homeport.errors import Refused


def check_application(client: APIClient, image: str, application: str, major: int | None) -> None:
    """Raises Refused when an application asks for another Postgres (None for none) than is in homeport's image."""
    if major is not None:
        _check(client, image, application, major, MANIFEST)


def check_base(client: APIClient, image: str, major: int) -> None:
    """Raises Refused when the cluster of a base shall be, or is, of another Postgres than is in homeport's image."""
    _check(client, image, "The base", major, "homeport.base.yaml")


def _check(client: APIClient, image: str, who: str, major: int, file: str) -> None:
    settings = client.inspect_image(image)["Config"]["Env"]  # type: ignore[no-untyped-call]  # its stub has no types
    there = dict(entry.partition("=")[::2] for entry in settings).get("PG_MAJOR", "")
    if str(major) != there:
        raise Refused(
            f"{who} asks for Postgres {major}; homeport's image has {there}.",
            next_step=f"Set database.postgres: {there} in {file}.",
        )
