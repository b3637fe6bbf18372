"""Which release a rollback means, what stands in its way, and what it becomes."""

from collections.abc import Sequence

import pytest

from homeport.errors import Refused
from homeport.releases.record import Release
from homeport.releases.rollback import Schema, at_present, check_breaking, meant
from tests.releases.history import migration, ran, release

V1, V2, V3 = (migration(f"V{number}") for number in (1, 2, 3))
BREAKING = migration("V2", breaking="column name is dropped")
CALLED = "x on home"


@pytest.mark.parametrize(
    ("expected", "releases"),
    [
        pytest.param(1, [release(1), release(2)], id="the one before"),
        pytest.param(1, [release(1), release(2, result="failed"), release(3)], id="a failed one never served"),
        pytest.param(1, [release(1), release(2), release(3, version=2)], id="one that does not differ brings nothing"),
        pytest.param(2, [release(1), release(2), release(3), release(4, result="failed")], id="what serves is 3"),
        pytest.param(1, [release(1), release(2), release(3), release(4, version=2, of=2)], id="a second one, further"),
        pytest.param(3, [release(1), release(2), release(3, version=1, of=1), release(4)], id="to one that repeats 1"),
        pytest.param(1, [release(1, secrets={"A": "1"}), release(2, secrets={"A": "2"})], id="another version"),
    ],
)
def test_without_a_number_it_is_the_one_before(expected: int, releases: Sequence[Release]) -> None:
    """The newest that served before what serves and is another; a rollback counts as what it repeats."""
    assert expected == meant(releases, None, called=CALLED).number


@pytest.mark.parametrize(
    ("releases", "number", "expected"),
    [
        ([], None, "x on home has no release to go back to: none succeeded"),
        ([release(1, result="failed")], 1, "none succeeded"),
        ([release(1)], None, "no release before 1, which serves, that differs from it"),
        ([release(1), release(2, version=1)], None, "no release before 2"),
        ([release(1, secrets={"A": "1"}), release(2, version=1, secrets={"A": "2"})], None, "no release before 2"),
        ([release(1), release(2, version=1, of=1)], None, "no release before 1"),
        ([release(1)], 9, "x on home has no release 9"),
        ([release(1), release(2, result="failed"), release(3)], 2, "Release 2 of x on home failed: it never served"),
        ([release(1), release(2, result="interrupted")], 2, "Release 2 of x on home was interrupted"),
    ],
)
def test_what_cannot_be_meant_is_refused(releases: Sequence[Release], number: int | None, expected: str) -> None:
    """With the number, and where to see the others."""
    with pytest.raises(Refused, match=expected) as caught:
        meant(releases, number, called=CALLED)
    assert "homeport releases" in caught.value.next_step


