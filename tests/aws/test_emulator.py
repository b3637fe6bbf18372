"""The emulator of AWS: what our modules lean on is real, and nothing of it stays or can be reached from outside."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import docker
import pytest

from homeport.aws import Session
from homeport.aws.asking import status
from homeport.aws.emulator import Running
from homeport.aws.emulator import emulator as running_emulator
from homeport.aws.emulator.engine import bridge_address
from tests.support.images import service_images
from tests.support.ports import free_port

PARENT = """
import sys, time
from homeport.aws.emulator import emulator
with emulator(postgres=sys.argv[1]) as running:
    print(running.process, flush=True)
    time.sleep(600)
"""


def _containers(instance: str) -> list[Any]:
    """The containers of an emulator, those that ended, too."""
    return docker.APIClient().containers(all=True, filters={"label": f"ministack.instance={instance}"})


def _eventually(is_true: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not is_true():
        time.sleep(0.1)
    return is_true()


def _task(session: Session, command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """One task of the image with psql, followed to its end; its log is in the group /one-off."""
    ecs = session.client("ecs")
    if not ecs.describe_clusters(clusters=["tests"])["clusters"]:
        ecs.create_cluster(clusterName="tests")
        session.client("logs").create_log_group(logGroupName="/one-off")
    options = {"awslogs-group": "/one-off", "awslogs-region": session.region, "awslogs-stream-prefix": "run"}
    definition = ecs.register_task_definition(
        family="one-off",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "it",
                "image": session.endpoints.client_image,
                "command": command,
                "environment": [{"name": name, "value": value} for name, value in environment.items()],
                "logConfiguration": {"logDriver": "awslogs", "options": options},
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}}
    started = ecs.run_task(
        cluster="tests", taskDefinition=definition, launchType="FARGATE", networkConfiguration=network
    )["tasks"][0]["taskArn"]

    def task() -> dict[str, Any]:
        return ecs.describe_tasks(cluster="tests", tasks=[started])["tasks"][0]

    assert _eventually(lambda: task()["lastStatus"] == "STOPPED")
    return task()


def _log(session: Session, task: dict[str, Any]) -> list[str]:
    stream = f"run/it/{task['taskArn'].rpartition('/')[2]}"
    events = session.client("logs").get_log_events(logGroupName="/one-off", logStreamName=stream, startFromHead=True)
    return [event["message"].rstrip() for event in events["events"]]


def test_it_answers_as_one_account(session: Session) -> None:
    """Whoever asks who they are is told the account that the fixture names."""
    assert session.account == session.client("sts").get_caller_identity()["Account"]


def test_a_task_runs_once_with_exit_code_and_log(session: Session) -> None:
    """The exit code and the lines of a one-off task are those of a real container."""
    task = _task(session, ["sh", "-c", "echo one; echo two >&2; exit 3"], {})
    assert 3 == task["containers"][0]["exitCode"]
    assert ["one", "two"] == sorted(_log(session, task))


@pytest.fixture(scope="module")
def database(emulator: Running) -> dict[str, Any]:
    """An RDS instance that manages its master password, as our module asks for it."""
    rds = Session(emulator.region, emulator.account).client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="notes",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        EngineVersion="17.6",
        AllocatedStorage=20,
        MasterUsername="homeport",
        ManageMasterUserPassword=True,
        EnableCloudwatchLogsExports=["postgresql"],
    )

    def found() -> dict[str, Any]:
        return rds.describe_db_instances(DBInstanceIdentifier="notes")["DBInstances"][0]

    assert _eventually(lambda: found()["DBInstanceStatus"] == "available")
    return found()


def test_a_database_has_the_password_that_rds_manages(session: Session, database: dict[str, Any]) -> None:
    """psql from a task logs in over TLS with the managed secret, and with no other password."""
    secret = session.client("secretsmanager").get_secret_value(SecretId=database["MasterUserSecret"]["SecretArn"])
    managed = json.loads(secret["SecretString"])
    there = {
        "PGHOST": database["Endpoint"]["Address"],
        "PGPORT": str(database["Endpoint"]["Port"]),
        "PGUSER": managed["username"],
        "PGDATABASE": "postgres",
        "PGSSLMODE": "require",
    }
    query = ["psql", "-XAtc", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"]
    right = _task(session, query, there | {"PGPASSWORD": managed["password"]})
    wrong = _task(session, query, there | {"PGPASSWORD": "guessed"})
    assert ["t"] == _log(session, right)
    assert 2 == wrong["containers"][0]["exitCode"]


def test_log_exports_are_read_back(database: dict[str, Any]) -> None:
    """What was put is described, or every later plan would change it."""
    assert ["postgresql"] == database["EnabledCloudwatchLogsExports"]


def test_an_alarm_is_read_back_whole(session: Session) -> None:
    """What was put is described, or every later plan would change it."""
    alarm = {
        "AlarmName": "full",
        "AlarmDescription": "storage < 2 GiB",
        "MetricName": "FreeStorageSpace",
        "Namespace": "AWS/RDS",
        "Statistic": "Minimum",
        "Period": 300,
        "EvaluationPeriods": 2,
        "Threshold": 2.0,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "notBreaching",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "notes"}],
        "AlarmActions": ["arn:aws:sns:eu-west-1:000000000000:alarms"],
    }
    session.client("cloudwatch").put_metric_alarm(**alarm)
    found = session.client("cloudwatch").describe_alarms(AlarmNames=["full"])["MetricAlarms"][0]
    assert alarm == {name: found.get(name) for name in alarm}


def test_nothing_listens_beyond_loopback_and_bridge(emulator: Running, database: dict[str, Any]) -> None:
    """An open AWS is not for the network that a laptop is in: neither the gateway nor a database's port."""
    sockets = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines()
    own = {line.split()[3].rpartition(":")[0] for line in sockets if f"pid={emulator.process}," in line}
    published = [port for container in _containers(emulator.instance) for port in container["Ports"] if "IP" in port]
    assert {"127.0.0.1", bridge_address(docker.APIClient())} == own
    assert [] == published


