"""A secret's value is where it is needed, and nowhere else."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from tests.support.installation import Installation, probe_application
from tests.support.searching import command_lines, files, found

pytestmark = pytest.mark.docker
VALUE = "s3cr+t/with=signs&and spaces"
CONTROL = "planted+control/value=here&there"


def _layers(installation: Installation, image: str) -> bytes:
    saved = b"".join(installation.client.get_image(image))
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
        members = [archive.extractfile(member) for member in archive.getmembers() if member.isfile()]
        data = [member.read() for member in members if member is not None]
    return b"".join(gzip.decompress(one) if one[:2] == b"\x1f\x8b" else one for one in data)


@pytest.fixture(scope="module")
def places(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All that a release leaves or shows, but the server's store of secrets."""
    application = probe_application(
        tmp_path_factory.mktemp("application"),
        services={"api": {"route": "/", "secrets": ["TOKEN"], "environment": {"PLANTED": CONTROL}}},
        database=True,
    )
    installation.homeport("secret", "set", "TOKEN", cwd=application, stdin=VALUE)
    with command_lines() as seen:
        said = installation.homeport("up", "--yes", cwd=application)
    (container,) = installation.containers("probe")
    logs = {
        name: installation.client.logs(name)
        for name in (f"{installation.instance}-postgres", f"{installation.instance}-gateway", container)
    }
    kept = dict(files(application)) | dict(files(installation.server_folder))
    return {
        **{name: data for name, data in kept.items() if f"{installation.server_folder}/secrets/" not in name},
        **{f"log of {name}": data for name, data in logs.items()},
        "output": (said.stdout + said.stderr).encode(),
        "command lines": b"\0".join(seen),
        "image": _layers(installation, installation.inspect(container)["Image"]),
        "secret list": installation.homeport("secret", "list", "--json", cwd=application).stdout.encode(),
        "status": installation.homeport("status", "--json", cwd=application).stdout.encode(),
    }


def test_the_service_has_the_secret(installation: Installation, places: dict[str, bytes]) -> None:
    """A container's own environment is the one accepted place."""
    (container,) = installation.containers("probe")
    assert f"TOKEN={VALUE}" in installation.inspect(container)["Config"]["Env"]


def test_a_secret_is_nowhere_else(places: dict[str, bytes]) -> None:
    """Not in state, plan, records, command lines, logs, image layers or output, in any spelling."""
    assert [] == found(VALUE, places)


def test_passwords_of_the_database_are_nowhere_else(installation: Installation, places: dict[str, bytes]) -> None:
    """The same for what homeport makes itself."""
    (container,) = installation.containers("probe")
    environment = dict(entry.partition("=")[::2] for entry in installation.inspect(container)["Config"]["Env"])
    assert [] == found(environment["PGPASSWORD"], places)


def test_the_search_finds_what_is_there(places: dict[str, bytes]) -> None:
    """The control: a plain variable is found by the same search, in the state among others."""
    assert any("tfstate" in place for place in found(CONTROL, places))
    assert any("plan unpacked" in place for place in found(CONTROL, places))


def test_a_changed_secret_is_in_the_plan(installation: Installation, places: dict[str, bytes], tmp_path: Path) -> None:
    """By its name and a counter; the same value again changes nothing."""
    application = probe_application(tmp_path, services={"api": {"route": "/", "secrets": ["TOKEN"]}})
    assert (
        "has that value already" in installation.homeport("secret", "set", "TOKEN", cwd=application, stdin=VALUE).stdout
    )
    installation.homeport("up", "--yes", cwd=application)
    installation.homeport("secret", "set", "TOKEN", cwd=application, stdin="another")
    assert "secrets (TOKEN)" in installation.homeport("plan", cwd=application).stderr
    installation.homeport("up", "--yes", cwd=application)
    (container,) = installation.containers("probe")
    assert "TOKEN=another" in installation.inspect(container)["Config"]["Env"]


