"""What a promotion takes from the target that it comes from: the same for one at once and one that is sent ahead."""

from __future__ import annotations

from homeport.deploy.application import Application
from homeport.deploy.checks import check_follow
from homeport.deploy.ways import way_of
from homeport.releases.draft import Draft
from homeport.releases.images import MIGRATIONS
from homeport.releases.promotion import images_for, promotable
from homeport.releases.record import Release
from homeport.targets import Target


def promoted(origin: str, source: Target, application: Application, target: Target) -> tuple[Release, Draft]:
    """The last release of `origin`, which is the open `source`, and what is made of it on the application's `target`:
    its images and migrations with the target's own configuration.

    Raises Refused, with nothing changed, for what stands in the way.
    """
    release = promotable(source.releases(application.name, origin), called=origin)
    images = images_for(application.images, release, called=origin)
    way_of(source).check_gives(application, images, origin, release)
    migrations = release.migrations if MIGRATIONS in images else ()
    check_follow(application, target, migrations, f"release {release.number} of {origin}: ")
    draft = Draft(
        commit=release.commit,
        manifest=application.manifest_hash(),
        migrations=migrations,
        postgres=application.postgres,
        images=images,
        configuration=way_of(target).configuration(application, images),
        origin=f"{origin} {release.number}",
    )
    return release, draft
