"""`homeport promote`, and two targets of an application on one host: the same images, and nothing else in common."""

import hashlib
import itertools
import json
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from homeport.host.protocol import Endpoint
from homeport.oci import Registry
from homeport.secret import Secret
from tests.support.installation import Installation, probe_application, write_manifest
from tests.support.load import Load
from tests.support.pseudo_terminal import in_terminal
from tests.support.running import Running

pytestmark = pytest.mark.docker
NAMES = (f"probe{number}" for number in itertools.count())


@dataclass(frozen=True)
class Two:
    """An application with the targets `dev` and `staging` on one host."""

    installation: Installation
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    def host(self, target: str) -> str:
        return f"{target}.{self.name}.localhost"

    def want(self, version: str, *, secrets: tuple[str, ...] = (), **services: Mapping[str, Any]) -> None:
        """Both serve the version and the name of their target."""
        api = {"route": "/", "environment": {"VERSION": version}, "secrets": list(secrets)}
        write_manifest(
            self.folder,
            self.name,
            services={"api": api, **services},
            database=True,
            targets={target: self._target(target) for target in ("dev", "staging")},
        )

    def build_anew(self) -> None:
        """The next release has an image that nothing has had before."""
        dockerfile = self.folder / "api" / "Dockerfile"
        dockerfile.write_text(f"{dockerfile.read_text()}ENV BUILT={uuid.uuid4().hex}\n")

    def _target(self, target: str) -> dict[str, Any]:
        api = {"environment": {"WHERE": target}, "memory": "96M" if target == "staging" else "64M"}
        return {"kind": "docker", "hosts": [self.host(target)], "services": {"api": api}}

    def run(self, verb: str, *arguments: str, returncode: int = 0, cwd: Path | None = None) -> str:
        done = self.installation.homeport(verb, *arguments, cwd=cwd or self.folder, returncode=returncode)
        assert "\nTraceback" not in done.stderr
        return done.stdout + done.stderr

    def up(self, target: str, *, returncode: int = 0) -> str:
        return self.run("up", "--yes", target, returncode=returncode)

    def promote(self, *, returncode: int = 0, cwd: Path | None = None) -> str:
        return self.run("promote", "--yes", "dev", "staging", returncode=returncode, cwd=cwd)

    def releases(self, target: str) -> list[dict[str, Any]]:
        shown = self.installation.homeport("releases", target, "--json", cwd=self.folder).stdout
        found: list[dict[str, Any]] = json.loads(shown)
        return found

    def serves(self, target: str) -> str:
        return self.installation.get(self.host(target)).body.strip()

    def container(self, target: str) -> dict[str, Any]:
        """What the engine says of the target's one container."""
        (name,) = [name for name in self.installation.containers(self.name) if f"-{target}-" in name]
        return self.installation.inspect(name)


@pytest.fixture
def two(installation: Installation, tmp_path: Path) -> Two:
    """Version 1 is on dev."""
    made = Two(installation, probe_application(tmp_path, next(NAMES), database=True))
    made.want("1")
    made.up("dev")
    return made


