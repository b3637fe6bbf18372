"""A deployment of a service is followed until it works, and taken back when it does not: with real containers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from homeport.aws import Session
from homeport.aws.asking import answer, status
from homeport.aws.ecs_service import Services
from homeport.aws.rollout import Rollout, Rollouts, Route
from homeport.errors import CandidateFailed, Interrupted
from homeport.events import Event
from tests.support.images import base_image

PORT = 8000
SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(os.environ["STATUS"]))
        self.end_headers()
        self.wfile.write(os.environ["VERSION"].encode())
print("serving", flush=True)
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
SERVES = ["python", "-c", SERVER]
ENDS = ["sh", "-c", "echo reading settings; echo DATABASE_URL is missing >&2; exit 7"]
WORKS = ["sleep", "600"]
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@dataclass
class Bench:
    """A service of the test's own in a cluster, made and changed as Terraform does it."""

    session: Session
    cluster: str
    name: str = field(default_factory=lambda: f"t{uuid4().hex[:8]}")
    route: Route | None = None
    target_group: str = ""
    events: list[Event] = field(default_factory=list)

    def define(self, command: list[str], image: str = "", **environment: str) -> str:
        options = {"awslogs-group": "/rollouts", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "api"}
        defined = self.session.client("ecs").register_task_definition(
            family=self.name,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[
                {
                    "name": "api",
                    "image": image or base_image("python:3.13-slim"),
                    "memory": 512,
                    "command": command,
                    "portMappings": [{"containerPort": PORT}],
                    "environment": [{"name": name, "value": value} for name, value in environment.items()],
                    "logConfiguration": {"logDriver": "awslogs", "options": options},
                }
            ],
        )
        return str(defined["taskDefinition"]["taskDefinitionArn"])

    def create(self, task_definition: str) -> None:
        balanced = [{"targetGroupArn": self.target_group, "containerName": "api", "containerPort": PORT}]
        self.session.client("ecs").create_service(
            cluster=self.cluster,
            serviceName=self.name,
            taskDefinition=task_definition,
            desiredCount=1,
            launchType="FARGATE",
            deploymentConfiguration=BREAKER,
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
            loadBalancers=balanced if self.target_group else [],
        )

    def update(self, task_definition: str) -> None:
        ecs = self.session.client("ecs")
        ecs.update_service(cluster=self.cluster, service=self.name, taskDefinition=task_definition, desiredCount=1)

    def follow(
        self, task_definition: str, previous: str | None = None, stopped: Callable[[], bool] = lambda: False
    ) -> str:
        rollouts = Rollouts(self.session, patience=timedelta(seconds=3))
        rollout = Rollout(self.cluster, self.name, task_definition, self.route, start_period=2, timeout=60)
        return rollouts.follow(rollout, previous, stopped=stopped, emit=self.events.append)

    def deployed(self, command: list[str], **environment: str) -> str:
        """A first version that works."""
        task_definition = self.define(command, **environment)
        self.create(task_definition)
        self.follow(task_definition)
        return task_definition

    def failure(self, task_definition: str, previous: str | None = None) -> CandidateFailed:
        with pytest.raises(CandidateFailed) as failed:
            self.follow(task_definition, previous)
        return failed.value

    def look(self) -> str | None:
        return Rollouts(self.session).look(self.cluster, self.name)

    def running(self) -> list[str]:
        """The task definitions of what runs."""
        ecs = self.session.client("ecs")
        arns = ecs.list_tasks(cluster=self.cluster, serviceName=self.name)["taskArns"]
        tasks = ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []
        return [task["taskDefinitionArn"] for task in tasks]


@pytest.fixture(scope="module")
def cluster(emulator: Any) -> str:
    session = Session(emulator.region, emulator.account)
    session.client("logs").create_log_group(logGroupName="/rollouts")
    return str(session.client("ecs").create_cluster(clusterName="rollouts")["cluster"]["clusterArn"])


@pytest.fixture(scope="module")
def listener(emulator: Any) -> dict[str, str]:
    """A load balancer that answers 404 to hosts that it does not know."""
    balancing = Session(emulator.region, emulator.account).client("elbv2")
    made = balancing.create_load_balancer(Name="homeport-tests", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
    unknown = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    listener = balancing.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=unknown
    )["Listeners"][0]
    return {"load_balancer": made["LoadBalancerArn"], "dns": made["DNSName"], "listener": listener["ListenerArn"]}


