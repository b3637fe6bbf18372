"""The registry's two volumes on a real engine: backup, recovery, damage, and space that is really freed."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import docker
import pytest

from homeport.home.registry_store import layout
from homeport.host.local import LocalHost
from homeport.oci import Reference, Registry
from homeport.targets import HomeTarget
from tests.support.installation import Installation, kill_group, probe_application

pytestmark = pytest.mark.docker
PRIMARY, BACKUP = "/var/lib/registry", "/backup"
BALLAST = 4_000_000  # bytes of an image that no other shares
EVERY_FILE = f"find {BACKUP} -type f -exec stat -c '%n %s %Y %i' {{}} +"


@pytest.fixture(scope="module")
def application(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The probe, with a layer in its image that is its own."""
    folder = probe_application(tmp_path_factory.mktemp("applications"))
    dockerfile = folder / "api" / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace("COPY server.py .", "COPY server.py .\nCOPY ballast ."))
    return folder


@pytest.fixture
def client(installation: Installation) -> Iterator[Registry]:
    """The installation's registry."""
    with HomeTarget.open("local", instance=installation.instance, holder="test") as target:
        yield target.registry()


def release(installation: Installation, folder: Path) -> Reference:
    """Release a new image; its ballast is kept under its digest."""
    ballast = os.urandom(BALLAST)
    (folder / "api" / "ballast").write_bytes(ballast)
    installation.homeport("up", "--yes", cwd=folder)
    image = Reference.parse(installation.releases(folder)[0]["images"]["api"])
    (folder.parent / image.digest).write_bytes(ballast)
    return image


def released(installation: Installation, folder: Path, count: int) -> list[Reference]:
    """The images of so many releases, newest first; made where there are fewer."""
    while len(found := dict.fromkeys(one["images"]["api"] for one in _succeeded(installation, folder))) < count:
        release(installation, folder)
    return [Reference.parse(image) for image in found]


def _succeeded(installation: Installation, folder: Path) -> list[dict[str, Any]]:
    return [one for one in installation.releases(folder) if one["result"] == "succeeded"]


def on_disk(installation: Installation, script: str) -> str:
    """Run in a container that has both volumes, as somebody who goes to the disks."""
    image = json.loads((installation.server_folder / "base.json").read_text())["images"]["registry"]
    volumes = {"registry": PRIMARY, "registry-backup": BACKUP}
    mounts = [f"-v{installation.instance}-{name}:{path}" for name, path in volumes.items()]
    command = ["docker", "run", "--rm", "--network=none", "--user=0", "--entrypoint=sh", *mounts, image, "-euc", script]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def verb(installation: Installation, *arguments: str, returncode: int = 0) -> dict[str, Any]:
    """What a verb of the registry shows with --json."""
    done = installation.homeport("registry", *arguments, "--json", returncode=returncode)
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


def refused(installation: Installation, *arguments: str) -> str:
    return installation.homeport("registry", *arguments, returncode=1).stderr


def images(installation: Installation) -> list[tuple[str, str, list[str]]]:
    shown = verb(installation, "list")["images"]
    return [(image["repository"], image["digest"], image["tags"]) for image in shown]


def own_blobs(client: Registry, image: Reference) -> dict[str, str]:
    """The digests of what no other image has: its last layer, its config and its manifest."""
    manifest = json.loads(client.manifest(image.repository, image.digest).body)
    layer, config = manifest["layers"][-1]["digest"], manifest["config"]["digest"]
    return {"layer": layer, "config": config, "manifest": image.digest}


def own_layer(client: Registry, image: Reference) -> str:
    return own_blobs(client, image)["layer"]


def flip(installation: Installation, file: str) -> None:
    """Damage one byte; the size stays, and JSON stays JSON."""
    on_disk(installation, f"printf X | dd of={file} bs=1 seek=500 conv=notrunc 2>/dev/null")


