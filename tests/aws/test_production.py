"""The example application, from a server at home to AWS: in the order of its life there.

Real Terraform, Postgres, Flyway and containers; the emulator stands for AWS. The tests go on from one another, because
an instance of RDS takes minutes: each says what it leaves.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from homeport.aws import Session
from homeport.aws.emulator import Running as Emulator
from tests.support.production import PLANTED, SECRET, Load, Production
from tests.support.running import Running, wait_until
from tests.support.searching import files, found

pytestmark = pytest.mark.minutes(10)


@pytest.fixture(scope="module")
def production(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """The example on staging, released at home and nowhere else."""
    with Production.of(emulator, tmp_path_factory.mktemp("production")) as made:
        yield made


@pytest.fixture(scope="module")
def first(production: Production) -> str:
    """What the promotion of the first release said; an earlier one was killed while AWS made the database."""
    base = production.run("setup", "production", "--yes")
    assert "is set up" in base
    assert "+ load balancer new: in from 0.0.0.0/0 on tcp 80" in " ".join(base.split())
    assert "USD a month by prices of" in base
    begun = production.kill("aws_db_instance.this still working", "promote", "staging", "production", "--yes")
    _is_readable(begun)
    return production.run("promote", "staging", "production", "--yes")


def _is_readable(said: str) -> None:
    """A first promotion is a line for each component, with its cost, and nothing that is dropped."""
    plan = said.partition("notes on production (")[2].partition(" resources: ")[0]
    parts = [" ".join(found.split()) for found in re.findall(r"^  \+ (.+?) +new", plan, re.MULTILINE)]
    services = ("service api", "service worker", "model tagger")
    assert ["repositories", "database", *services, "site web", "routes"] == parts
    assert "DROPPED" not in said
    assert "Cost: about" in said


@pytest.fixture(scope="module")
def name(production: Production, first: str) -> str:
    """CloudFront's name of what is released."""
    return production.name


def test_a_killed_promotion_is_gone_on_with(production: Production, first: str, session: Session) -> None:
    """What Terraform had made, or begun and could not note, is taken up: RDS goes on, and nothing is there twice."""
    taken_up = first.partition("an interrupted run left these, they are taken up: ")[2].partition("\n")[0]
    assert {"aws_db_instance", "aws_cloudfront_distribution"} <= set(taken_up.split(", "))
    assert "Release 1 of notes serves on production" in first
    assert 1 == session.client("cloudfront").list_distributions()["DistributionList"]["Quantity"]


def test_site_api_and_model_answer_by_one_name(production: Production, name: str) -> None:
    """All that the application is made of is behind CloudFront, and a row is written to Postgres and read back."""
    answers = {path: production.ask(path, name=name)[0] for path in ("/", "/api", "/model", "/config.json")}
    written, _ = production.ask("/api/notes", name=name, body={"body": "on AWS"})
    status, notes = production.ask("/api/notes", name=name)
    assert {"/": 200, "/api": 200, "/model": 200, "/config.json": 200} == answers
    assert (201, 200) == (written, status)
    assert ["on AWS"] == [note["body"] for note in json.loads(notes)]


def test_the_digests_are_those_of_home(production: Production, name: str, session: Session) -> None:
    """What runs in production is what ran on staging: every task definition that runs names staging's digests."""
    home = _images(production, "staging")
    ecs = session.client("ecs")
    services = ecs.describe_services(
        cluster="homeport", services=[f"notes-production-{service}" for service in ("api", "tagger", "worker")]
    )["services"]
    running = {}
    for service in services:
        found = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
        running[service["serviceName"].rpartition("-")[2]] = found["containerDefinitions"][0]["image"].partition("@")[2]
    assert {service: home[service] for service in ("api", "tagger", "worker")} == running
    assert home == _images(production, "production")


def _images(production: Production, target: str) -> dict[str, str]:
    """The digests of a target's newest release, by name."""
    shown = production.home.homeport("releases", target, "--json", cwd=production.application).stdout
    return {name: image.partition("@")[2] for name, image in json.loads(shown)[0]["images"].items()}


@pytest.fixture
def places(production: Production, name: str, session: Session, emulator: Emulator) -> dict[str, bytes]:
    """All that was kept or said, but Secrets Manager and what containers have in their own environment."""
    _plant_in_a_log(session)
    s3, bucket = session.client("s3"), f"homeport-{emulator.account}-{emulator.region}"
    ecs, logs = session.client("ecs"), session.client("logs")
    versions = [
        one for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket) for one in page["Versions"]
    ]
    kept = {
        f"{one['Key']} {one['VersionId']}": s3.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
        for one in versions
    }
    definitions = [
        ecs.describe_task_definition(taskDefinition=one) for one in ecs.list_task_definitions()["taskDefinitionArns"]
    ]
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    written = {group: logs.filter_log_events(logGroupName=group)["events"] for group in groups}
    return {
        **{key: answer["Body"].read() for key, answer in kept.items()},
        **dict(files(production.home.folder.parent)),
        **{
            f"log {group}": json.dumps([one["message"] for one in events]).encode() for group, events in written.items()
        },
        "task definitions": json.dumps(definitions, default=str).encode(),
        "output": "".join(production.said).encode(),
    }


