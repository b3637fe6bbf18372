"""The way of a release to AWS, on an emulator with a real load balancer, services that run, and a state bucket."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docker
import pytest

from homeport.aws import Session
from homeport.aws import base as bases
from homeport.aws.base import CloudBase
from homeport.deploy.ahead import was_sent_ahead
from homeport.deploy.answers import Answer
from homeport.deploy.application import Application, load_application
from homeport.deploy.checks import check_platforms
from homeport.deploy.ways import way_of
from homeport.errors import CloudFailed, Refused
from homeport.events import Event, ignore
from homeport.oci import Registry
from homeport.releases.record import Release
from homeport.targets import CloudTarget
from tests.support.images import service_images
from tests.support.pushed import push, push_index
from tests.support.registry import running_registry

ROOT = "notes.production"
DIGEST = "sha256:" + "a" * 64
MANIFEST = """
name: notes
database: {postgres: 17}
services:
  api: {build: api, port: 8000, route: /api}
targets:
  home: {kind: docker}
  production: {kind: aws, account: "000000000000", region: us-east-1}
"""
CONFIGURATION = {
    "name": "notes",
    "target": "production",
    "hosts": [],
    "platform": "linux/amd64",
    "database": {"extensions": [], "placeholders": {}, "postgres": 17},
    "services": {"api": {"image": f"api/notes-api@{DIGEST}", "route": "/api"}},
}


@pytest.fixture(scope="module")
def client() -> Iterator[docker.APIClient]:
    client = docker.APIClient(timeout=120)
    yield client
    client.close()


@pytest.fixture(scope="module")
def home(client: docker.APIClient) -> Iterator[Registry]:
    """The registry of a server at home."""
    with running_registry(client) as found:
        yield found


@pytest.fixture
def application(tmp_path: Path, session: Session) -> Application:
    """One service and a database."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "Dockerfile").write_text("FROM scratch\n")
    text = MANIFEST.replace("000000000000", session.account).replace("us-east-1", session.region)
    (tmp_path / "homeport.yaml").write_text(text)
    return load_application(tmp_path, "production")


@pytest.fixture
def target(session: Session) -> Iterator[CloudTarget]:
    """An account with a state bucket, a load balancer that answers /api, and a cluster; nothing is released."""
    with CloudTarget.on(session, holder="ana@laptop pid 1") as opened:
        opened.bucket.ensure()
        for key in opened.bucket.keys("releases/") + opened.bucket.keys("state/"):
            opened.bucket.remove(key)
        bases.save(opened.bucket, _base(session))
        yield opened


def _base(session: Session) -> CloudBase:
    dns = _load_balancer(session)
    session.client("ecs").create_cluster(clusterName="homeport")
    return CloudBase(
        "id", session.account, session.region, "", {"load_balancer_dns": dns, "cluster": "homeport", "vpc_id": "vpc-1"}
    )