@pytest.fixture
def worker(session: Session, cluster: str) -> Iterator[Bench]:
    bench = Bench(session, cluster)
    yield bench
    _removed(bench)


@pytest.fixture
def routed(session: Session, cluster: str, listener: dict[str, str]) -> Iterator[Bench]:
    """A service that the load balancer sends to: a host name of its own."""
    bench = Bench(session, cluster)
    host = f"{bench.name}.example.com"
    bench.route = Route(listener["load_balancer"], host, "/", is_encrypted=False)
    balancing = session.client("elbv2")
    bench.target_group = balancing.create_target_group(
        Name=bench.name, Protocol="HTTP", Port=PORT, TargetType="ip", VpcId="vpc-1"
    )["TargetGroups"][0]["TargetGroupArn"]
    balancing.create_rule(
        ListenerArn=listener["listener"],
        Priority=int(bench.name[1:], 16) % 50000 + 1,
        Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": [host]}}],
        Actions=[{"Type": "forward", "TargetGroupArn": bench.target_group}],
    )
    yield bench
    _removed(bench)


def _removed(bench: Bench) -> None:
    if bench.look():
        bench.session.client("ecs").delete_service(cluster=bench.cluster, service=bench.name, force=True)


def test_a_worker_that_runs(worker: Bench) -> None:
    """What nobody can ask is seen to run for ten seconds; the deployment is the service's own."""
    task_definition = worker.define(WORKS)
    began = time.monotonic()
    worker.create(task_definition)
    deployment = worker.follow(task_definition)
    assert 9 <= time.monotonic() - began  # the emulator gives the start of a task in whole seconds
    primary = Services(worker.session, worker.cluster, worker.name).find().primary  # type: ignore[union-attr]
    assert (primary.id, task_definition) == (deployment, worker.look())
    assert worker.events[-1].text.startswith("runs after ")


def test_a_service_that_answers(routed: Bench) -> None:
    """It is asked through the load balancer, by its host."""
    task_definition = routed.define(SERVES, STATUS="200", VERSION="one")
    routed.create(task_definition)
    routed.follow(task_definition)
    assert routed.events[-1].text.startswith("answers after ")


def test_a_first_version_that_ends_at_once(worker: Bench) -> None:
    """ECS calls a first deployment complete at birth, and would start it for ever: none of it is left to run."""
    task_definition = worker.define(ENDS)
    worker.create(task_definition)
    failure = worker.failure(task_definition)
    assert "api exited with code 7." == failure.message
    assert "  reading settings" in failure.detail.splitlines()
    assert "  DATABASE_URL is missing" in failure.detail.splitlines()
    assert "Nothing of it ran before, so none of it runs now." == failure.detail.splitlines()[-1]
    assert [] == worker.running()


@pytest.mark.long
def test_a_first_version_may_be_tried_again(worker: Bench) -> None:
    """What an attempt left behind does not fail the next one."""
    broken = worker.define(ENDS)
    worker.create(broken)
    worker.failure(broken)
    worker.update(broken)
    again = worker.failure(broken)
    whole = worker.define(WORKS)
    worker.update(whole)
    worker.follow(whole)
    assert ("api exited with code 7.", [whole]) == (again.message, worker.running())


def test_a_version_that_ends_at_once_is_taken_back(routed: Bench, listener: dict[str, str]) -> None:
    """The version before serves again, and nothing else runs."""
    before = routed.deployed(SERVES, STATUS="200", VERSION="one")
    after = routed.define(ENDS)
    routed.update(after)
    failure = routed.failure(after, before)
    assert "api exited with code 7." == failure.message
    assert "What ran before serves again." == failure.detail.splitlines()[-1]
    assert ([before], before) == (routed.running(), routed.look())
    assert (True, "answers 200") == answer(_door(routed, listener))


@pytest.mark.long
def test_what_nobody_recorded_stays(worker: Bench) -> None:
    """A version that serves is not taken down with a failed one, though the state knows nothing of it."""
    before = worker.deployed(WORKS)
    after = worker.define(ENDS)
    worker.update(after)
    failure = worker.failure(after)
    assert ("What ran before serves again.", [before]) == (failure.detail.splitlines()[-1], worker.running())