def _schema(*migrations: object, **given: object) -> Schema:
    return Schema("", ran(*migrations, **given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("later", "schema"),
    [
        pytest.param([release(2, V1, BREAKING)], _schema(V1, BREAKING), id="released"),
        pytest.param([release(2, V1, BREAKING, result="failed")], _schema(V1, BREAKING), id="ran, and then it failed"),
        pytest.param([release(2, V1, BREAKING)], _schema(V1, failed=[BREAKING]), id="ran half-way"),
        pytest.param([release(2, V1, BREAKING)], Schema(), id="nobody can be asked"),
        pytest.param([release(2, V1, BREAKING), release(3, V1, BREAKING, V3)], _schema(V1, BREAKING, V3), id="before"),
    ],
)
def test_a_breaking_migration_that_ran_since_stands_in_the_way(later: Sequence[Release], schema: Schema) -> None:
    """Each file is named once with its reason, and the way is forward."""
    wanted = release(1, V1)
    with pytest.raises(Refused, match=r"V2__step_2\.sql: column name is dropped") as caught:
        check_breaking(wanted, [wanted, *later], schema)
    assert 1 == str(caught.value).count("V2__step_2.sql")
    assert "write a migration" in caught.value.next_step


@pytest.mark.parametrize(
    ("later", "schema"),
    [
        pytest.param([release(2, V1, V2)], _schema(V1, V2), id="none breaks"),
        pytest.param([release(2, V1, BREAKING, result="failed")], _schema(V1), id="it never ran"),
        pytest.param([], _schema(V1), id="none ran since"),
    ],
)
def test_what_breaks_nothing_is_no_obstacle(later: Sequence[Release], schema: Schema) -> None:
    """Code of a release runs on a newer schema that only adds to its own."""
    wanted = release(1, V1)
    check_breaking(wanted, [wanted, *later], schema)


def test_a_breaking_migration_of_the_release_itself_is_its_own() -> None:
    """Its code was written for it."""
    wanted = release(2, V1, BREAKING)
    check_breaking(wanted, [release(1, V1), wanted, release(3, V1, BREAKING, V3)], _schema(V1, BREAKING, V3))


def test_a_changed_repeatable_counts_as_what_it_is_now() -> None:
    """It has one place in Flyway's history, whatever it says."""
    before, now = migration("Rview", checksum=1), migration("Rview", checksum=2, breaking="the view loses a column")
    wanted = release(1, V1, before)
    with pytest.raises(Refused, match=r"R__view\.sql: the view loses a column"):
        check_breaking(wanted, [wanted, release(2, V1, now)], _schema(V1, now))


def test_a_migration_that_no_record_knows_stands_in_the_way() -> None:
    """A command was killed between its migrations and its record: nobody can say whether they break."""
    wanted = release(1, V1)
    with pytest.raises(Refused, match=r"V2__step_2\.sql: ran in a release that was cut off"):
        check_breaking(wanted, [wanted, release(2, V1)], _schema(V1, V2))


@pytest.mark.parametrize(
    ("expected", "later", "schema"),
    [
        pytest.param("api/x-migrations@2", [release(2, V1, V2)], Schema("", ran(V1, V2)), id="the newest release's"),
        pytest.param(
            "api/x-migrations@3",
            [release(2, V1, V2), release(3, V1, V2, V3, result="failed")],
            Schema("api/x-migrations@2", ran(V1, V2, V3)),
            id="a failed one's that ran",
        ),
        pytest.param(
            "api/x-migrations@2",
            [release(2, V1, V2), release(3, V1, V2, V3, result="failed")],
            Schema("api/x-migrations@2", ran(V1, V2)),
            id="not a failed one's that did not run",
        ),
        pytest.param(
            "view 1",
            [
                release(2, V1, migration("Rview"), image="view 1"),
                release(3, V1, migration("Rview", checksum=2), image="view 2", result="failed"),
            ],
            Schema("view 1", ran(V1, migration("Rview"))),
            id="not a repeatable's that was never applied",
        ),
        pytest.param("api/x-migrations@2", [release(2, V1, V2)], Schema(), id="by the records alone"),
    ],
)
def test_the_database_never_goes_back(expected: str, later: Sequence[Release], schema: Schema) -> None:
    """A rollback goes on with the newest migrations that were applied."""
    wanted = release(1, V1)
    draft = at_present(wanted, [wanted, *later], schema, {})
    assert expected == draft.images["migrations"] == draft.configuration["database"]["migrations"]
    assert next(one.migrations for one in later if expected in one.images.values()) == draft.migrations


def test_images_and_configuration_are_the_older_ones_and_secrets_the_present_ones() -> None:
    """The values that a secret had are gone."""
    wanted = release(1, secrets={"A": "1"})
    draft = at_present(wanted, [wanted, release(2, secrets={"A": "2", "B": "1"})], Schema(), {"A": "2", "C": "1"})
    assert {"api": "api/x-api@1"} == draft.images
    assert {"A": "2"} == draft.configuration["services"]["api"]["secrets"]
    assert (1, "commit1") == (draft.of, draft.commit)


def test_a_rollback_to_a_rollback_repeats_the_original() -> None:
    """So that who reads the list finds the release with the sources."""
    wanted = release(3, version=1, of=1)
    assert 1 == at_present(wanted, [release(1), release(2), wanted, release(4)], Schema(), {}).of


def test_a_release_without_a_database_gets_none() -> None:
    """Nothing is added to what it was."""
    wanted = release(1)
    draft = at_present(wanted, [wanted, release(2, V1)], Schema(), {})
    assert "migrations" not in draft.images
    assert "database" not in draft.configuration
