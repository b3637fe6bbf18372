"""The roots of an application on AWS, for every shape that an application has."""

from pathlib import Path

import pytest

from homeport.aws import Session
from homeport.aws.base import CloudBase
from homeport.deploy.application import load_application
from homeport.deploy.ways.cloud.roots import whole_root
from homeport.targets import CloudTarget

MANIFEST = """
name: notes
{parts}
targets:
  production: {{kind: aws, account: "123456789012", region: eu-west-1}}
"""
PARTS = {
    "service": "services: {api: {build: api, port: 8000, route: /, secrets: [TOKEN]}}",
    "worker": "services: {worker: {build: api}}",
    "model": "models: {tagger: {build: model, port: 8080, route: /, secrets: [TOKEN]}}",
    "site": "sites: {web: {build: web, route: /}}",
    "database": "database: {postgres: 17}\nservices: {api: {build: api, port: 8000, route: /}}",
}


@pytest.mark.parametrize("parts", PARTS)
def test_the_whole_root_is_of_what_there_is(parts: str, tmp_path: Path) -> None:
    """`down` compares it with the state: what the application has not is not asked for, nor a secret's value."""
    (tmp_path / "homeport.yaml").write_text(MANIFEST.format(parts=PARTS[parts]))
    target = CloudTarget.on(Session("eu-west-1", "123456789012"), holder="ana@laptop pid 1")
    target.drivers.__dict__["base"] = CloudBase("id", "123456789012", "eu-west-1", "", {})
    root = whole_root(load_application(tmp_path, "production", sources=False), target)
    asked = {"service": "services", "worker": "services", "model": "models", "site": "sites", "database": "database"}
    assert asked[parts] in str(root)
    assert "TOKEN" not in str(root)
