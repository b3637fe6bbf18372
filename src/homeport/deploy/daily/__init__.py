"""What a person asks for daily of an application, on another kind of target otherwise. `daily_of` is the one look-up.

The verbs (`logs`, `run`, `exec`, `psql`, `restart`, `open`, and what `why` says of now) know no kind.
"""

from homeport.deploy.application import Application
from homeport.deploy.daily.protocol import Asked, Daily, Page, Session, Trouble
from homeport.targets import Target

__all__ = ["Asked", "Daily", "Page", "Session", "Trouble", "daily_of"]


def daily_of(application: Application, target: Target) -> Daily:
    """The daily verbs of an application on its open target; those of another kind are not imported for it."""
    from homeport.targets import HomeTarget

    if isinstance(target, HomeTarget):
        from homeport.deploy.daily.home import HomeDaily

        return HomeDaily(application, target)
    from homeport.deploy.daily.cloud import CloudDaily
    from homeport.targets import CloudTarget

    if isinstance(target, CloudTarget):
        return CloudDaily(application, target)
    raise TypeError(f"no daily verbs on a {type(target).__name__}")
