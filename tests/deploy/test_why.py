"""Why a release failed, from records."""

from dataclasses import replace
from typing import Any

from homeport.deploy.why import explained
from homeport.releases.migrations import records
from homeport.releases.record import Failure, Release, Step, from_json

IMAGES = {"api": "api/notes-api@sha256:1", "web": "site/notes-web@sha256:1"}
CONFIGURATION: dict[str, Any] = {
    "hosts": ["notes.localhost"],
    "services": {"api": {"image": IMAGES["api"], "environment": {"LEVEL": "info"}, "secrets": {"KEY": "1"}}},
}
FIRST = records({"V1__notes.sql": b"SELECT 1;"})


def _release(number: int, **given: Any) -> Release:
    made = Release(
        number=number,
        result="succeeded",
        started="2026-11-25T12:00:00+00:00",
        seconds=1.0,
        by="ana@laptop",
        commit="",
        manifest="",
        images=IMAGES,
        configuration=CONFIGURATION,
        migrations=FIRST,
        schema="1",
    )
    return replace(made, **given)


def _failed(number: int, step: str = "apply", kind: str = "CandidateFailed", **given: Any) -> Release:
    steps = (Step("build", 0.1), Step(step, 0.1, failed=True))
    failure = Failure(kind, "api exited with code 1.", "Its last log lines:\n  no", "Do this.")
    return _release(number, **{"result": "failed", "steps": steps, "failure": failure, **given})


def test_what_was_new_is_told_from_the_last_good_release() -> None:
    """Images by name, configuration by key (never by value), migrations by file; failed ones between do not count."""
    configuration = {
        **CONFIGURATION,
        "services": {"api": {"image": "api/notes-api@sha256:2", "environment": {}, "secrets": {"KEY": "2"}}},
    }
    now = records({"V1__notes.sql": b"SELECT 1;", "V2__more.sql": b"SELECT 2;"})
    images = {"api": "api/notes-api@sha256:2", "worker": "api/notes-worker@sha256:1"}
    failed = _failed(3, images=images, configuration=configuration, migrations=now)
    found = explained([_release(1), _failed(2, images={}), failed], failed, "homeport up home").difference
    assert found is not None
    assert 1 == found.since
    assert ["api", "web", "worker"] == [change.name for change in found.images]
    assert ("services.api.environment.LEVEL", "services.api.secrets.KEY") == found.configuration
    assert ("V2__more.sql",) == found.migrations


def test_before_it_was_planned_only_migrations_are_known() -> None:
    """A build that fails changes no image and no key: that is not the same as nothing new."""
    failed = _failed(2, "build", "BuildFailed", images={}, configuration={})
    found = explained([_release(1), failed], failed, "homeport up home").difference
    assert found is not None
    assert (False, (), ()) == (found.is_known, found.images, found.configuration)


def test_what_serves_is_only_said_where_it_is_known() -> None:
    """A candidate that fails switched nothing; a route that does not answer may be one of several."""
    for failed, expected in (
        (_failed(2), False),
        (_failed(2, "plan", "TerraformFailed"), False),
        (_failed(2, "apply", "GatewayFailed"), True),
        (_failed(2, "verify", "GatewayFailed"), True),
        (_failed(2, "apply", "Interrupted", result="interrupted"), True),
    ):
        found = explained([_release(1), failed], failed, "homeport up home")
        assert (1, expected) == (found.serves, found.may_have_switched), failed.failure
    found = explained([_release(1), _failed(2, "verify", "GatewayFailed"), _release(3)], _failed(2), "homeport up home")
    assert (3, False) == (found.serves, found.may_have_switched)


def test_the_place_of_a_migration() -> None:
    """File and line, from the words that Flyway's failure was explained with."""
    failure = Failure("MigrationFailed", "V2__more.sql, line 3: ERROR: no (SQL state 42P07)")
    found = explained([], _failed(1, failure=failure), "homeport up home")
    assert ("V2__more.sql", 3, None) == (found.file, found.line, found.difference)


def test_a_record_of_an_older_homeport_is_explained_by_its_text() -> None:
    """It has neither the step nor the kind."""
    failed = _failed(1, failure=None, error="It failed.\nHere is why.", steps=(Step("apply", 0.1),))
    found = explained([failed], failed, "homeport up home")
    assert ("", "It failed.", "Here is why.") == (found.step, found.cause, found.detail)


def test_a_record_comes_back_as_it_was() -> None:
    """Its failure and its failed step, too."""
    failed = _failed(1)
    assert failed == from_json(failed.to_json())
