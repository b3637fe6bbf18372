"""What a good manifest becomes, and what it answers."""

import shutil
from pathlib import Path

import pytest

from homeport.errors import Refused
from homeport.manifest import AwsTarget, BaseFile, DockerTarget, Healthcheck, Manifest, load, load_base
from homeport.manifest.schema import FOLDER as PACKAGE
from tests.manifest.harness import FOLDER, repository

GOOD = sorted((FOLDER / "good").glob("*.yaml"))


def loaded(file: Path, tmp_path: Path) -> Manifest:
    folder = repository(tmp_path)
    shutil.copy(file, folder / "homeport.yaml")
    return load(folder / "homeport.yaml")


@pytest.fixture
def example(tmp_path: Path) -> Manifest:
    return loaded(PACKAGE / "example.yaml", tmp_path)


@pytest.fixture
def every_key(tmp_path: Path) -> Manifest:
    return loaded(FOLDER / "good" / "every_key.yaml", tmp_path)


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_a_good_manifest_loads(file: Path, tmp_path: Path) -> None:
    """What keeps every rule is not refused."""
    assert loaded(file, tmp_path).name in ("notes", "n")


def test_defaults_are_safe(tmp_path: Path) -> None:
    """Read-only, no capabilities, limited, one copy, internal, on this machine."""
    manifest = loaded(FOLDER / "good" / "minimal_service.yaml", tmp_path)
    api = manifest.services["api"]
    assert (api.read_only, api.cap_add, api.tmpfs, api.replicas) == (True, (), (), 1)
    assert (api.cpus, api.memory) == (0.5, 512 * 1024**2)
    assert (api.port, api.route, api.healthcheck) == (None, None, None)
    assert {"home": DockerTarget(kind="docker", host="local")} == manifest.targets


def test_a_site_serves_the_root_on_8080(tmp_path: Path) -> None:
    """A site needs nothing but its folder."""
    web = loaded(FOLDER / "good" / "minimal_site.yaml", tmp_path).sites["web"]
    assert (8080, "/site", "/", Healthcheck(path="/")) == (web.port, web.files, web.route, web.healthcheck)


def test_values_reach_the_environment_as_they_were_written(every_key: Manifest) -> None:
    """`1.10` is not 1.1 and `007` is not 7; true is "true" as in Compose."""
    api = every_key.services["api"]
    assert api.environment == {
        "NUMBER": "007",
        "FRACTION": "1.10",
        "YES": "yes",
        "TRUE": "true",
        "DAY": "2024-01-01",
        "EMPTY": "",
        "LINES": "a\nb",
    }
    assert api.build.args == {"VERSION": "1.10", "DEBUG": "true"}


def test_short_forms_become_the_long_ones(every_key: Manifest) -> None:
    """A text stands for a context, a path, a command line, a size, a duration."""
    api, tagger, web = every_key.services["api"], every_key.models["tagger"], every_key.sites["web"]
    assert api.command == ("python", "-m", "notes api", "--port", "8000")
    assert Healthcheck(path="/healthz?full=1", start_period=90) == api.healthcheck
    assert tagger.build.context == "models/tagger"
    assert [api.memory, tagger.memory, web.memory] == [1536 * 1024**2, 16 * 1024**2, 64 * 1024**2]


def test_a_target_merges_what_it_says_otherwise(every_key: Manifest) -> None:
    """Variables are added or replaced one by one; limits are replaced; the rest stays."""
    there = every_key.at("production")
    api = there.services["api"]
    assert (api.replicas, api.cpus, api.memory) == (2, 1.0, 2 * 1024**3)
    assert tuple(api.environment[name] for name in ("NUMBER", "MORE", "FRACTION")) == ("8", "x", "1.10")
    assert there.models["tagger"].replicas == 3
    assert there.sites["web"].environment == {"FLAGS": "beta"}
    assert every_key.services == every_key.at("dev").services


def test_the_kinds_of_targets_are_told_apart(every_key: Manifest) -> None:
    """Each kind is a record of its own, with its leading zeros."""
    production = every_key.target("production")
    assert isinstance(production, AwsTarget)
    assert production.account == "012345678901"
    assert isinstance(every_key.target("dev"), DockerTarget)


def test_an_unknown_target_is_refused_with_those_there_are(example: Manifest) -> None:
    """The message has the next step."""
    with pytest.raises(Refused) as refused:
        example.at("stagging")
    assert refused.value.message == 'notes has no target "stagging" (did you mean "staging"?).'
    assert refused.value.next_step == "Its targets are: staging, production."


def test_of_several_targets_none_is_taken_unasked(example: Manifest, tmp_path: Path) -> None:
    """Without a name, only an only target is meant."""
    with pytest.raises(Refused):
        example.only_target()
    minimal = loaded(FOLDER / "good" / "minimal_service.yaml", tmp_path / "other")
    assert minimal.only_target() == "home"


def test_images_have_their_namespace(example: Manifest) -> None:
    """Repositories are `<namespace>/<application>-<name>`."""
    assert [image.repository for image in example.images()] == [
        "api/notes-api",
        "api/notes-worker",
        "model/notes-tagger",
        "site/notes-web",
    ]


def test_a_manifest_knows_its_folder(example: Manifest, tmp_path: Path) -> None:
    """Contexts are relative to it."""
    assert tmp_path / "repository" == example.folder
    assert example.folder == example.at("staging").folder


def test_a_base_has_safe_defaults() -> None:
    """Without a domain of its own a server is reached from itself only."""
    base = BaseFile()
    assert (
        base.instance,
        base.domain,
        base.gateway.http,
        base.gateway.https,
        base.registry.port,
        base.database.postgres,
    ) == ("homeport", "localhost", 80, 443, 5000, 17)
    assert base.listen_address() == "127.0.0.1"


def test_a_base_with_a_domain_listens_to_the_network(tmp_path: Path) -> None:
    """The address is what the file says, else what the domain means."""
    file = tmp_path / "homeport.base.yaml"
    file.write_text("domain: home.example.com\nnetwork: {edge: 10.1.0.0/24, data: 10.1.1.0/24}\n")
    assert load_base(file).listen_address() == "0.0.0.0"
    file.write_text("domain: home.example.com\ngateway: {address: 192.168.1.10}\n")
    assert load_base(file).listen_address() == "192.168.1.10"
    file.write_text("domain: dev.localhost\n")
    assert load_base(file).listen_address() == "127.0.0.1"
