"""From a site of the manifest to the inputs of `client-side`."""

from typing import Any

from homeport.manifest import Site

MIB = 1024 * 1024


def site_inputs(site: Site, image: str) -> dict[str, Any]:
    """The module's inputs; the environment is served as /config.json."""
    return {
        "image": image,
        "port": site.port,
        "files": site.files,
        "route": site.route,
        "healthcheck": site.healthcheck.path,
        "start_period": int(site.healthcheck.start_period),
        "environment": dict(site.environment),
        "cpus": site.cpus,
        "memory": site.memory // MIB,
        "read_only": site.read_only,
        "tmpfs": list(site.tmpfs),
        "cap_add": list(site.cap_add),
    }
