"""A distribution answers on its other names, too, as on AWS: ministack's knows its own name only.

Source: Amazon CloudFront, "Use custom URLs by adding alternate domain names (CNAMEs)".
"""

from ministack import app
from ministack.services import cloudfront

_label = app._parse_cloudfront_dataplane_host


def apply() -> None:
    app._parse_cloudfront_dataplane_host = label


def label(host: str) -> str | None:
    """The first label of the own name (`<id>.cloudfront.net`) of the distribution that has the name, if any."""
    found: str | None = _label(host)
    return found or _label_of_alias(host.partition(":")[0].lower())


def _label_of_alias(name: str) -> str | None:
    for distribution in cloudfront._distributions.values():
        if name in cloudfront._get_distribution_aliases(distribution):
            return str(distribution["DomainName"]).partition(".")[0]
    return None