@pytest.fixture(scope="module")
def origin(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Two:
    """The same for all the refusals: they change nothing of it."""
    made = Two(installation, probe_application(tmp_path_factory.mktemp("origin"), "origin", database=True))
    made.want("1")
    made.up("dev")
    return made


def test_the_very_images_run_with_the_targets_own_configuration(two: Two, tmp_path: Path) -> None:
    """Same digest, own variables, limits, host name and database; nothing is built and no sources are needed."""
    bare = tmp_path / "bare" / two.name
    bare.mkdir(parents=True)
    shutil.copy(two.folder / "homeport.yaml", bare)
    said = two.promote(cwd=bare)
    assert f"Release 1 of {two.name} serves on staging" in said
    assert " build " not in said
    dev, staging = two.container("dev"), two.container("staging")
    assert dev["Config"]["Image"] == staging["Config"]["Image"]
    assert "WHERE=dev" in dev["Config"]["Env"]
    assert "WHERE=staging" in staging["Config"]["Env"]
    assert (64 << 20, 96 << 20) == (dev["HostConfig"]["Memory"], staging["HostConfig"]["Memory"])
    assert ("1", "1") == (two.serves("dev"), two.serves("staging"))
    (record,) = two.releases("staging")
    assert "dev 1" == record["origin"]
    assert two.releases("dev")[0]["images"] == record["images"]
    assert f"PGDATABASE={two.name}_staging" in staging["Config"]["Env"]
    assert "Nothing to do" in two.promote()
    assert 1 == len(two.releases("staging"))


def test_two_targets_on_one_host_have_nothing_else_in_common(two: Two) -> None:
    """Data, releases and containers of one are its own; taking it down with its data leaves the other untouched."""
    two.promote()
    two.installation.psql("INSERT INTO things (name) VALUES ('of dev')", f"{two.name}_dev")
    assert "" == two.installation.psql("SELECT name FROM things WHERE name = 'of dev'", f"{two.name}_staging")
    two.want("2")
    two.up("dev")
    assert ("2", "1") == (two.serves("dev"), two.serves("staging"))
    assert (2, 1) == (len(two.releases("dev")), len(two.releases("staging")))
    before = two.container("dev")["Id"]
    two.run("down", "staging", "--delete-data", "--confirm-name", two.name)
    assert before == two.container("dev")["Id"]
    assert "2" == two.serves("dev")
    assert "of dev" in two.installation.psql("SELECT name FROM things", f"{two.name}_dev")
    assert f"{two.name}_dev" == two.installation.psql(
        f"SELECT datname FROM pg_database WHERE datname LIKE '{two.name}\\_%'"
    )


def test_a_host_name_belongs_to_one_target(origin: Two) -> None:
    """Also where two clones of the manifest disagree, and homeport.yaml alone cannot show it."""
    claims = {"staging": {"kind": "docker", "hosts": [origin.host("dev")]}}
    write_manifest(origin.folder, origin.name, database=True, targets=claims)
    assert f"{origin.host('dev')} is the host name of {origin.name}.dev" in origin.up("staging", returncode=1)
    assert "1" == origin.serves("dev")


def test_what_cannot_be_promoted_is_refused(origin: Two) -> None:
    """By name, and with nothing changed on either target."""
    origin.want("1")
    assert "staging was never released" in origin.run("promote", "--yes", "staging", "dev", returncode=1)
    assert "cannot be promoted to itself" in origin.run("promote", "--yes", "dev", "dev", returncode=1)
    origin.want("2", second={"route": "/second"})
    assert "Release 1 of dev has no image of second" in origin.promote(returncode=1)
    origin.want("2", secrets=("TOKEN",))
    assert "secrets that are not set on staging: TOKEN" in origin.promote(returncode=1)
    assert [] == origin.releases("staging")
    assert "1" == origin.serves("dev")


def test_a_failed_release_is_not_promoted(two: Two) -> None:
    """Until somebody makes sure of what serves."""
    two.want("2")
    manifest = json.loads((two.folder / "homeport.yaml").read_text())
    manifest["services"]["api"]["environment"]["BEHAVIOUR"] = "exits"
    (two.folder / "homeport.yaml").write_text(json.dumps(manifest))
    two.up("dev", returncode=1)
    two.want("1")
    assert "The last release of dev, 2, failed" in two.promote(returncode=1)
    assert "3 recorded: 2 failed, and this serves" in two.run("rollback", "--yes", "dev", "1")
    two.promote()
    assert "dev 3" == two.releases("staging")[0]["origin"]


def test_migrations_are_compared_with_those_of_the_target(two: Two) -> None:
    """By the records of both: one that was edited in between is refused before anything runs."""
    two.promote()
    two.run("down", "dev", "--delete-data", "--confirm-name", two.name)
    record = two.installation.server_folder / "releases" / f"{two.name}.dev"
    shutil.rmtree(record)
    script = two.folder / "migrations" / "V1__things.sql"
    script.write_text(script.read_text() + "-- edited\n")
    two.up("dev")
    assert "V1__things.sql was edited after it was released" in two.promote(returncode=1)
    assert "1" == two.serves("staging")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A second server, as far as homeport can tell: an installation with a registry, a database and a gateway."""
    made = Installation(tmp_path_factory.mktemp("elsewhere"))
    try:
        made.setup()
        yield made
    finally:
        made.remove()


def test_between_two_servers_images_are_copied_by_digest(two: Two, elsewhere: Installation) -> None:
    """The same digest runs there, whole in the other registry; what was copied once is not sent again."""
    arguments = ("promote", "--yes", "--instance", elsewhere.instance, "--from-instance", two.installation.instance)
    assert "MB sent" in two.run(*arguments, "dev", "staging")
    assert "1" == elsewhere.get(two.host("staging")).body.strip()
    (container,) = elsewhere.containers(two.name)
    digest = two.container("dev")["Config"]["Image"].partition("@")[2]
    assert digest == elsewhere.inspect(container)["Config"]["Image"].partition("@")[2]
    assert _is_whole(_registry(elsewhere), f"api/{two.name}-api", digest)
    two.want("2")
    two.up("dev")
    assert 2 == two.run(*arguments, "dev", "staging").count("0 bytes sent")
    assert "2" == elsewhere.get(two.host("staging")).body.strip()
    assert "Nothing to do" in two.run(*arguments, "dev", "staging")
    assert [] == [name for name in two.installation.containers(two.name) if "-staging-" in name]


def test_a_prune_does_not_take_what_is_promoted_to_another_server(two: Two, elsewhere: Installation) -> None:
    """While images are copied from here a prune is refused, though newer releases of their target have been made."""
    arguments = ("promote", "--yes", "--instance", elsewhere.instance, "--from-instance", two.installation.instance)
    registry = f"{elsewhere.instance}-registry"
    elsewhere.client.pause(registry)  # so that the copy goes on for as long as it has to
    try:
        promotion = Running(two.installation.start(*arguments, "dev", "staging", cwd=two.folder))
        promotion.wait_for("copied to")
        two.want("2")
        two.build_anew()
        two.up("dev")
        prune = ("registry", "prune", "--keep", "1", "--yes")
        refused = two.run(*prune, returncode=1, cwd=two.installation.folder)
    finally:
        elsewhere.client.unpause(registry)
    assert f"{two.name} is being promoted to staging by " in refused
    assert 0 == promotion.wait(), promotion.output
    assert "1" == elsewhere.get(two.host("staging")).body.strip()
    assert "releases dropped" in two.run(*prune, cwd=two.installation.folder)


def test_a_registry_that_goes_in_a_promotion_to_another_server(two: Two, elsewhere: Installation) -> None:
    """Of either server, in the copy or after it: it is named with the next step, what served serves, and the same
    promotion goes through once the registry is back."""
    arguments = ("promote", "--instance", elsewhere.instance, "--from-instance", two.installation.instance)
    host, yes = two.host("staging"), ("--yes", "dev", "staging")
    two.run(*arguments, *yes)
    two.want("2")
    two.build_anew()
    two.up("dev")
    near, far = (f"{one.instance}-registry" for one in (two.installation, elsewhere))
    with Load(elsewhere.http, host, ("/",)).running() as load:
        elsewhere.client.pause(far)
        promotion = Running(two.installation.start(*arguments, *yes, cwd=two.folder))
        promotion.wait_for("copied to")
        two.installation.client.stop(near)
        elsewhere.client.unpause(far)
        assert 1 == promotion.wait()
        assert f"error: The registry at 127.0.0.1:{two.installation.registry} " in promotion.output
        assert "homeport setup" in promotion.output
        two.installation.setup()
        command = elsewhere.command(*arguments, "dev", "staging")
        with in_terminal(command, cwd=two.folder, environment=elsewhere.environment(), columns=400) as terminal:
            terminal.shows("Apply this to staging?")
            elsewhere.client.remove_container(far, force=True)
            terminal.types("y\n")
            assert 1 == terminal.wait()
            said = terminal.shown.decode()
        assert f"Image 127.0.0.1:{elsewhere.registry}/api/{two.name}-api@sha256:" in said
        assert "homeport setup" in said
        assert "1" == elsewhere.get(host).body.strip()
        elsewhere.setup()
        two.run(*arguments, *yes)
    assert [] == load.failures
    assert "2" == elsewhere.get(host).body.strip()
    assert "Nothing to do" in two.run(*arguments, *yes)


def _registry(installation: Installation) -> Registry:
    kept = json.loads((installation.server_folder / "secrets" / "base.json").read_bytes())
    endpoint = Endpoint("127.0.0.1", installation.registry)
    return Registry(endpoint, "homeport", Secret(kept["passwords"]["registry"]))


def _is_whole(registry: Registry, repository: str, digest: str) -> bool:
    """Whether every byte of the image is there, by its digests."""
    manifest = json.loads(registry.manifest(repository, digest).body)
    blobs = {blob["digest"] for blob in (manifest["config"], *manifest["layers"])}
    return all(blob == f"sha256:{_sha256(registry, repository, blob)}" for blob in blobs)


def _sha256(registry: Registry, repository: str, digest: str) -> str:
    hashed = hashlib.sha256()
    with registry.blob(repository, digest) as pieces:
        for piece in pieces:
            hashed.update(piece)
    return hashed.hexdigest()
