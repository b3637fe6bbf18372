"""From a source to a digest, with a real engine and a real registry."""

import io
import os
import subprocess
import tarfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import monotonic
from uuid import uuid4

import docker
import pytest

from homeport.build import Builder, Images, Source, generated
from homeport.build.command import Command, classic, find_command
from homeport.build.context import entries, ignore_patterns
from homeport.errors import BuildFailed, Interrupted, RegistryFailed
from homeport.events import Event
from homeport.home.registry import auth_config
from homeport.host import Endpoint
from homeport.oci import Reference, Registry
from homeport.secret import Secret
from tests.support.images import base_image

pytestmark = pytest.mark.docker

SOCKET = Path("/var/run/docker.sock")
MakeSource = Callable[..., Source]
FROM_SCRATCH = "FROM scratch\nCOPY . /\n"
FROM_PYTHON = "FROM python:3.13-slim\nCOPY . /app\n"


def test_first_build_and_second(images: Images, source: MakeSource, client: docker.APIClient) -> None:
    """First it is built and pushed, then nothing is done, and the digest can be pulled."""
    made = source(FROM_PYTHON)
    assert images.look_image(made) is None
    first = images.ensure_image(made, labels={"homeport.application": "notes"})
    second = images.ensure_image(made)
    assert (first.built, second.built) == (True, False)
    assert first.reference == second.reference == images.look_image(made)
    assert images.registry.digest(made.repository, first.reference.digest) == first.reference.digest
    login = auth_config(images.registry.user, images.registry.password)
    client.pull(*first.reference.at(images.prefix).split("@"), auth_config=login)
    config = client.inspect_image(first.reference.at(images.prefix))["Config"]
    assert config["Labels"]["homeport.application"] == "notes"


def test_changed_file(images: Images, source: MakeSource) -> None:
    """A changed file is built anew; the old version is found again without a build."""
    old = images.ensure_image(source(FROM_SCRATCH, main="1"))
    new = images.ensure_image(source(FROM_SCRATCH, main="2"))
    again = images.ensure_image(source(FROM_SCRATCH, main="1"))
    assert (old.built, new.built, again.built) == (True, True, False)
    assert old.reference == again.reference != new.reference


def test_pruned_engine(images: Images, source: MakeSource, client: docker.APIClient) -> None:
    """Images that are gone from the engine are not built again: the registry knows them."""
    made = source(FROM_SCRATCH)
    built = images.ensure_image(made)
    for tag in images.registry.tags(made.repository):
        name = f"{images.prefix}/{made.repository}:{tag}"
        if client.images(name):
            client.remove_image(name, force=True)
    assert not images.ensure_image(made).built
    assert built.reference == images.look_image(made)


def test_base_image_gone(images: Images, source: MakeSource, client: docker.APIClient, events: list[Event]) -> None:
    """When a base image cannot be had, the image made before from the same files is used, and said."""
    base = f"hptest-base-{uuid4().hex[:8]}"
    client.tag(base_image("python:3.13-slim"), base, "latest")
    ours = replace(images, substitutes={"python:3.13-slim": f"{base}:latest"})
    made = source(FROM_PYTHON)
    built = ours.ensure_image(made)
    client.remove_image(f"{base}:latest")
    assert built.reference == ours.look_image(made)
    assert built.reference == ours.ensure_image(made).reference
    assert "The image built before from the same files is used." in events[-2].text
    with pytest.raises(BuildFailed, match=r"api/Dockerfile:1: hptest-base-.*, which stands for python:3\.13-slim"):
        ours.ensure_image(source(FROM_PYTHON, main="changed"))


def test_base_image_that_cannot_be_pulled(images: Images, source: MakeSource) -> None:
    """The message names the base image, the Dockerfile's line and what can be used in its place."""
    made = source("ARG A=1\nFROM registry.invalid/team/base:1\n")
    assert images.look_image(made) is None
    with pytest.raises(BuildFailed) as failed:
        images.ensure_image(made)
    expected = "api/Dockerfile:2: the base image registry.invalid/team/base:1 cannot be pulled."
    assert expected == failed.value.message
    assert "python:3.13-slim" in failed.value.next_step


