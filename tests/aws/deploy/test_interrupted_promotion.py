"""`homeport promote` to AWS, killed and stopped at each of its steps: the next one needs no help, nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from homeport.aws import Session
from homeport.aws.bucket import Bucket
from homeport.aws.emulator import Running as Emulator
from tests.support.interruption import SIGNALS, interrupt
from tests.support.production import Load, Production
from tests.support.running import Running

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
PATIENCE = 240.0  # seconds for one step to come: RDS takes its time at an emulator, too

# What is said when a step of a first release has begun, in the order of the graph.
FIRST = {
    "copying": "is copied to ECR",
    "database": "aws_db_instance.this still working",  # CloudFront is being made beside it
    "roles": "a task makes its roles",
    "migration": "Flyway runs as a task",
    "rollout": "is rolled out",
    "site": "files are sent",
    "recording": "✓ site",  # all were sent, now or by the one before
}
LATER = {step: FIRST[step] for step in ("copying", "migration", "rollout", "site", "recording")}


@pytest.fixture(scope="module")
def production(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """The example on staging; the base on AWS is made, and nothing is on it."""
    with Production.of(emulator, tmp_path_factory.mktemp("production")) as made:
        made.run("setup", "production", "--yes")
        yield made


@dataclass(frozen=True)
class Promotion:
    """`homeport promote`, cut off at a step by one of the signals."""

    production: Production
    signal: Callable[[Running], int]

    def cut_off(self, said: str, *, may_be_over: bool = False) -> None:
        """Started, and cut off when it says so, unless it comes to its end before and that `may_be_over`."""
        running = self.production.start("promote", "staging", "production", "--yes")
        try:
            running.wait_for(said, patience=PATIENCE)
        except AssertionError:
            if may_be_over and running.wait(PATIENCE) == 0:
                return
            raise
        expected = self.signal(running)
        assert expected == running.wait(PATIENCE), running.output

    def first_steps(self) -> list[str]:
        """After a Ctrl-C Terraform ends what it has begun: the next one does not come to the same once more."""
        ended = ("copying", "recording") if self.signal is interrupt else ()
        return [said for step, said in FIRST.items() if step not in ended]

    def completed(self) -> str:
        return self.production.run("promote", "staging", "production", "--yes")


@pytest.fixture(params=SIGNALS)
def promotion(production: Production, request: pytest.FixtureRequest) -> Promotion:
    production.set_secret("production")  # it goes with the data
    return Promotion(production, SIGNALS[request.param])


def test_a_first_release_goes_on_from_each_step(promotion: Promotion, session: Session) -> None:
    """Cut off at one step after the other, it comes to the next: nothing of before is in the way, or made twice."""
    promotion.production.next_version()  # the emulator keeps the images of repositories that are gone
    for said in promotion.first_steps():
        # Terraform may have noted the files in the moment in which it was killed: then none are sent any more.
        promotion.cut_off(said, may_be_over=said == FIRST["recording"])
    assert "serves on production" in promotion.completed()
    assert_whole(promotion.production, session)
    promotion.production.run("down", "production", "--delete-data", "--confirm-name", "notes", "--yes")
    assert {kind: 0 for kind in STANDING} == standing(session)


@pytest.fixture(scope="module")
def name(production: Production) -> str:
    """CloudFront's name of a first release."""
    production.run("promote", "staging", "production", "--yes")
    return production.name


@pytest.mark.parametrize("step", LATER)
def test_what_serves_goes_on_serving(promotion: Promotion, session: Session, name: str, step: str) -> None:
    """Whatever is cut off: no request fails meanwhile nor while the next one goes on from there."""
    production = promotion.production
    production.next_version()
    with Load(production, name, "/api") as load:
        promotion.cut_off(LATER[step])
        assert "serves on production" in promotion.completed()
    assert {200} == {status for status, _ in load.answers}
    assert_whole(production, session)


def test_what_no_state_knows_of_is_found(production: Production, session: Session, name: str) -> None:
    """`down` would leave it there and refuses; the next promotion takes all of it up, and nothing is made twice."""
    states = Bucket(session)
    for key in states.keys("state/notes.production/"):
        states.remove(key)
    refused = production.run("down", "production", "--yes", returncode=1)
    assert "aws_db_instance" in refused.partition("what no state knows of: ")[2]
    assert "serves on production" in production.run("promote", "staging", "production", "--yes")
    assert name == production.name
    assert_whole(production, session)


# ----------------------------------------------------------------------------------- what stands

STANDING: dict[str, Callable[[Session], int]] = {
    "services": lambda session: len(session.client("ecs").list_services(cluster="homeport")["serviceArns"]),
    "tasks": lambda session: len(session.client("ecs").list_tasks(cluster="homeport")["taskArns"]),
    "log groups": lambda session: len(session.client("logs").describe_log_groups()["logGroups"]),
    "instances": lambda session: len(session.client("rds").describe_db_instances()["DBInstances"]),
    "repositories": lambda session: len(session.client("ecr").describe_repositories()["repositories"]),
    "distributions": lambda session: session.client("cloudfront").list_distributions()["DistributionList"]["Quantity"],
    "sites": lambda session: len(session.client("s3").list_buckets()["Buckets"]) - 1,  # one keeps the state
}
WHOLE = {"services": 3, "tasks": 3, "log groups": 6, "instances": 1, "repositories": 5, "distributions": 1, "sites": 1}


def standing(session: Session) -> dict[str, int]:
    """How many there are of what the example is made of."""
    return {kind: count(session) for kind, count in STANDING.items()}


def assert_whole(production: Production, session: Session) -> None:
    """All of it once, nothing to do, and each part of it answers."""
    assert WHOLE == standing(session)
    assert "Nothing to do" in production.run("promote", "staging", "production", "--yes")
    production.run("plan", "production", "--detailed-exitcode")
    asked = {path: production.ask(path, name=production.name)[0] for path in ("/", "/api/notes", "/model")}
    assert {"/": 200, "/api/notes": 200, "/model": 200} == asked