def _plant_in_a_log(session: Session) -> None:
    logs, group = session.client("logs"), "/homeport/notes/production/api"
    logs.create_log_stream(logGroupName=group, logStreamName="planted")
    event = {"timestamp": int(time.time() * 1000), "message": PLANTED}
    logs.put_log_events(logGroupName=group, logStreamName="planted", logEvents=[event])


def test_no_secret_is_kept_or_said(places: dict[str, bytes], session: Session) -> None:
    """Not the manifest's nor a database's, its master's included; what is planted is found by the same search."""
    manager = session.client("secretsmanager")
    values = {
        one["Name"]: manager.get_secret_value(SecretId=one["ARN"])["SecretString"]
        for one in manager.list_secrets()["SecretList"]
    }
    passwords = {name: json.loads(value)["password"] for name, value in values.items() if not name.endswith("/TOKEN")}
    assert {"database-owner", "database-app"} == {
        name.rpartition("/")[2] for name in passwords if name.startswith("homeport/")
    }
    assert 3 == len(passwords)
    assert [] == found(SECRET, places)
    assert [] == [place for password in passwords.values() for place in found(password, places)]
    planted = " ".join(found(PLANTED, places))
    assert all(
        place in planted for place in (".tfstate", "plan unpacked", "releases/", "log /homeport/", "task definitions")
    )
    assert "Release 1 of notes serves on production" in places["output"].decode()


def test_again_there_is_nothing_to_do(production: Production, name: str) -> None:
    """The second plan is empty, and no layer is sent."""
    said = production.run("promote", "staging", "production", "--yes")
    assert "Nothing to do: notes on production has what staging has." in said
    assert "sent" not in said


# --------------------------------------------------------------------------------------------- every day


def _daily(
    production: Production, verb: str, *words: str, stdin: str = "", returncode: int = 0
) -> subprocess.CompletedProcess[str]:
    """A daily verb on production."""
    cwd = production.application
    return production.home.homeport(verb, "production", *words, cwd=cwd, stdin=stdin, returncode=returncode)


def _tasks(session: Session, family: str) -> list[str]:
    """The tasks of a family that run."""
    found: list[str] = session.client("ecs").list_tasks(cluster="homeport", family=family)["taskArns"]
    return found


def test_logs_are_what_the_tasks_write(production: Production, name: str) -> None:
    """The last lines of a service and of all; followed, a further one as it comes. A site has none, and says so."""
    last = _daily(production, "logs", "-s", "worker", "-n", "1").stdout
    everything = _daily(production, "logs").stdout
    refused = _daily(production, "logs", "-s", "web", returncode=1).stderr
    words = ("logs", "production", "-s", "worker", "-n", "1", "-f")
    following = Running(production.home.start(*words, cwd=production.application))
    try:
        following.wait_for("stays untagged: TAGGER_URL is not set")
        production.ask("/api/notes", name=name, body={"body": "followed"})
        following.wait_for("stays untagged: TAGGER_URL is not set", times=2)
        following.signal_command(signal.SIGINT)
        assert 130 == following.wait()
    finally:
        following.process.kill()
    assert 1 == len(last.splitlines())
    assert {"api", "tagger", "worker"} == {line.partition("|")[0].strip() for line in everything.splitlines()}
    assert "web of notes is a site: on AWS it is files in S3" in refused


def test_a_command_runs_in_a_task_like_its_service(production: Production, name: str, session: Session) -> None:
    """With its variables and the login of its database; the exit code is its own, and its service goes on as it was."""
    before = _tasks(session, "notes-production-api")
    script = "echo $LOG_LEVEL $PGUSER; echo beside >&2; exit 3"
    done = _daily(production, "run", "api", "--", "sh", "-c", script, returncode=3)
    assert {"info notes_production_app", "beside"} == set(done.stdout.splitlines())
    assert before == _tasks(session, "notes-production-api")


def test_a_command_that_cannot_start_is_127(production: Production, name: str) -> None:
    """With AWS's reason."""
    done = _daily(production, "run", "api", "--", "no-such-command", returncode=127)
    assert "`no-such-command` could not be started in a task of api." in done.stderr
    assert "no-such-command" in done.stderr.partition("task of api.")[2]