def _database_of_its_own(running: Running) -> None:
    import boto3

    rds = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=running.region).client(
        "rds", endpoint_url=running.api
    )
    rds.create_db_instance(
        DBInstanceIdentifier="notes",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        EngineVersion="17.6",
        AllocatedStorage=20,
        MasterUsername="homeport",
        MasterUserPassword="not a secret",
    )
    assert _eventually(lambda: len(_containers(running.instance)) == 1)


def _volumes(instance: str) -> set[str]:
    """The volumes that an emulator's containers have."""
    mounts = [mount for container in _containers(instance) for mount in container["Mounts"]]
    return {mount["Name"] for mount in mounts if mount["Type"] == "volume"}


def test_nothing_is_left_after_kill(emulator: Running) -> None:
    """Its containers are gone though it was killed in the middle, and a database that lies in memory has no volume."""
    with running_emulator(postgres=service_images().postgres) as other:
        _database_of_its_own(other)
        volumes = _volumes(other.instance)
        os.kill(other.process, signal.SIGKILL)
    assert [] == _containers(other.instance)
    assert set() == volumes


def test_it_ends_with_its_parent(emulator: Running) -> None:
    """Whoever started it may be killed: the emulator ends by itself then, and its port is free."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, service_images().postgres], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    process = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert _eventually(lambda: not Path(f"/proc/{process}").exists())


OTHER = "127.0.0.2"  # a target is known by its address alone


@contextmanager
def _starting() -> Iterator[int]:
    """A port on which nothing listens yet."""
    yield free_port()


@contextmanager
def _leaving() -> Iterator[int]:
    """A server that hangs up on whoever asks, as a task does that is being stopped; its port."""
    with socket.create_server((OTHER, 0)) as server:
        threading.Thread(target=_hang_up, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _hang_up(server: socket.socket) -> None:
    with suppress(OSError):  # closed
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
            connection.close()


@pytest.mark.parametrize("other", [_starting, _leaving])
def test_a_target_that_comes_or_goes_loses_no_request(
    session: Session, other: Callable[[], AbstractContextManager[int]]
) -> None:
    """As on AWS, where one is asked for its health first, and finishes what it has last."""
    balancing = session.client("elbv2")
    name = other.__name__.strip("_")
    balancer = balancing.create_load_balancer(Name=name, Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
    group = balancing.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    balancing.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
    )
    door = session.endpoints.load_balancer(balancer["DNSName"], "notes.example.com", is_encrypted=False)
    with _site() as port, other() as taken:
        targets = [{"Id": "127.0.0.1", "Port": port}, {"Id": OTHER, "Port": taken}]
        balancing.register_targets(TargetGroupArn=arn, Targets=targets)
        answers = {status(door) for _ in range(20)}
    assert {200} == answers


@contextmanager
def _site() -> Iterator[int]:
    """A server of this process's own that answers 200 to everything; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