def local_names(installation: Installation, image: Reference) -> list[str]:
    """The names by which the engine itself has an image of the registry."""
    with suppress(docker.errors.ImageNotFound):
        found = installation.client.inspect_image(f"127.0.0.1:{installation.registry}/{image}")
        return [*found["RepoTags"], *found["RepoDigests"]]
    return []


def test_a_backup_with_nothing_new_writes_nothing(installation: Installation, application: Path) -> None:
    """Blobs are copied once, and the catalogue is written only when it changed."""
    release(installation, application)
    assert _last_backup(installation, application) is None
    made = verb(installation, "backup")
    assert BALLAST < made["written"]
    assert made["made"] == _last_backup(installation, application)
    before = on_disk(installation, EVERY_FILE)
    again = verb(installation, "backup")
    assert (0, 0) == (again["blobs"], again["written"])
    assert before == on_disk(installation, EVERY_FILE)
    release(installation, application)
    assert BALLAST < verb(installation, "backup")["written"] < 2 * BALLAST
    assert all(image["backed_up"] for image in verb(installation, "list")["images"])


def _last_backup(installation: Installation, application: Path) -> str | None:
    status = json.loads(installation.homeport("status", "--json", cwd=application).stdout)
    said: str | None = status["registry_backup"]
    return said


def test_an_upload_that_is_under_way_is_no_part_of_a_backup(
    installation: Installation, application: Path, client: Registry
) -> None:
    """The registry serves meanwhile: a half-sent layer neither breaks the backup nor is in it, and can be ended."""
    released(installation, application, 1)
    upload = client._ask("POST", "/v2/api/probe-api/blobs/uploads/", "begin an upload")
    place = upload.headers["Location"]
    sent = {"Content-Type": "application/octet-stream", "Content-Range": "0-4"}
    more = client._ask("PATCH", place, "send a part", headers=sent, body=b"hello")
    verb(installation, "backup")
    assert [] == verb(installation, "check")["problems"]
    digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    end = f"{more.headers['Location']}&digest={digest}"
    assert 201 == client._ask("PUT", end, "end the upload").status


def test_a_lost_primary_volume_comes_back(installation: Installation, application: Path, client: Registry) -> None:
    """Deleted, with the engine's images: setup and restore bring back every digest, `up` has nothing to do, and the
    registry takes the next release."""
    released(installation, application, 2)
    verb(installation, "backup")
    before, running = images(installation), installation.containers("probe")
    installation.client.remove_container(f"{installation.instance}-registry", force=True)
    installation.client.remove_volume(f"{installation.instance}-registry")
    installation.remove_images()
    assert f"Volume {installation.instance}-registry is not on this machine" in refused(installation, "backup")
    installation.setup()
    lost = verb(installation, "check", returncode=1)["problems"]
    assert {"homeport registry restore"} == {one["remedy"] for one in lost}
    assert len(before) == verb(installation, "restore")["images"]
    assert before == images(installation)
    assert [] == verb(installation, "check")["problems"]
    assert "Nothing to do" in installation.homeport("up", "--yes", cwd=application).stdout
    assert running == installation.containers("probe")
    login = {"username": client.user, "password": client.password.reveal()}
    for repository, digest, _ in before:
        installation.client.pull(f"127.0.0.1:{installation.registry}/{repository}", tag=digest, auth_config=login)
    release(installation, application)


def test_records_come_back_where_the_server_has_none(installation: Installation, application: Path) -> None:
    """With the server's own disk gone, the second volume also says which releases there were."""
    released(installation, application, 1)
    verb(installation, "backup")
    folder = installation.server_folder / "releases" / "probe.home"
    before = {file.name: json.loads(file.read_text()) for file in folder.iterdir()}
    for file in folder.iterdir():
        file.unlink()
    assert "releases of probe.home" in refused(installation, "prune", "--yes")
    assert len(before) == verb(installation, "restore")["releases"]
    assert before == {file.name: json.loads(file.read_text()) for file in folder.iterdir()}


