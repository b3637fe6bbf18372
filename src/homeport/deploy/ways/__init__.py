"""What a release does otherwise on another kind of target. Siblings, not switches: `way_of` is the one look-up.

The use cases (`up`, `promote`, `rollback`, `down` …) and `release.py` know no kind: they ask a target for what all have
(`targets/protocol.py`), and its way for the rest.
"""

from homeport.deploy.ways.part import Part
from homeport.deploy.ways.protocol import Way
from homeport.targets import Target

__all__ = ["Part", "Way", "way_of"]


def way_of(target: Target) -> Way:
    """The way of a release to an open target; that of another kind is not imported for it."""
    from homeport.targets import HomeTarget

    if isinstance(target, HomeTarget):
        from homeport.deploy.ways.home import HomeWay

        return HomeWay(target)
    from homeport.deploy.ways.cloud import CloudWay
    from homeport.targets import CloudTarget

    if isinstance(target, CloudTarget):
        return CloudWay(target)
    raise TypeError(f"no way to a {type(target).__name__}")
