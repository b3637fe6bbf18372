"""Images enter ECR by digest: from a real registry, built and pulled by the real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import docker
import pytest

from homeport.aws import Session
from homeport.aws.images import Images, Wanted
from homeport.errors import CloudFailed, Interrupted
from homeport.events import Event
from homeport.home.registry import auth_config
from homeport.oci import Reference, Registry
from tests.support.images import service_images
from tests.support.pushed import push, push_index
from tests.support.registry import running_registry

AMD64 = "linux/amd64"


@pytest.fixture(scope="module")
def client() -> Iterator[docker.APIClient]:
    client = docker.APIClient(timeout=120)
    yield client
    client.close()


@pytest.fixture(scope="module")
def source(client: docker.APIClient) -> Iterator[Registry]:
    with running_registry(client) as found:
        yield found


@pytest.fixture(scope="module")
def image(client: docker.APIClient, source: Registry) -> Reference:
    """An image that says `tested at home`."""
    dockerfile = f'FROM {service_images().registry}\nCOPY said /said\nENTRYPOINT []\nCMD ["cat", "/said"]\n'
    return push(client, source, "api/notes-api", {"Dockerfile": dockerfile, "said": "tested at home\n"})


@pytest.fixture
def repository(session: Session) -> str:
    """A repository of the test's own in ECR."""
    name = f"api/notes-api/t{uuid4().hex[:8]}"
    session.client("ecr").create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
    return name


@pytest.fixture
def ensure(session: Session, source: Registry) -> Callable[..., tuple[str, str]]:
    """Copies an image; gives its reference and what was told."""

    def do(
        repository: str, image: Reference, *, platform: str = AMD64, origin: Registry | None = source
    ) -> tuple[str, str]:
        events: list[Event] = []
        wanted = Wanted(repository, image.repository, image.digest, platform)
        reference = Images(session, origin).ensure(wanted, stopped=lambda: False, emit=events.append)
        return reference, events[-1].text

    return do


def blobs(registry: Registry, repository: str, image: Reference) -> int:
    """Bytes of the image's layers and configuration."""
    return sum(size for _, size in registry.manifest(repository, image.digest).blobs())


def test_the_engine_runs_the_copy(
    client: docker.APIClient, session: Session, source: Registry, image: Reference, repository: str, ensure: Callable
) -> None:
    """What was pushed at home is pulled from ECR by the same digest, and runs."""
    reference, said = ensure(repository, image)
    assert f"{session.registry_host}/{repository}@{image.digest}" == reference
    assert f"{blobs(source, image.repository, image) / 1e6:.1f} MB sent, 0 bytes were there already" == said
    ecr = Images(session).registry
    client.pull(*reference.split("@"), auth_config=auth_config(ecr.user, ecr.password))
    container = client.create_container(reference)["Id"]
    try:
        client.start(container)
        client.wait(container)
        assert b"tested at home\n" == client.logs(container)
    finally:
        client.remove_container(container, force=True, v=True)
        client.remove_image(reference, force=True)


def test_the_second_copy_sends_nothing(image: Reference, repository: str, ensure: Callable) -> None:
    """It is in ECR already, and the source is not asked: one that is gone does no harm."""
    first, _ = ensure(repository, image)
    assert (first, "in ECR already") == ensure(repository, image)
    assert (first, "in ECR already") == ensure(repository, image, origin=None)


def test_layers_that_are_there_are_not_sent(
    client: docker.APIClient, source: Registry, image: Reference, repository: str, ensure: Callable
) -> None:
    """The next release sends what is new in it."""
    ensure(repository, image)
    dockerfile = f"FROM {source.name}/{image.repository}:made\nCOPY more /more\n"
    newer = push(client, source, image.repository, {"Dockerfile": dockerfile, "more": "more"})
    _, said = ensure(repository, newer)
    sent = float(said.partition(" MB sent")[0])
    assert sent < 0.1, said


def test_another_repository_mounts_them(session: Session, source: Registry, image: Reference, repository: str) -> None:
    """Two services of one release share their layers: those are sent once."""
    images, events = Images(session, source), list[Event]()
    other = f"{repository}-worker"
    session.client("ecr").create_repository(repositoryName=other)
    for name in (repository, other):
        wanted = Wanted(name, image.repository, image.digest, AMD64)
        images.ensure(wanted, stopped=lambda: False, emit=events.append)
    assert events[-1].text.startswith("0 bytes sent")


def test_two_services_of_one_image(session: Session, source: Registry, image: Reference, repository: str) -> None:
    """They ask for it at the same time; it is sent once."""
    images, events = Images(session, source), list[Event]()
    wanted = Wanted(repository, image.repository, image.digest, AMD64)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(images.ensure, wanted, stopped=lambda: False, emit=events.append) for _ in range(3)]
    assert {images.reference(wanted)} == {one.result() for one in asked}
    assert 2 == [event.text for event in events].count("in ECR already")


def test_every_platform_of_an_index(
    session: Session, source: Registry, image: Reference, repository: str, ensure: Callable
) -> None:
    """An index comes with all that it names, and serves either platform."""
    index = push_index(source, image)
    ensure(repository, index)
    ensure(repository, index, platform="linux/arm64", origin=None)
    ecr = Images(session).registry
    for digest in [index.digest, *source.manifest(index.repository, index.digest).children()]:
        assert source.manifest(index.repository, digest).body == ecr.manifest(repository, digest).body


def test_the_tag_keeps_it_from_expiring(session: Session, image: Reference, repository: str, ensure: Callable) -> None:
    """ECR holds it under a tag of its digest, which cannot change; a second time is no error."""
    ensure(repository, image)
    ensure(repository, image)
    found = session.client("ecr").describe_images(repositoryName=repository)["imageDetails"]
    assert [[image.digest[7:19]]] == [one["imageTags"] for one in found if one["imageDigest"] == image.digest]


def test_another_platform_is_refused_before_anything_is_sent(
    session: Session, image: Reference, repository: str, ensure: Callable
) -> None:
    """An image for amd64 does not get to a service that runs on arm64."""
    with pytest.raises(CloudFailed, match="is for linux/amd64, and what is deployed runs on linux/arm64") as refused:
        ensure(repository, image, platform="linux/arm64")
    assert "platform: linux/amd64" in refused.value.next_step
    ecr = Images(session).registry
    assert ecr.digest(repository, image.digest) is None
    assert [] == session.client("ecr").describe_images(repositoryName=repository)["imageDetails"]


def test_neither_has_it(image: Reference, repository: str, ensure: Callable) -> None:
    """Both cases say where it is looked for, and how to get it there."""
    gone = Reference(image.repository, "sha256:" + "0" * 64)
    with pytest.raises(CloudFailed, match="neither in ECR nor in the registry at") as refused:
        ensure(repository, gone)
    assert "homeport promote" in refused.value.next_step
    with pytest.raises(CloudFailed, match="is not in ECR, and no target was named") as refused:
        ensure(repository, gone, origin=None)
    assert "homeport promote" in refused.value.next_step


def test_a_copy_that_was_stopped(
    session: Session, source: Registry, image: Reference, repository: str, ensure: Callable
) -> None:
    """Then ECR does not have the image, and the next copy brings it."""
    wanted = Wanted(repository, image.repository, image.digest, AMD64)
    images = Images(session, source)
    with pytest.raises(Interrupted):
        images.ensure(wanted, stopped=lambda: True, emit=lambda event: None)
    assert not images.look(wanted)
    ensure(repository, image)
    assert images.look(wanted)
