"""What AWS refuses before anything is changed."""

import pytest

from homeport.aws.base import CloudBase
from homeport.deploy.ways.cloud.checks import check_hosts
from homeport.errors import Refused

CALLED = "AWS 123456789012, eu-west-1"


def _base(domain: str) -> CloudBase:
    return CloudBase("id", "123456789012", "eu-west-1", domain)


@pytest.mark.parametrize("host", ["example.com", "notes.example.com"])
def test_the_domain_and_what_is_right_below_it_has_a_certificate(host: str) -> None:
    """A certificate for a domain and *.domain is for one label and no more."""
    check_hosts(_base("example.com"), CALLED, [host])


@pytest.mark.parametrize("host", ["a.notes.example.com", "notes.example.org", "notesexample.com"])
def test_a_name_that_the_certificate_is_not_for_is_refused(host: str) -> None:
    """CloudFront would refuse it in the middle of a release."""
    with pytest.raises(Refused, match=f"not for {host}"):
        check_hosts(_base("example.com"), CALLED, [host])


def test_without_a_domain_every_name_is_refused() -> None:
    """The next step is the base's, or no name."""
    with pytest.raises(Refused) as refused:
        check_hosts(_base(""), CALLED, ["notes.example.com"])
    assert "aws.domain" in refused.value.next_step


def test_no_name_needs_no_domain() -> None:
    """The application then answers on a name that AWS gives it."""
    check_hosts(_base(""), CALLED, [])
