"""The service images that the tests run, made where they are not there yet."""

from functools import cache

import docker

from homeport.events import ignore
from homeport.machine import ServiceImages, ensure_images


@cache
def service_images() -> ServiceImages:
    """The images of this machine, as `setup` would take them."""
    return ensure_images(docker.APIClient(), ignore, source=None)


def base_image(official: str) -> str:
    """The image that stands for an official base image here (itself, where it can be pulled)."""
    return service_images().substitutes.get(official, official)