def _load_balancer(session: Session) -> str:
    """One that answers 200 to /api and 503 to all else, as a load balancer does for what has no task."""
    balancing = session.client("elbv2")
    known = balancing.describe_load_balancers()["LoadBalancers"]
    if known:
        return str(known[0]["DNSName"])
    made = balancing.create_load_balancer(Name="homeport", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
    listener = balancing.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[_fixed("503")]
    )["Listeners"][0]["ListenerArn"]
    condition = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api", "/api/*"]}}]
    balancing.create_rule(ListenerArn=listener, Priority=1, Conditions=condition, Actions=[_fixed("200")])
    return str(made["DNSName"])


def _fixed(status: str) -> dict[str, Any]:
    answer = {"StatusCode": status, "ContentType": "text/plain", "MessageBody": "it"}
    return {"Type": "fixed-response", "FixedResponseConfig": answer}


def _released(target: CloudTarget, configuration: dict[str, Any]) -> None:
    """The record of a release that succeeded."""
    target.record("notes", "production", _release(configuration))


def _release(configuration: dict[str, Any]) -> Release:
    return Release(
        number=1,
        result="succeeded",
        started="2026-11-28T03:00:00+00:00",
        seconds=1,
        by="ana@laptop",
        commit="",
        manifest="",
        images={"api": f"api/notes-api@{DIGEST}"},
        configuration=configuration,
        migrations=(),
        schema="",
    )


def _stands(target: CloudTarget, *resources: dict[str, Any]) -> None:
    state = {"version": 4, "serial": 1, "lineage": "0", "resources": list(resources)}
    target.states(ROOT).write(json.dumps(state).encode())


def _resource(module: str, kind: str, **attributes: Any) -> dict[str, Any]:
    return {
        "module": f"module.application.{module}",
        "mode": "managed",
        "type": kind,
        "instances": [{"attributes": attributes}],
    }


DATABASE = _resource("module.database[0]", "aws_db_instance", identifier="notes-production")
SERVICE = _resource('module.service["api"]', "aws_ecs_service", name="notes-production-api")


def test_every_route_is_asked_through_the_load_balancer(target: CloudTarget) -> None:
    """Without a site and without a name of its own, that is where a user finds it."""
    dns = str(target.base.outputs["load_balancer_dns"])
    [answer] = way_of(target).verify(CONFIGURATION)
    assert Answer("api", f"http://{dns}/api", 200, answer.resolves, dns) == answer


def test_a_route_without_a_task_fails_the_release(target: CloudTarget) -> None:
    """A load balancer says 503 for it; the next step is its log."""
    silent = {**CONFIGURATION, "services": {"api": {"image": "", "route": "/elsewhere"}}}
    with pytest.raises(CloudFailed, match="answers 503") as failed:
        way_of(target).verify(silent)
    assert "/homeport/notes/production/api" in failed.value.next_step


def test_down_leaves_the_database_in_the_state(application: Application, target: CloudTarget) -> None:
    """AWS cannot forget an instance and find it again: so all but it goes, and it is as its last release made it."""
    _released(target, CONFIGURATION)
    _stands(target, DATABASE, SERVICE)
    [kept] = way_of(target).roots_without(application, delete_data=False)
    given = kept["module"]["application"]
    assert {"extensions": [], "placeholders": {}, "postgres": 17, "delete_data": False} == given["database"]
    assert "services" not in given
    assert "homeport down production --delete-data" in way_of(target).what_stays(application)


def test_data_is_deleted_only_after_the_state_says_so(application: Application, target: CloudTarget) -> None:
    """First the instance is marked, then it goes with all else."""
    _released(target, CONFIGURATION)
    _stands(target, DATABASE)
    marked, nothing = way_of(target).roots_without(application, delete_data=True)
    assert marked["module"]["application"]["database"]["delete_data"]
    assert "module" not in nothing


@pytest.mark.parametrize("delete_data", [True, False])
def test_down_makes_no_database_where_there_is_none(
    application: Application, target: CloudTarget, delete_data: bool
) -> None:
    """Marking one that is not there would make it first, for ten minutes and money."""
    [nothing] = way_of(target).roots_without(application, delete_data=delete_data)
    assert "module" not in nothing


def test_the_schema_is_what_the_task_of_the_migrations_told(target: CloudTarget) -> None:
    """A release records it; without migrations there is none."""
    assert "" == target.schema_version(ROOT)
    _stands(target, _resource("module.database[0]", "homeport_ecs_task", version="7"))
    assert "7" == target.schema_version(ROOT)


def test_nothing_is_built_for_aws(application: Application, target: CloudTarget) -> None:
    """What runs in production was seen to run at home; the next step is the promotion."""
    for ask in (way_of(target).built, way_of(target).looked_up):
        with pytest.raises(Refused) as refused:
            ask(application, ignore)
        assert "homeport promote home production" in refused.value.next_step


def test_a_plan_has_the_images_of_the_last_release(application: Application, target: CloudTarget) -> None:
    """So it shows what the manifest changes, and says whose images these are."""
    _released(target, CONFIGURATION)
    told: list[Event] = []
    assert {"api": f"api/notes-api@{DIGEST}"} == way_of(target).looked_up(application, told.append)
    assert ["with the images of release 1; a promotion brings others"] == [event.text for event in told]


def test_a_rollback_needs_the_images_in_ecr(application: Application, target: CloudTarget) -> None:
    """All that are gone are named, before anything is changed."""
    images = {"api": f"api/notes-api@{DIGEST}"}
    with pytest.raises(Refused, match="has no more, of release 1:\n  api/notes-api@sha256:aaa"):
        way_of(target).check_images(application, images, "release 1", "")


def test_images_are_sent_ahead_once_their_repository_is_there(
    application: Application, target: CloudTarget, home: Registry, client: docker.APIClient
) -> None:
    """Terraform makes it; then what was sent is given to a promotion of that target, without the server at home."""
    image = push(client, home, "api/notes-api", {"Dockerfile": f"FROM {service_images().registry}\n"})
    images, way, told = {"api": str(image)}, way_of(target), list[Event]()
    inputs = {**CONFIGURATION, "services": {"api": {"image": str(image), "route": "/api"}}}
    assert ('module.application.aws_ecr_repository.this["api/notes-api"]',) == way.needed_ahead(inputs)
    target.session.client("ecr").create_repository(repositoryName="api/notes-api/production")
    assert () == way.needed_ahead(inputs)
    with pytest.raises(Refused, match="has no more, of release 1 of home"):
        way.check_gives(application, images, "home", _release(CONFIGURATION))
    way.send_ahead(application, images, home, told.append)
    way.check_gives(application, images, "home", _release(CONFIGURATION))
    way.send_ahead(application, images, home, told.append)
    assert "in ECR already" == told[-1].text


def test_an_image_of_another_platform_is_refused_before_anything_is_sent(
    home: Registry, client: docker.APIClient
) -> None:
    """All of them are looked at where they come from; an index has what it names."""
    image = push(client, home, "api/notes-api", {"Dockerfile": f"FROM {service_images().registry}\n"})
    both = push_index(home, image)
    with pytest.raises(Refused, match="What home has cannot run on linux/arm64") as refused:
        check_platforms(home, [image, both], "linux/arm64", "home")
    assert f"  {image} is for linux/amd64" in refused.value.message.splitlines()
    assert str(both) not in refused.value.message
    assert "Build it for linux/arm64: homeport up home" == refused.value.next_step
    check_platforms(home, [both], "linux/arm64", "home")


def test_what_was_sent_ahead_is_known_by_its_record(application: Application, target: CloudTarget) -> None:
    """Under the name of the target that it came from, beside the releases of the target itself."""
    assert not was_sent_ahead(application, "home", target)
    target.release_files("notes", "home").append(_release(CONFIGURATION).to_json(), keep=5)
    assert was_sent_ahead(application, "home", target)
    assert [] == target.releases("notes", "production")


def test_what_runs_is_what_ecs_counts(application: Application, target: CloudTarget) -> None:
    """A service by its name in the manifest, with how many of its tasks run of how many there should be."""
    ecs = target.session.client("ecs")
    image = service_images().postgres
    container = {"name": "api", "image": image, "command": ["sleep", "600"], "essential": True}
    definition = ecs.register_task_definition(family="notes-production-api", containerDefinitions=[container])
    ecs.create_service(
        cluster="homeport",
        serviceName="notes-production-api",
        taskDefinition=definition["taskDefinition"]["taskDefinitionArn"],
        desiredCount=0,
    )
    _stands(target, SERVICE)
    [part] = way_of(target).running(application)
    assert ("api", "notes-production-api", image, "0 of 0 run") == (part.service, part.name, part.image, part.status)


def test_a_release_says_for_which_names_the_base_has_no_certificate(
    application: Application, target: CloudTarget
) -> None:
    """Before anything is changed."""
    named = replace(application, target=application.target.model_copy(update={"hosts": ("notes.example.com",)}))
    with pytest.raises(Refused, match="has no domain, and not for notes"):
        way_of(target).check(named)
