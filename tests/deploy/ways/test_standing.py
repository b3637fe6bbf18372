"""What stands of an application on AWS, read from its state."""

from pathlib import Path

from homeport.deploy.ways.cloud.standing import Standing, standing

STATES = Path(__file__).parent / "states"


def test_a_state_says_what_stands() -> None:
    """Services by their names in the manifest, CloudFront's name, and the instance with its major; no data source."""
    expected = Standing({"api": "notes-production-api"}, "d1.cloudfront.net", instance="notes-production", postgres=17)
    assert expected == standing((STATES / "everything.json").read_bytes())


def test_without_a_state_nothing_stands() -> None:
    """Before the first release there is none."""
    assert Standing({}, "", instance="") == standing(None)