def test_base_image_from_a_registry(images: Images, source: MakeSource, client: docker.APIClient) -> None:
    """A base image is pulled first, so that the source has the same hash before and after its first build."""
    base = images.ensure_image(source(FROM_SCRATCH, kind="base"))
    name = f"{images.prefix}/{base.reference.repository}"
    made = replace(source(f"FROM {name}:base\nCOPY . /x\n"), repository=f"api/test-{uuid4().hex[:8]}")
    images.registry.tag(base.reference.repository, base.reference.digest, "base")
    client.login(images.registry.user, images.registry.password.reveal(), registry=images.prefix)
    assert images.look_image(made) is None
    built = images.ensure_image(made)
    assert built.reference == images.look_image(made)
    client.remove_image(f"{name}:base", force=True)
    assert built.reference == images.look_image(made)
    assert not images.ensure_image(made).built


def older() -> Command:
    """The engine's older builder, though this machine may have BuildKit."""
    return classic(find_command().path)


def builders() -> dict[str, Callable[[], Command]]:
    """What this machine can build with: its docker command with BuildKit, and the engine's older builder."""
    return {"command": find_command, "classic": older}


@pytest.mark.parametrize("find", builders().values(), ids=builders())
def test_failing_instruction(images: Images, source: MakeSource, find: Callable[[], Command]) -> None:
    """A RUN that fails is named with its line, and its last words are in the error; nothing is pushed."""
    made = source("FROM python:3.13-slim\nRUN true\nRUN echo the reason; \\\n    exit 7\n")
    with pytest.raises(BuildFailed) as failed:
        replace(images, builder=Builder(SOCKET, find=find)).ensure_image(made)
    assert failed.value.message == "api/Dockerfile:3: RUN echo the reason; exit 7 failed."
    assert "the reason" in failed.value.detail.splitlines()
    assert images.registry.tags(made.repository) == ()


def test_secret(images: Images, source: MakeSource, client: docker.APIClient) -> None:
    """A build's secret is there in the build and in no layer or history; a planted one is found there."""
    value, planted = uuid4().hex, uuid4().hex
    made = replace(source("FROM python:3.13-slim\n"), secrets=("PATH",))
    made.dockerfile.write_text(
        "FROM python:3.13-slim\nCOPY check /check\n"
        f"RUN --mount=type=secret,id=PATH sha256sum -c /check && echo {planted} >/planted\n"
    )
    digest = subprocess.run(["sha256sum"], input=value.encode(), capture_output=True, check=True).stdout.split()[0]
    (made.context / "check").write_text(f"{digest.decode()}  /run/secrets/PATH\n")
    built = images.ensure_image(made, secrets={"PATH": Secret(value)})
    (tag,) = (tag for tag in images.registry.tags(made.repository) if tag.startswith("src-"))
    whole = b"".join(client.get_image(f"{images.prefix}/{made.repository}:{tag}"))
    assert planted.encode() in whole
    assert value.encode() not in whole
    assert built.built


def test_classic_builder(images: Images, source: MakeSource, events: list[Event]) -> None:
    """Without BuildKit the engine's older builder gives an image of the same files, and it is said once."""
    made = source("FROM python:3.13-slim AS app\nARG A\nCOPY . /app\nRUN test $A = 1\nFROM app AS never\nRUN false\n")
    made = replace(made, args={"A": "1"}, target="app", dockerfile=made.dockerfile)
    (made.context / ".dockerignore").write_text("own\n")
    builder = Builder(SOCKET, emit=events.append, find=older)
    assert replace(images, builder=builder).ensure_image(made).built
    assert [event.level for event in events if event.subject == "engine"] == ["warning"]
    with pytest.raises(BuildFailed, match="secrets in a build need BuildKit"):
        secret = replace(made, secrets=("TOKEN",), args={"A": "2"})
        replace(images, builder=builder).ensure_image(secret, secrets={"TOKEN": Secret("x")})


def test_mount_without_buildkit(images: Images, source: MakeSource) -> None:
    """An instruction that only BuildKit knows says what to install."""
    made = source("FROM python:3.13-slim\nRUN --mount=type=cache,target=/x true\n")
    with pytest.raises(BuildFailed) as failed:
        replace(images, builder=Builder(SOCKET, find=older)).ensure_image(made)
    assert "buildx" in failed.value.next_step


def test_secret_not_set(images: Images, source: MakeSource) -> None:
    """A build that needs a secret without a value says how to set it."""
    with pytest.raises(BuildFailed, match="needs the secret TOKEN") as failed:
        images.ensure_image(replace(source(FROM_SCRATCH), secrets=("TOKEN",)))
    assert failed.value.next_step == "Set it by: homeport secret set TOKEN"


