"""What is refused on every kind of target before anything is built or changed."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from homeport.deploy.application import Application
from homeport.deploy.migrations import Examined, examine
from homeport.errors import Refused
from homeport.events import Emit
from homeport.oci import Reference, Registry
from homeport.oci.platform import platforms
from homeport.releases.migrations import Migration, compare
from homeport.targets import Target

AT_ONCE = 8  # images that a registry is asked for
Said = TypeVar("Said")


def check_migrations(application: Application, target: Target, emit: Emit) -> tuple[Migration, ...]:
    """The application's migrations, each with why it is breaking; what squawk finds in new ones is told.

    Raises Refused when one was edited after it was released, or a new one would keep others from a table for long.
    """
    examined = examine_for(application, target)
    examined.refuse()
    examined.tell(emit)
    return examined.migrations


def examine_for(application: Application, target: Target) -> Examined:
    """The application's migrations against its last release on the target."""
    last = target.last_release(application.name, application.target_name)
    return examine(application.folder, application.manifest.database, last.migrations if last else ())


def check_follow(application: Application, target: Target, migrations: tuple[Migration, ...], named: str = "") -> None:
    """Raises Refused when migrations do not follow those of the target's last release; `named` precedes each file."""
    last = target.last_release(application.name, application.target_name)
    problems = compare(last.migrations, migrations).problems if last else ()
    if problems:
        raise Refused("\n".join(f"{named}{problem}" for problem in problems))


def of_each(images: Collection[Reference], ask: Callable[[Reference], Said]) -> dict[Reference, Said]:
    """What a registry says of each image, asked at once: it may be some ways off."""
    wanted = list(dict.fromkeys(images))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(ask, wanted), strict=True))


def check_platforms(registry: Registry, images: Collection[Reference], platform: str, origin: str) -> None:
    """Raises Refused with every image of a release of the target `origin` that cannot run on the platform."""
    found = of_each(images, lambda image: platforms(registry, image))
    foreign = sorted(f"{image} is for {', '.join(there)}" for image, there in found.items() if platform not in there)
    if foreign:
        raise Refused(
            "\n  ".join((f"What {origin} has cannot run on {platform}, the platform of homeport.yaml:", *foreign)),
            next_step=f"Build it for {platform}: homeport up {origin}",
        )


def secret_versions(application: Application, target: Target, wanted: Collection[str]) -> dict[str, str]:
    """The present version of every secret that is wanted. Raises Refused when one is not set."""
    present = target.secrets.versions(application.root, wanted) if wanted else {}
    missing = sorted(set(wanted) - present.keys())
    if missing:
        raise Refused(
            f"{application.name} needs secrets that are not set on {application.target_name}: {', '.join(missing)}.",
            next_step=f"Set each by: homeport secret set {missing[0]} {application.target_name}",
        )
    return {name: str(present[name]) for name in wanted}