def test_a_version_that_answers_503_is_taken_back(routed: Bench, listener: dict[str, str]) -> None:
    """To ECS and to its emulator it is healthy; whoever asks it knows better."""
    before = routed.deployed(SERVES, STATUS="200", VERSION="one")
    after = routed.define(SERVES, STATUS="503", VERSION="two")
    routed.update(after)
    failure = routed.failure(after, before)
    host = routed.route.host if routed.route else ""
    assert f"api answers 503 at {host}/ through the load balancer, 5 s long." == failure.message
    assert "  serving" in failure.detail.splitlines()
    assert [before] == routed.running()
    assert 200 == status(_door(routed, listener))


def test_a_version_that_listens_late_takes_over_when_it_does(routed: Bench, listener: dict[str, str]) -> None:
    """The version before answers until then: no request finds nobody."""
    routed.deployed(SERVES, STATUS="200", VERSION="one")
    late = routed.define(["sh", "-c", 'sleep 6; exec python -c "$SERVER"'], STATUS="200", VERSION="two", SERVER=SERVER)
    routed.update(late)
    answers = []
    until = time.monotonic() + 9
    while time.monotonic() < until:
        answers.append(status(_door(routed, listener)))
        time.sleep(0.1)
    routed.follow(late)
    assert {200} == {*answers, status(_door(routed, listener))}
    assert [late] == routed.running()


@pytest.mark.long
def test_a_version_before_that_was_deregistered(routed: Bench, listener: dict[str, str]) -> None:
    """Terraform deregisters what it replaced: a copy of it is deployed then."""
    before = routed.deployed(SERVES, STATUS="200", VERSION="one")
    after = routed.define(SERVES, STATUS="503", VERSION="two")
    routed.update(after)
    routed.session.client("ecs").deregister_task_definition(taskDefinition=before)
    failure = routed.failure(after, before)
    assert "What ran before serves again." == failure.detail.splitlines()[-1]
    assert routed.look() not in (before, after)
    assert 200 == status(_door(routed, listener))


def test_an_image_that_is_not_there(worker: Bench) -> None:
    """It fails at the first task, and the version before stays."""
    before = worker.deployed(WORKS)
    after = worker.define(WORKS, image=f"{worker.session.registry_host}/api/nothing/test@sha256:{'0' * 64}")
    worker.update(after)
    failure = worker.failure(after, before)
    assert "image" in failure.message
    assert [before] == worker.running()


@pytest.mark.long
def test_what_somebody_else_deployed_is_left(worker: Bench) -> None:
    """Another's deployment is not ours to take back."""
    before = worker.deployed(WORKS)
    ours, theirs = worker.define(WORKS), worker.define(WORKS)
    worker.update(theirs)
    failure = worker.failure(ours, before)
    assert f"api deploys {theirs.rpartition('/')[2]} by now: somebody else deployed it meanwhile." == failure.message
    assert theirs == worker.look()


@pytest.mark.long
def test_a_person_stops_it(worker: Bench) -> None:
    """The service is left as it is."""
    task_definition = worker.define(WORKS)
    worker.create(task_definition)
    with pytest.raises(Interrupted, match="its deployment goes on"):
        worker.follow(task_definition, stopped=lambda: True)
    assert task_definition == worker.look()


def test_a_service_that_is_gone(worker: Bench) -> None:
    """Then there is no deployment of it, neither of one that never was nor of one that was deleted."""
    assert worker.look() is None
    worker.create(worker.define(WORKS))
    worker.session.client("ecs").delete_service(cluster=worker.cluster, service=worker.name, force=True)
    assert worker.look() is None


@pytest.mark.parametrize("host", ["d1a2b3c4d5e6f7.cloudfront.net", "the load balancer's own"])
def test_the_emulators_load_balancer_takes_any_host(session: Session, listener: dict[str, str], host: str) -> None:
    """An application without a domain is asked by CloudFront's name, or the load balancer's: by its path it is found.
    It knows neither here, and says so itself."""
    named = host if "." in host else listener["dns"]
    assert 404 == status(session.endpoints.load_balancer(listener["dns"], named, "/page", is_encrypted=False))


def _door(bench: Bench, listener: dict[str, str]) -> Any:
    assert bench.route
    return bench.session.endpoints.load_balancer(listener["dns"], bench.route.host, "/", is_encrypted=False)
