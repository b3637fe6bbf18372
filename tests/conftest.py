"""What every run of the tests begins with."""

import signal

import pytest

pytest.register_assert_rewrite("tests.support.interruption")

# A run that was started in the background has SIGINT ignored, and its children would inherit that: no Ctrl-C for them.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest start first: one that starts last runs alone, while the other workers have no more."""
    items.sort(key=_minutes, reverse=True)


def _minutes(item: pytest.Item) -> float:
    mark = item.get_closest_marker("minutes")
    return float(mark.args[0]) if mark else 0
