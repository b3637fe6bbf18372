"""The rules of a rollback: which release is meant, what stands in its way, and what it becomes. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from homeport.errors import Refused
from homeport.releases import configuration
from homeport.releases.draft import Draft
from homeport.releases.images import MIGRATIONS
from homeport.releases.migrations import Migration, version_order
from homeport.releases.record import Release

Place = str | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """A migration that Flyway's history names; `version` is None for a repeatable one."""

    script: str
    version: str | None
    description: str
    succeeded: bool

    @property
    def place(self) -> Place:
        return _place(self.version, self.description)


@dataclass(frozen=True, slots=True)
class Schema:
    """What stands in a database: the migrations image that Terraform applied last (empty for none), and what Flyway's
    history names; None where there is no database to ask.
    """

    image: str = ""
    ran: tuple[Ran, ...] | None = None

    def may_have(self, migration: Migration) -> bool:
        """Whether it ran, if only half-way; without a history, that is not known to be wrong."""
        return self.ran is None or _place_of(migration) in {one.place for one in self.ran}

    def has_all(self, migrations: Collection[Migration]) -> bool:
        """Whether all versioned ones have succeeded there."""
        succeeded = {one.place for one in self.ran or () if one.succeeded}
        return all(_place_of(migration) in succeeded for migration in migrations if migration.kind == "versioned")


def meant(releases: Sequence[Release], number: int | None, *, called: str) -> Release:
    """The release to go back to, of all there are (oldest first): the numbered one, or else the one before what serves.

    What serves may repeat a release itself; the one before it is then the one before that one, so that a second
    rollback goes further back. Raises Refused when there is none, or the numbered one never served.
    """
    served = [release for release in releases if release.result == "succeeded"]
    if not served:
        raise Refused(f"{called} has no release to go back to: none succeeded.", next_step="See: homeport releases")
    return _before(served, called) if number is None else _numbered(releases, number, called)


def check_breaking(release: Release, releases: Sequence[Release], schema: Schema) -> None:
    """Raises Refused when the release's code cannot run on what the database has become since.

    The database never goes back, and migrations of later releases ran even where those failed afterwards.
    """
    reasons = [f"{migration.script}: {migration.breaking}" for migration in _breaking(release, releases, schema)]
    reasons += [
        f"{script}: ran in a release that was cut off before it was recorded" for script in _unknown(releases, schema)
    ]
    if reasons:
        raise Refused(
            f"Release {release.number} cannot run on the database as it is by now:\n" + "\n".join(reasons),
            next_step="Nothing was changed. Go forward: write a migration that mends it, and run: homeport up",
        )


def at_present(release: Release, releases: Sequence[Release], schema: Schema, secrets: Mapping[str, str]) -> Draft:
    """The release anew: its images and configuration, on the newest schema and with the present secrets."""
    newest = _newest_schema(releases, schema)
    database = newest.configuration.get("database") if newest else None
    images = dict(release.images)
    if newest is not None and "database" in release.configuration:
        images[MIGRATIONS] = newest.images[MIGRATIONS]
    return Draft(
        commit=release.commit,
        manifest=release.manifest,
        migrations=newest.migrations if newest else release.migrations,
        postgres=release.postgres,
        images=images,
        configuration=configuration.at_present(release.configuration, database=database, secrets=secrets),
        of=release.original,
    )


def _numbered(releases: Sequence[Release], number: int, called: str) -> Release:
    found = next((release for release in releases if release.number == number), None)
    if found is None:
        raise Refused(f"{called} has no release {number}.", next_step="See which there are: homeport releases")
    if found.result != "succeeded":
        raise Refused(
            f"Release {number} of {called} {found.ended}: it never served.",
            next_step="Name one that succeeded: homeport releases",
        )
    return found


def _before(served: Sequence[Release], called: str) -> Release:
    serving = served[-1]
    for release in reversed(served):
        if release.number < serving.original and _brings(release) != _brings(serving):
            return release
    raise Refused(
        f"{called} has no release before {serving.original}, which serves, that differs from it.",
        next_step="See which there are: homeport releases",
    )


def _brings(release: Release) -> configuration.Configuration:
    """What a rollback would bring back of it: all but the schema and the values of secrets."""
    names = dict.fromkeys(configuration.secrets(release.configuration), "")
    return configuration.at_present(release.configuration, database={}, secrets=names)


def _breaking(release: Release, releases: Sequence[Release], schema: Schema) -> Iterator[Migration]:
    """The breaking migrations of later releases that ran, each once, as it was then."""
    own = {(_place_of(migration), migration.checksum) for migration in release.migrations}
    later = [migration for one in releases if one.number > release.number for migration in one.migrations]
    for migration in later:
        known = (_place_of(migration), migration.checksum)
        if migration.breaking and known not in own and schema.may_have(migration):
            own.add(known)
            yield migration


def _unknown(releases: Sequence[Release], schema: Schema) -> list[str]:
    """What ran and is in no record: of a command that was killed between its migrations and its record."""
    known = {_place_of(migration) for one in releases for migration in one.migrations}
    return [one.script for one in schema.ran or () if one.place not in known]


def _newest_schema(releases: Sequence[Release], schema: Schema) -> Release | None:
    """The release whose migrations the database has, the furthest one; that of the image that was applied last, where
    several are as far."""
    applied = [
        release
        for release in releases
        if MIGRATIONS in release.images and (release.result == "succeeded" or schema.has_all(release.migrations))
    ]

    def reach(release: Release) -> tuple[tuple[int, ...], bool, int]:
        orders = (migration.order() for migration in release.migrations if migration.kind == "versioned")
        return max(orders, default=()), release.images[MIGRATIONS] == schema.image, release.number

    return max(applied, key=reach, default=None)


def _place_of(migration: Migration) -> Place:
    return _place(migration.version, migration.description)


def _place(version: str | None, description: str) -> Place:
    """Which one it is for Flyway: versions are compared as numbers, repeatables by their description."""
    return description if version is None else version_order(version)