def test_secrets_come_from_an_env_file(installation: Installation, tmp_path: Path) -> None:
    """What the manifest names, all or none, and no value is ever shown; they reach the service."""
    services = {"api": {"route": "/", "secrets": ["TOKEN", "KEY"]}}
    application = probe_application(tmp_path, "imported", services=services)
    (application / ".env").write_text(f"# settings\nexport TOKEN='{VALUE}'\nKEY=\nDEBUG=1\n")
    refused = installation.homeport("secret", "import", ".env", cwd=application, returncode=1)
    assert ".env:3: KEY has no value" in refused.stderr
    assert "{}" == installation.homeport("secret", "list", "--json", cwd=application).stdout.strip()
    (application / ".env").write_text(f"# settings\nexport TOKEN='{VALUE}'\nKEY=\"one\\ntwo\"\nDEBUG=1\n")
    done = installation.homeport("secret", "import", "home", ".env", cwd=application)
    assert ["KEY", "TOKEN"] == [line.split()[0] for line in done.stdout.splitlines() if line.endswith(" new")]
    assert "Left out, because homeport.yaml does not name them: DEBUG" in done.stderr
    assert VALUE not in done.stdout + done.stderr + refused.stderr
    piped = installation.homeport("secret", "import", "--json", cwd=application, stdin=f"TOKEN='{VALUE}'\nKEY=3")
    assert {"TOKEN": "unchanged", "KEY": "changed"} == json.loads(piped.stdout)["kept"]
    installation.homeport("up", "--yes", cwd=application)
    (container,) = installation.containers("imported")
    assert {f"TOKEN={VALUE}", "KEY=3"} <= set(installation.inspect(container)["Config"]["Env"])


def test_a_secret_that_is_not_set_is_refused(installation: Installation, tmp_path: Path) -> None:
    """Before anything is changed, with the command that sets it."""
    application = probe_application(tmp_path, "other", services={"api": {"secrets": ["MISSING"]}})
    refused = installation.homeport("up", "--yes", cwd=application, returncode=1)
    assert "homeport secret set MISSING" in refused.stderr
    assert {} == installation.containers("other")


def test_a_removed_secret_matters_to_what_starts_only(installation: Installation, tmp_path: Path) -> None:
    """What runs has its value; without it nothing is started anew, and the application can be taken down."""
    application = probe_application(tmp_path, "leaving", services={"api": {"secrets": ["TOKEN"]}}, database=True)
    installation.homeport("secret", "set", "TOKEN", cwd=application, stdin=VALUE)
    installation.homeport("up", "--yes", cwd=application)
    before = installation.containers("leaving")
    removed = installation.homeport("secret", "remove", "TOKEN", cwd=application)
    assert "It is a secret of api: what runs keeps its value, and the next release is refused" in removed.stderr
    refused = installation.homeport("restart", cwd=application, returncode=1)
    assert "homeport secret set TOKEN home" in refused.stderr
    assert before == installation.containers("leaving")
    installation.homeport("down", "--yes", cwd=application)
    assert {} == installation.containers("leaving")


def test_secrets_go_with_the_data_though_nothing_else_is_left(installation: Installation, tmp_path: Path) -> None:
    """An application without a database, taken off before or never released, leaves them behind otherwise."""
    application = probe_application(tmp_path, "gone", services={"api": {"secrets": ["TOKEN"]}})
    installation.homeport("secret", "set", "TOKEN", cwd=application, stdin=VALUE)
    assert "gone is off home already" in installation.homeport("down", "--yes", cwd=application).stdout
    assert "TOKEN" in installation.homeport("secret", "list", cwd=application).stdout
    deleted = installation.homeport("down", "--delete-data", "--confirm-name", "gone", cwd=application)
    assert "gone is off home, and its data is deleted." in deleted.stdout
    assert "{}" == installation.homeport("secret", "list", "--json", cwd=application).stdout.strip()