@pytest.mark.parametrize("part", ["layer", "config", "manifest"])
def test_a_damaged_blob_is_named_and_mended(
    installation: Installation, application: Path, client: Registry, part: str
) -> None:
    """One flipped byte on either volume is found with its image and releases, and mended from the good copy alone;
    nothing newer is lost by that."""
    image, older = released(installation, application, 2)[:2]
    client.tag(older.repository, older.digest, "moved")
    number = _succeeded(installation, application)[0]["number"]
    verb(installation, "backup")
    client.tag(image.repository, image.digest, "moved")
    blob, manifest = own_blobs(client, image)[part], client.manifest(image.repository, image.digest)
    for volume, mend in (("primary", "restore"), ("backup", "backup")):
        flip(installation, layout.blob(volume, blob))
        (found,) = verb(installation, "check", returncode=1)["problems"]
        assert (volume, blob, "damaged") == (found["volume"], found["digest"], found["what"])
        assert [f"{image.repository}@{image.digest[:19]}"] == found["images"]
        assert f"probe.home {number}" in found["used_by"]
        assert f"homeport registry {mend}" == found["remedy"]
        assert 1 == verb(installation, mend)["blobs"]
        assert [] == verb(installation, "check")["problems"]
    assert manifest == client.manifest(image.repository, image.digest)
    assert image.digest == client.digest(image.repository, "moved")  # newer than the backup: a restore leaves it


def test_a_damaged_blob_is_copied_nowhere(installation: Installation, application: Path, client: Registry) -> None:
    """A backup or a restore that would need it is refused by its name; what is good stays as it is."""
    image = release(installation, application)
    layer = own_layer(client, image)
    primary, aside = layout.blob("primary", layer), f"{PRIMARY}/aside"
    on_disk(installation, f"cp -p {primary} {aside}")
    flip(installation, primary)
    said = refused(installation, "backup")
    assert f"{layer} is damaged" in said and image.digest[:19] in said
    assert image.digest not in on_disk(installation, f"cat {layout.INDEX}")
    on_disk(installation, f"cp -p {aside} {primary}")
    assert 1 == verb(installation, "backup")["blobs"]
    flip(installation, layout.blob("backup", layer))
    on_disk(installation, f"rm {primary}")
    said = refused(installation, "restore")
    assert f"{layer} is damaged" in said and image.digest[:19] in said
    assert "gone" == on_disk(installation, f"[ -e {primary} ] || printf gone")
    on_disk(installation, f"mv {aside} {primary}")
    assert {"homeport registry backup"} == {
        one["remedy"] for one in verb(installation, "check", returncode=1)["problems"]
    }
    verb(installation, "backup")


def test_an_interrupted_backup_goes_on(installation: Installation, application: Path, client: Registry) -> None:
    """Killed at any moment it leaves the backup before it whole, and the next one copies only what is missing."""
    image = release(installation, application)
    running = installation.start("registry", "backup", cwd=application)
    while running.poll() is None and f"{installation.instance}-registry-volumes" not in installation.containers():
        time.sleep(0.005)
    kill_group(running)
    running.communicate()
    assert [] == [one for one in verb(installation, "check")["problems"] if one["volume"] == "backup"]
    verb(installation, "backup")
    whole, layer = on_disk(installation, f"cat {layout.INDEX}"), layout.blob("backup", own_layer(client, image))
    on_disk(installation, f"rm {layout.INDEX} && mv {layer} {layer}.part && truncate -s 1000 {layer}.part")
    assert 1 == verb(installation, "backup")["blobs"]
    assert whole == on_disk(installation, f"cat {layout.INDEX}")
    assert [] == verb(installation, "check")["problems"]