def test_ctrl_c_stops_the_task(production: Production, name: str, session: Session) -> None:
    """130, and nothing goes on in the account."""
    words = ("run", "production", "api", "--", "sh", "-c", "echo has begun; sleep 600")
    running = Running(production.home.start(*words, cwd=production.application))
    try:
        running.wait_for("has begun")
        assert 2 == len(_tasks(session, "notes-production-api"))
        running.signal_command(signal.SIGINT)
        assert 130 == running.wait()
    finally:
        running.process.kill()
    assert 1 == len(_tasks(session, "notes-production-api"))


def test_what_no_task_has_is_refused(production: Production, name: str) -> None:
    """A terminal, standard input, the inside of a task: each with the way out, and nothing is started."""
    terminal = _daily(production, "run", "--tty", "api", "--", "sh", returncode=1).stderr
    piped = _daily(production, "run", "api", "--", "cat", stdin="rows", returncode=1).stderr
    inside = _daily(production, "exec", "api", "--", "ls", "/srv", returncode=1).stderr
    unknown = _daily(production, "run", "wroker", "--", "true", returncode=1).stderr
    assert "A task on AWS has no terminal." in terminal
    assert "A task on AWS has no standard input." in piped
    assert "homeport run production api -- ls /srv" in inside
    assert '(did you mean "worker"?)' in unknown


def test_psql_is_a_session_of_a_role(production: Production, name: str) -> None:
    """Of the services' role or, if asked for, of the owner's: by -c, and by standard input. The exit code is psql's."""
    asks = "SELECT current_user, body FROM notes ORDER BY id LIMIT 1"
    app = _daily(production, "psql", "-c", asks, "--", "-At").stdout
    owner = _daily(production, "psql", "--owner", "--", "-At", stdin=f"{asks};\n").stdout
    wrong = _daily(
        production, "psql", "--", "-v", "ON_ERROR_STOP=1", stdin="SELECT 1;\nDROP TABLE notes;\n", returncode=3
    ).stdout
    assert ("notes_production_app|on AWS\n", "notes_production_owner|on AWS\n") == (app, owner)
    assert "ERROR:  must be owner of table notes" in wrong


def test_psql_refuses_what_no_task_takes(production: Production, name: str) -> None:
    """A session by hand, and more SQL than ECS passes on."""
    by_hand = _daily(production, "psql", "--tty", returncode=1).stderr
    long = _daily(production, "psql", stdin="SELECT 1;\n" * 1000, returncode=1).stderr
    assert "A task on AWS has no terminal." in by_hand
    assert "homeport psql production < new.sql" in by_hand
    assert "at most 8192 bytes, and this takes more than 8192." in long


def test_open_says_cloudfronts_name(production: Production, name: str) -> None:
    """Of the site, or of the service that is named."""
    assert f"https://{name}/\n" == _daily(production, "open", "--no-browser").stdout
    assert f"https://{name}/api\n" == _daily(production, "open", "api", "--no-browser").stdout


def test_a_restart_deploys_it_again_without_a_failed_request(
    production: Production, name: str, session: Session
) -> None:
    """A new task of the same image takes over; nothing else is touched, and the plan is empty afterwards."""
    before = {service: _tasks(session, f"notes-production-{service}") for service in ("api", "tagger")}
    with Load(production, name, "/api") as load:
        said = _daily(production, "restart", "api").stdout
        load.answers.append(production.ask("/api", name=name))
    after = {service: _tasks(session, f"notes-production-{service}") for service in before}
    assert "Restarted api of notes on production.\n" == said
    assert {200} == {status for status, _ in load.answers}
    assert not set(before["api"]) & set(after["api"])
    assert before["tagger"] == after["tagger"]
    assert "web of notes is a site" in _daily(production, "restart", "web", returncode=1).stderr


def test_why_tells_of_a_task_that_stopped(production: Production, name: str, emulator: Emulator) -> None:
    """No release failed; a task did: its exit code, and the last lines of its log."""
    assert "No release of notes on production has failed." in _daily(production, "why").stdout
    client = docker.APIClient()
    family = "com.amazonaws.ecs.task-definition-family=notes-production-worker"
    labels = [f"ministack.instance={emulator.instance}", family]
    (worker,) = client.containers(filters={"label": labels})
    client.kill(worker["Id"])

    def found() -> list[dict[str, Any]]:
        said = json.loads(_daily(production, "why", "--json").stdout)
        return [one for one in (said or {}).get("now", ()) if one["exit_code"] is not None]

    wait_until(lambda: bool(found()), "a task that stopped")
    (trouble,) = found()
    assert ("worker", 137) == (trouble["service"], trouble["exit_code"])
    assert trouble["cause"].startswith("a task exited with code 137 at ")
    assert any("TAGGER_URL is not set" in line for line in trouble["log"])


