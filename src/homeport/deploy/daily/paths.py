"""What a person means who looks at an application, or at a service of it. Pure."""

from homeport.deploy.application import Application
from homeport.deploy.services import check_service
from homeport.errors import Refused


def path_of(application: Application, service: str | None) -> str:
    """The route of a service or, without one, of the first site, or of what has the shortest path. Raises Refused
    for what has none."""
    paths = {name: part.route for _, name, part in application.manifest.parts() if part.route is not None}
    if service is not None:
        check_service(application, service)
    if not paths or (service is not None and service not in paths):
        raise Refused(
            f"{service or application.name} has no route.",
            next_step=f"Routes have: {', '.join(paths)}." if paths else "Give a service a `route:` in homeport.yaml.",
        )
    site = next((name for name in application.manifest.sites if name in paths), None)
    return paths[service or site or min(paths, key=lambda name: len(paths[name]))]