def test_a_prune_frees_space_and_keeps_what_can_be_gone_back_to(
    installation: Installation, application: Path, client: Registry
) -> None:
    """Beyond the kept releases everything goes, from both disks and the engine; what is kept can be pulled, and what
    went is built again."""
    dropped = released(installation, application, 3)[2:]
    verb(installation, "backup")
    before = _used(installation)
    asked = verb(installation, "prune", "--keep", "2", "--dry-run")
    assert asked["freed"] is None and asked["to_free"]["primary"] >= BALLAST * len(dropped)
    assert before == _used(installation)
    done = verb(installation, "prune", "--keep", "2", "--yes")
    freed = {volume: before[volume] - used for volume, used in _used(installation).items()}
    assert min(freed.values()) >= BALLAST * len(dropped)
    assert freed == {volume: done["freed"][volume] for volume in freed}
    kept = {one["images"]["api"] for one in _succeeded(installation, application)}
    assert 2 == len(kept)
    assert kept == {f"{name}@{digest}" for name, digest, _ in images(installation)}
    assert [] == [name for image in dropped for name in local_names(installation, image)]
    assert [] == verb(installation, "check")["problems"]
    assert "Nothing to do" in installation.homeport("up", "--yes", cwd=application).stdout
    (application / "api" / "ballast").write_bytes((application.parent / dropped[0].digest).read_bytes())
    assert "built and pushed" in installation.homeport("up", "--yes", cwd=application).stderr


def _used(installation: Installation) -> dict[str, int]:
    """Bytes that each volume takes."""
    shown = on_disk(installation, f"du -sk {PRIMARY} {BACKUP}").splitlines()
    return {name: int(line.split()[0]) * 1024 for name, line in zip(("primary", "backup"), shown, strict=True)}


def test_a_prune_and_a_deploy_wait_for_each_other(installation: Installation, application: Path) -> None:
    """While a deploy runs a prune is refused and says whose; while a prune runs a deploy waits, and succeeds."""
    released(installation, application, 2)
    locks, host = installation.server_folder / "locks", LocalHost()
    with host.lock(str(locks / "other.staging"), "ana@laptop pid 1"):
        said = refused(installation, "prune", "--keep", "1", "--yes")
        assert "other is being deployed to staging by ana@laptop" in said
    with host.lock(str(locks / "pruning"), "ana@laptop pid 1", wait=timedelta(seconds=1)):
        deploy = installation.start("up", "--yes", cwd=application)
        assert deploy.stdout is not None
        assert any("waits until ana@laptop" in line for line in deploy.stdout)
    said, _ = deploy.communicate(timeout=120)
    assert "Nothing to do" in said


def test_the_list_names_who_uses_an_image(installation: Installation, application: Path, tmp_path: Path) -> None:
    """The container that runs it, and every release that has it; of one namespace where that is asked for."""
    current, older = released(installation, application, 2)[:2]
    site = {"build": "api", "port": 8000, "files": "/app", "healthcheck": "/healthz"}
    other = probe_application(tmp_path, "other", services={}, sites={"web": site})
    installation.homeport("up", "--yes", cwd=other)
    names = {asked: _listed(installation, *asked) for asked in ((), ("api",), ("site",), ("model",))}
    assert [{"api/probe-api"}, {"site/other-web"}, set()] == [{*rows} for asked, rows in names.items() if asked]
    assert names[()] == names[("api",)] | names[("site",)]
    (probe,), (web,) = installation.containers("probe"), installation.containers("other")
    uses = names[()]["api/probe-api"]
    assert ([probe], _numbers(installation, application, current)) == uses[current.digest]
    assert ([], _numbers(installation, application, older)) == uses[older.digest]
    assert [([web], ["other.home 1"])] == list(names[()]["site/other-web"].values())
    shown = installation.homeport("registry", "list", "site").stdout.splitlines()
    assert [f"other.home 1; {web}" in line for line in shown] == [False, True, False]  # the heading, it, the sum


def _listed(installation: Installation, *asked: str) -> dict[str, dict[str, tuple[list[str], list[str]]]]:
    """The containers and the releases that use an image, by repository and digest."""
    found: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
    for image in verb(installation, "list", *asked)["images"]:
        found.setdefault(image["repository"], {})[image["digest"]] = (image["containers"], image["releases"])
    return found


def _numbers(installation: Installation, application: Path, image: Reference) -> list[str]:
    """The releases of the probe with the image, oldest first."""
    made = reversed(installation.releases(application))
    return [f"probe.home {one['number']}" for one in made if str(image) in one["images"].values()]