def test_wrong_password(images: Images, source: MakeSource) -> None:
    """A wrong password is said to be one, before anything is built."""
    address, _, port = images.registry.name.partition(":")
    wrong = Registry(Endpoint(address, int(port)), images.registry.user, Secret("wrong"))
    with pytest.raises(RegistryFailed, match="401 Unauthorized") as failed:
        replace(images, registry=wrong).ensure_image(source(FROM_SCRATCH))
    assert "homeport setup" in failed.value.next_step


def test_interrupted_push(images: Images, source: MakeSource) -> None:
    """A push that was stopped is gone on with later, by the same call."""
    made = source(FROM_SCRATCH, large=os.urandom(20_000_000).hex())
    stopped = threading.Event()

    def stop(event: Event) -> None:
        if event.text == "pushing":
            stopped.set()

    stopping = replace(images, builder=Builder(SOCKET, stopped=stopped), emit=stop)
    with pytest.raises(Interrupted):
        stopping.ensure_image(made)
    assert images.look_image(made) is None
    assert images.ensure_image(made).built
    assert images.look_image(made) is not None


@pytest.mark.parametrize("find", builders().values(), ids=builders())
def test_stopped_build(images: Images, source: MakeSource, find: Callable[[], Command]) -> None:
    """`stopped` ends a build that runs, soon."""
    made = source("FROM python:3.13-slim\nRUN sleep 300\n")
    builder = Builder(SOCKET, find=find)
    threading.Timer(2, builder.stopped.set).start()
    started = monotonic()
    with pytest.raises(Interrupted):
        replace(images, builder=builder).ensure_image(made)
    assert monotonic() - started < 60


def test_two_builds_at_once(images: Images, source: MakeSource) -> None:
    """Two builds of one source at once both end with an image that the registry has."""
    made = source("FROM python:3.13-slim\nRUN date +%N >/date\n")
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: images.ensure_image(made), range(2)))
    assert all(images.registry.digest(made.repository, one.reference.digest) for one in both)
    assert images.look_image(made) in [one.reference for one in both]


def test_generated(images: Images, tmp_path: Path) -> None:
    """An image of generated files and a folder is built once."""
    (tmp_path / "V1__notes.sql").write_text("CREATE TABLE notes ();")
    repository = f"api/test-{uuid4().hex[:8]}"
    files = {"Dockerfile": b"FROM scratch\nCOPY . /\n"}
    with generated(repository, files, {"sql": tmp_path}) as made:
        first = images.ensure_image(made)
    with generated(repository, files, {"sql": tmp_path}) as again:
        assert not images.ensure_image(again).built
        assert first.reference == images.look_image(again)
    assert first.built


IGNORED = """\
# a comment
*.log
!keep.log
**/node_modules
/build/
docs/*.md
!docs/README.md
temp?
 spaced
Dockerfile
"""
TREE = """
a.log keep.log src/a.log src/main.py node_modules/x web/node_modules/y/z build/out src/build/out docs/a.md
docs/README.md docs/deep/a.md temp1 temp12 spaced .git/HEAD sub/.git/HEAD .homeport/plan #hash
"""


@pytest.mark.parametrize("own", [".dockerignore", "Dockerfile.dockerignore"])
def test_same_files_as_the_builder(images: Images, source: MakeSource, client: docker.APIClient, own: str) -> None:
    """What is hashed is what the builder copies, file by file."""
    made = source(FROM_SCRATCH, **{own: IGNORED})
    for name in TREE.split():
        (made.context / name).parent.mkdir(parents=True, exist_ok=True)
        (made.context / name).write_text(name)
    built = images.ensure_image(made)
    hashed = {entry.path for entry in entries(made.context, ignore_patterns(made.context, made.dockerfile))}
    # docker-py never leaves out .dockerignore itself: one more file in the hash, harmless.
    assert copied(client, built.reference, images.prefix) | {".dockerignore"} == hashed | {".dockerignore"}


def copied(client: docker.APIClient, reference: Reference, prefix: str) -> set[str]:
    """The files in an image that was built from scratch."""
    (tag,) = (tag for tag in client.images(f"{prefix}/{reference.repository}"))
    container = client.create_container(tag["Id"], command=["none"])
    try:
        whole = io.BytesIO(b"".join(client.export(container)))
    finally:
        client.remove_container(container)
    with tarfile.open(fileobj=whole) as tar:
        names = {member.name for member in tar if member.isfile()}
    return {name for name in names if not name.startswith(("dev/", "etc/")) and name != ".dockerenv"}