# --------------------------------------------------------------------------------------- further releases


def test_a_changed_api_takes_over_without_a_failed_request(production: Production, name: str) -> None:
    """Its new digest answers; nothing but what it is the image of is in the plan; the row of before is there."""
    production.change("api/notes/api.py", '"docs": "/api/docs"}', '"docs": "/api/docs", "changed": "once"}')
    production.run("up", "staging", "--yes")
    with Load(production, name, "/api") as load:
        said = production.run("promote", "staging", "production", "--yes")
        load.answers.append(production.ask("/api", name=name))
    assert {200} == {status for status, _ in load.answers}
    assert '"changed":"once"' in load.answers[-1][1]
    assert '"changed"' not in load.answers[0][1]
    assert "Release 2 of notes serves on production" in said
    assert "tagger" not in said.partition("notes on production (")[2].partition("Cost:")[0]
    assert 1 == len(re.findall(r"~ service api +image [0-9a-f]{12} → [0-9a-f]{12} \(4 resources\)", said))
    assert "(±0.00)" in said
    assert "on AWS" in production.ask("/api/notes", name=name)[1]


def test_a_version_that_ends_at_once_fails_and_the_old_one_serves(production: Production, name: str) -> None:
    """The command says so with the container's last words, the version before answers, and the failure is recorded."""
    healthy, broken = (
        "production: {kind: aws,",
        "production: {kind: aws, services: {api: {environment: {LOG_LEVEL: no}}},",
    )
    production.change("homeport.yaml", healthy, broken)
    with Load(production, name, "/api") as load:
        said = production.run("promote", "staging", "production", "--yes", returncode=1)
    production.change("homeport.yaml", broken, healthy)
    assert "environment (LOG_LEVEL)" in said
    assert "KeyError: 'no'" in said
    assert {200} == {status for status, _ in load.answers}
    assert '"changed":"once"' in production.ask("/api", name=name)[1]
    assert "failed" == production.status()["last_attempt"]["result"]
    assert "serves on production" in production.run("promote", "staging", "production", "--yes")


def test_a_failing_migration_touches_no_service(production: Production, name: str) -> None:
    """It fails on AWS alone, by a row that only production has: file, line and SQL state are told, nothing switches."""
    short = "-- homeport: compatible\nALTER TABLE notes ADD CONSTRAINT short CHECK (length(body) < 3) NOT VALID;\n"
    valid = "-- homeport: compatible\nALTER TABLE notes VALIDATE CONSTRAINT short;\n"
    for name_of_file, sql in (("V5__short.sql", short), ("V6__valid.sql", valid)):
        (production.application / "db" / "migrations" / name_of_file).write_text(sql)
    production.run("up", "staging", "--yes")
    said = production.run("promote", "staging", "production", "--yes", returncode=1)
    assert "V6__valid.sql, line 2: ERROR: check constraint" in said
    assert "(SQL state 23514)" in said
    assert 200 == production.ask("/api/notes", name=name)[0]


def test_rollback_is_a_release_of_the_older_images(production: Production, name: str) -> None:
    """Back to the first release, without a build."""
    said = production.run("rollback", "production", "1", "--yes")
    assert "serves on production" in said
    assert '"changed"' not in production.ask("/api", name=name)[1]


def test_down_leaves_the_database_until_its_name_is_typed(
    production: Production, name: str, session: Session, emulator: Emulator
) -> None:
    """First all but the data, then all: no service, task, bucket, secret or log group of it is left."""
    production.run("down", "production", "--yes")
    kept = session.client("rds").describe_db_instances()["DBInstances"]
    deleted = production.run("down", "production", "--delete-data", "--confirm-name", "notes", "--yes")
    assert ["notes-production"] == [instance["DBInstanceIdentifier"] for instance in kept]
    assert "database notes-production DROPPED, with all its data; neither a last" in " ".join(deleted.split())
    assert "notes is off production, and its data is deleted." in deleted
    assert [] == session.client("rds").describe_db_instances()["DBInstances"]
    assert [] == session.client("ecs").list_services(cluster="homeport")["serviceArns"]
    assert [] == session.client("ecr").describe_repositories()["repositories"]
    assert [] == session.client("logs").describe_log_groups(logGroupNamePrefix="/homeport/")["logGroups"]
    buckets = [bucket["Name"] for bucket in session.client("s3").list_buckets()["Buckets"]]
    assert [f"homeport-{emulator.account}-{emulator.region}"] == buckets
    left = docker.APIClient().containers(filters={"label": f"ministack.instance={emulator.instance}"})
    assert [] == left
