"""What `homeport apps` makes of what it saw."""

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import docker

from homeport.deploy.apps import Container, Seen, Unclaimed, app, ledgers, unclaimed
from homeport.home import ledger
from homeport.home.base import Base
from homeport.home.home import Home
from homeport.home.usage import DatabaseSize
from homeport.host.local import LocalHost
from homeport.releases.record import Release, Result

MB = 2**20
BASE = Base(
    id="1", instance="i", domain="lan", address="0.0.0.0", http=8080, https=0, registry_port=5000, backup="",
    postgres=17, edge="", data="", image_source="built",
)  # fmt: skip
API = Container("i-home-notes-api-1", "api", "notes.home", True, "Up 3 minutes")
POSTGRES = Container("i-postgres", "postgres", "", True, "Up 2 hours")
NOTES_DATA = DatabaseSize("notes_home", 8 * MB, "notes.home")


def state(**nouns: list[dict[str, str]]) -> bytes:
    """A state of Terraform's with these objects."""
    resources = [
        {"type": f"homeport_{noun}", "instances": [{"attributes": one} for one in objects]}
        for noun, objects in nouns.items()
    ]
    return json.dumps({"resources": resources}).encode()


NOTES = state(
    container=[{"name": API.name, "service": "api"}],
    database=[{"name": "notes_home"}],
    route=[{"host": "notes.lan", "path": "/"}, {"host": "notes.lan", "path": "/api"}],
)
SEEN = Seen(
    states={
        "base": state(container=[{"name": "i-postgres", "service": "postgres"}], volume=[{"name": "postgres"}]),
        "notes.home": NOTES,
    },
    releases={},
    containers=(API, POSTGRES),
    memory={API.name: 50 * MB, POSTGRES.name: 30 * MB},
    volumes=("i-postgres",),
    databases=(NOTES_DATA,),
)


def test_an_application_is_what_its_state_names() -> None:
    """Its own memory and data, and where it answers."""
    found = app("notes.home", SEEN, BASE)
    assert ("notes", "home", 1, ()) == (found.application, found.target, found.containers, found.problems)
    assert (8 * MB, 50 * MB) == (found.database, found.memory)
    assert ("http://notes.lan:8080/", "http://notes.lan:8080/api") == found.urls


def test_what_does_not_run_is_said() -> None:
    """A container that ended, and one that is gone."""
    ended = replace(SEEN, containers=(replace(API, runs=False, status="Exited (1) 5 seconds ago"),))
    assert ("api: Exited (1) 5 seconds ago",) == app("notes.home", ended, BASE).problems
    assert ("api: missing",) == app("notes.home", replace(SEEN, containers=()), BASE).problems


def test_nothing_is_unclaimed_where_states_name_all() -> None:
    assert [] == list(unclaimed(SEEN, "i"))


def test_what_no_state_names_is_listed_with_whose_it_was() -> None:
    """Containers, volumes and databases: left, kept, or made by hand."""
    left = replace(API, name="i-home-notes-api-2")
    seen = replace(
        SEEN,
        states={"base": SEEN.states["base"]},
        containers=(left, POSTGRES),
        volumes=("i-postgres", "i-old"),
        databases=(NOTES_DATA, DatabaseSize("scratch", 2 * MB, "")),
    )
    assert [
        Unclaimed("container", "i-home-notes-api-2", "of notes.home, Up 3 minutes"),
        Unclaimed("volume", "i-old", ""),
        Unclaimed("database", "notes_home", "data of notes.home, which is down, 8 MB"),
        Unclaimed("database", "scratch", "made by hand, 2 MB"),
    ] == list(unclaimed(seen, "i"))


def _release(number: int, result: Result) -> bytes:
    made = Release(number, result, "", 0, "", "", "", {}, {}, (), "")
    return made.to_json()


def test_the_newest_good_release_is_found_behind_a_row_of_failures(tmp_path: Path) -> None:
    """Of every application, and the newest whole state of each root; what else lies in the folder is not read."""
    no_engine = cast(docker.APIClient, None)  # the ledgers are files
    home = Home(LocalHost(), "i", str(tmp_path), no_engine)
    for number in range(1, 31):
        ledger.releases(home, "notes", "home").append(_release(number, "succeeded" if number == 3 else "failed"))
    ledger.releases(home, "shop", "dev").append(_release(1, "succeeded"))
    ledger.releases(home, "new", "home").append(_release(1, "failed"))
    whole = [b'{"version": 4, "serial": %d, "lineage": "x", "resources": []}\n' % serial for serial in (1, 2)]
    for text in (*whole, b'{"version": 4, "ser'):
        ledger.states(home, "notes.home").write(text)
    ledger.states(home, "base").write(whole[0])
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "00000009.json").write_text("no JSON")
    states, releases = ledgers(home)
    assert {"notes.home": whole[1], "base": whole[0]} == states
    assert {"notes.home": 3, "shop.dev": 1} == {root: release.number for root, release in releases.items()}
