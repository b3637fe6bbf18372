"""What a person hears before they say yes to a promotion."""

from pathlib import Path

from homeport.aws import Session
from homeport.deploy.application import load_application
from homeport.deploy.promote import Promote
from homeport.events import Event
from homeport.releases.parity import NOT_PROVEN_AT_HOME
from homeport.targets import CloudTarget
from homeport.terraform import Plan

MANIFEST = """
name: notes
services: {api: {build: api, port: 8000, route: /api}}
targets:
  staging: {kind: docker}
  production: {kind: aws, account: "123456789012", region: eu-west-1}
"""


def test_what_home_cannot_prove_is_said_before_the_question(tmp_path: Path) -> None:
    """Nobody takes a green staging for more than it is."""
    (tmp_path / "homeport.yaml").write_text(MANIFEST)
    heard: list[str] = []

    def emit(event: Event) -> None:
        heard.append(f"{event.step}: {event.subject}")

    def confirm(plan: Plan) -> bool:
        heard.append("asked")
        return False

    target = CloudTarget.on(Session("eu-west-1", "123456789012"), holder="ana@laptop pid 1")
    application = load_application(tmp_path, "production", sources=False)
    promote = Promote("staging", target, application, target, confirm, emit)
    assert not promote._confirm(Plan(tmp_path / "plan", (), is_empty=False))
    assert [*(f"unproven: {one.subject}" for one in NOT_PROVEN_AT_HOME), "asked"] == heard
