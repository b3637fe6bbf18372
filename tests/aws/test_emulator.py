"""The emulator of AWS: what our modules lean on is real, and nothing of it stays or can be reached from outside."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import docker
import pytest

from homeport.aws import Session
from homeport.aws.emulator import Running
from homeport.aws.emulator import emulator as running_emulator
from homeport.aws.emulator.engine import bridge_address
from tests.support.images import service_images

ENGINE = docker.APIClient()
PARENT = """
import sys, time
from homeport.aws.emulator import emulator
with emulator(postgres=sys.argv[1]) as running:
    print(running.process, running.api, running.instance, flush=True)
    time.sleep(600)
"""


def _containers(instance: str) -> list[Any]:
    """The containers of an emulator, those that ended, too."""
    return ENGINE.containers(all=True, filters={"label": f"ministack.instance={instance}"})


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
    assert {"127.0.0.1", bridge_address(ENGINE)} == own
    assert [] == published


def _make_database(api: str, instance: str) -> None:
    """A second emulator's, called as the first one's: its container is there when this returns."""
    client = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1").client
    client("rds", endpoint_url=api).create_db_instance(
        DBInstanceIdentifier="notes",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        EngineVersion="17.6",
        AllocatedStorage=20,
        MasterUsername="homeport",
        MasterUserPassword="not a secret",
    )
    assert _eventually(lambda: len(_containers(instance)) == 1)


def _volumes(instance: str) -> set[str]:
    mounts = [mount for container in _containers(instance) for mount in container["Mounts"]]
    return {mount["Name"] for mount in mounts if mount["Type"] == "volume"}


def test_nothing_is_left_after_kill(emulator: Running, database: dict[str, Any]) -> None:
    """Its containers and volumes are gone though it was killed in the middle; those of another emulator stay."""
    with running_emulator(postgres=service_images().postgres) as other:
        _make_database(other.api, other.instance)
        volumes = _volumes(other.instance)
        os.kill(other.process, signal.SIGKILL)
    assert [] == _containers(other.instance)
    assert not volumes & {volume["Name"] for volume in ENGINE.volumes()["Volumes"] or ()}
    assert [] != _containers(emulator.instance)


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """A process of its own that runs an emulator, and has said which."""
    command = [sys.executable, "-c", PARENT, service_images().postgres]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        yield started
        started.kill()


def _said(parent: subprocess.Popen[str]) -> tuple[int, str, str]:
    """The emulator's process, address and instance."""
    assert parent.stdout
    process, api, instance = parent.stdout.readline().split()
    return int(process), api, instance


def test_it_ends_with_its_parent(parent: subprocess.Popen[str]) -> None:
    """Whoever started it may be killed: the emulator removes its containers then, and ends."""
    process, api, instance = _said(parent)
    _make_database(api, instance)
    parent.kill()
    assert _eventually(lambda: not Path(f"/proc/{process}").exists())
    assert [] == _containers(instance)


def test_the_next_one_removes_what_a_killed_one_left(
    emulator: Running, database: dict[str, Any], parent: subprocess.Popen[str]
) -> None:
    """Where both were killed nobody could clean up, so whoever starts next does; who lives keeps all."""
    process, api, instance = _said(parent)
    _make_database(api, instance)
    parent.send_signal(signal.SIGSTOP)  # it cannot clean up meanwhile
    os.kill(process, signal.SIGKILL)
    parent.kill()
    with running_emulator(postgres=service_images().postgres):
        assert [] == _containers(instance)
    assert [] != _containers(emulator.instance)
