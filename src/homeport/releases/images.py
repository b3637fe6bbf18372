"""The images of a release, by name: one for each service, model and site, and that of the migrations. Pure."""

MIGRATIONS = "migrations"  # no service, model or site is called so
NO_DIGEST = "sha256:" + "0" * 64  # of an image that is not built yet


def migrations_repository(application: str) -> str:
    """Where the image of an application's migrations is kept in every registry."""
    return f"api/{application}-{MIGRATIONS}"
