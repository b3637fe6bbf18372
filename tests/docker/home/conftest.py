"""What several tests of the drivers need: a Postgres cluster of their own."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import docker
import pytest

from homeport.home.engine import engine
from homeport.home.home import Home
from homeport.home.postgres import Postgres
from homeport.host.local import LocalHost
from tests.support.images import service_images

SUPERUSER_PASSWORD = "superuser-password"


def start_postgres(home: Home) -> None:
    """On the network `data` under the name `postgres`, its data in memory, every statement in its log."""
    client = home.docker
    client.create_network(home.network("data"), internal=True, labels=home.labels())
    endpoint = client.create_endpoint_config(aliases=["postgres"])
    name = f"{home.instance}-postgres"
    client.create_container(
        service_images().postgres,
        name=name,
        command=["postgres", "-c", "fsync=off", "-c", "log_statement=all"],
        environment={"POSTGRES_PASSWORD": SUPERUSER_PASSWORD},
        host_config=client.create_host_config(
            network_mode=home.network("data"), tmpfs={"/var/lib/postgresql/data": ""}
        ),
        networking_config=client.create_networking_config({home.network("data"): endpoint}),
        labels=home.labels(),
    )
    client.start(name)


def remove_all(client: docker.APIClient, instance: str) -> None:
    label = {"label": f"homeport.instance={instance}"}
    for container in client.containers(all=True, filters=label):
        client.remove_container(container["Id"], force=True, v=True)
    for network in client.networks(filters=label):
        client.remove_network(network["Id"])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A running cluster of an installation that is nobody else's."""
    instance = f"hptest{secrets.token_hex(4)}"
    folder: Path = tmp_path_factory.mktemp("folder")
    host = LocalHost()
    home = Home(host, instance, str(folder), engine(host))
    try:
        start_postgres(home)
        postgres = Postgres(home, f"{instance}-postgres")
        postgres.wait_until_ready(timedelta(seconds=60))
        yield postgres
    finally:
        remove_all(home.docker, instance)
        home.docker.close()
