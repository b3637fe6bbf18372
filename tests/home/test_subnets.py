"""Which subnets an installation takes."""

import pytest

from homeport.errors import Refused
from homeport.home.subnets import CANDIDATES, Network, choose


def test_a_subnet_that_overlaps_is_passed_over() -> None:
    """Neither a route of the server nor another network is cut off by ours."""
    first = Network(choose([], instance="one"))
    second = Network(choose([Network(f"{first.network_address + 512}/24")], instance="one"))
    assert second in CANDIDATES and not first.overlaps(second)


def test_two_instances_begin_to_look_elsewhere() -> None:
    """Two that are set up in the same second see the same networks, and still do not take the same."""
    chosen = [choose([], instance=f"instance{number}") for number in range(6)]
    assert len(set(chosen)) > 3


def test_no_free_subnet_is_refused_with_what_to_name() -> None:
    """Where everything is taken, the owner names two."""
    with pytest.raises(Refused, match=r"homeport\.base\.yaml: network"):
        choose([Network("172.16.0.0/12")], instance="one")
