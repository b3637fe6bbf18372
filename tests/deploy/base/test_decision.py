"""Which image the front of a base gets."""

from dataclasses import replace

import pytest

from homeport.deploy.base.home.decision import kept_front
from homeport.home.base import Base

STANDING = Base(
    id="1", instance="i", domain="lan", address="0.0.0.0", http=8080, https=0, registry_port=5000, backup="",
    postgres=17, edge="", data="", image_source="built", images={"gateway": "haproxy:2", "front": "haproxy:1"},
)  # fmt: skip


@pytest.mark.parametrize("wanted", [STANDING, replace(STANDING, domain="test", https=8443)])
def test_a_front_stays_on_its_image(wanted: Base) -> None:
    """Nothing that it opens is another: HTTPS is not on."""
    assert "haproxy:1" == kept_front(STANDING, wanted)


@pytest.mark.parametrize(
    "wanted", [{"http": 8081}, {"address": "127.0.0.1"}, {"https": 8443, "tls": "own"}, {"registry_lan": 5443}]
)
def test_a_front_that_is_replaced_anyhow_takes_the_newest(wanted: dict[str, object]) -> None:
    assert "" == kept_front(STANDING, replace(STANDING, **wanted))  # type: ignore[arg-type]


@pytest.mark.parametrize("standing", [None, replace(STANDING, images={"gateway": "haproxy:2"})])
def test_the_first_front_takes_the_newest(standing: Base | None) -> None:
    """Of a new base, and of one that was made before there were fronts."""
    assert "" == kept_front(standing, STANDING)
