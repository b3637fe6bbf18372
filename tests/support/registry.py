"""A real registry with our configuration, for a run of the tests alone."""

from contextlib import AbstractContextManager

import docker

from homeport.deploy.passing_registry import passing_registry
from homeport.oci import Registry
from tests.support.images import service_images


def running_registry(client: docker.APIClient) -> AbstractContextManager[Registry]:
    """What was pushed to it leaves the engine again at the end."""
    return passing_registry(client, service_images().registry, {"homeport.test": "registry"})
