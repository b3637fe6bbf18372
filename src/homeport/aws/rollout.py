"""A deployment of a service is followed until it is seen to work; one that does not is taken back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from homeport.aws.asking import answer
from homeport.aws.ecs_service import Deployment, Service, Services, Task
from homeport.aws.endpoints import Door
from homeport.aws.rollout_failure import cannot_be_pulled
from homeport.aws.session import Session, told
from homeport.aws.taking_back import Failed, taken_back
from homeport.aws.task_definitions import TaskDefinitions
from homeport.errors import CloudFailed, Interrupted
from homeport.events import Emit, Event

STEP = "service"
POLL = timedelta(seconds=1)
TOO_MANY = 3  # tasks that stopped by themselves
UNSTOPPED = timedelta(seconds=5)  # since the last of them, for a service that is asked
STEADY = timedelta(seconds=10)  # that a service nobody can ask must run
IN_A_ROW = 3  # answers
PATIENCE = timedelta(seconds=60)  # beyond its start period, for a service that answers 5xx


@dataclass(frozen=True, slots=True)
class Route:
    """Where a service is asked: by the ARN of its load balancer."""

    load_balancer: str
    host: str
    path: str
    is_encrypted: bool = True


@dataclass(frozen=True, slots=True)
class Rollout:
    """A deployment to follow: of this task definition, which the service was told to run.

    `route` is None for a worker; `start_period` and `timeout` are seconds.
    """

    cluster: str
    service: str
    task_definition: str
    route: Route | None = None
    start_period: int = 60
    timeout: int = 600


@dataclass(frozen=True, slots=True)
class Rollouts:
    """The deployments of an account's services. `patience` is what a 5xx is waited for beyond the start period."""

    session: Session
    patience: timedelta = PATIENCE

    def look(self, cluster: str, service: str) -> str | None:
        """The task definition that the service deploys; None when there is no such service."""
        found = Services(self.session, cluster, service).find()
        return found.primary.task_definition if found else None

    def follow(self, rollout: Rollout, previous: str | None, *, stopped: Callable[[], bool], emit: Emit) -> str:
        """Follow it until it is seen to work; returns the deployment's id.

        Otherwise the service goes back to the task definition `previous`, or without one has no tasks, and
        CandidateFailed says why. Interrupted when asked to stop: the service is left as it is.
        """
        services = Services(self.session, rollout.cluster, rollout.service)
        watch = _Watch(services, rollout, self._door(rollout.route), self.patience, stopped)
        began = time.monotonic()
        emit(Event(STEP, rollout.service, "is rolled out; AWS takes a minute or two to start a task", "start"))
        try:
            deployment = watch.until_it_works()
        except Failed as failed:
            raise taken_back(services, rollout.task_definition, previous, failed, stopped, emit) from None
        emit(Event(STEP, rollout.service, f"{watch.seen} after {time.monotonic() - began:.0f} s", "done"))
        self.forget_copies(rollout.service, rollout.task_definition, emit)
        return deployment.id

    def forget_copies(self, service: str, task_definition: str, emit: Emit) -> None:
        """What taking a deployment back has registered is needed no more. It costs nothing, and so fails nothing."""
        try:
            TaskDefinitions(self.session).forget_copies(task_definition)
        except CloudFailed as error:
            emit(Event(STEP, service, f"{error.message} {error.detail}", "warning"))

    def _door(self, route: Route | None) -> Door | None:
        if route is None:
            return None
        with told("Looking at the load balancer"):
            found = self.session.client("elbv2").describe_load_balancers(LoadBalancerArns=[route.load_balancer])
        dns_name = found["LoadBalancers"][0]["DNSName"]
        return self.session.endpoints.load_balancer(dns_name, route.host, route.path, is_encrypted=route.is_encrypted)


@dataclass
class _Watch:
    """One deployment, looked at each second."""

    services: Services
    rollout: Rollout
    door: Door | None
    patience: timedelta
    stopped: Callable[[], bool]
    seen: str = ""
    _good: int = 0
    _asked_since: float | None = None
    _began: float = field(default_factory=time.monotonic)

    def until_it_works(self) -> Deployment:
        """Raises Failed with the cause."""
        while not self.stopped():
            service, deployment = self._ours()
            tasks = self.services.tasks(self.rollout.task_definition, deployment.created)
            self._check_tasks(tasks)
            self._check_state(deployment, tasks)
            if _is_up(deployment) and self._works(service, tasks):
                return deployment
            if time.monotonic() - self._began > self.rollout.timeout:
                raise Failed(f"did not become healthy within {self.rollout.timeout} s", tasks)
            time.sleep(POLL.total_seconds())
        raise Interrupted(f"Stopped while waiting for {self.rollout.service}; its deployment goes on.")

    def _ours(self) -> tuple[Service, Deployment]:
        """The service and its deployment. Raises Failed when ECS went back, or when it is another's."""
        service = self.services.find()
        if service is None:
            raise Failed("is gone: somebody deleted the service meanwhile", is_ours=False)
        if service.primary.task_definition == self.rollout.task_definition:
            return service, service.primary
        gave_up = service.of(self.rollout.task_definition)
        if gave_up is None or gave_up.state != "FAILED":
            raise self._replaced(service)
        return service, gave_up

    def _replaced(self, service: Service) -> Failed:
        """Another deployment has its place. ECS forgets one that it gave up, but not at once the tasks of it."""
        lately = datetime.now(UTC) - timedelta(seconds=self.rollout.timeout)
        tasks = self.services.tasks(self.rollout.task_definition, lately)
        if any(task.has_failed for task in tasks):
            return Failed("", tasks)
        now = service.primary.task_definition.rpartition("/")[2]
        return Failed(f"deploys {now} by now: somebody else deployed it meanwhile", is_ours=False)

    def _check_tasks(self, tasks: list[Task]) -> None:
        failed = [task for task in tasks if task.has_failed]
        if len(failed) >= TOO_MANY or any(cannot_be_pulled(task) for task in failed):
            raise Failed("", tasks)

    def _check_state(self, deployment: Deployment, tasks: list[Task]) -> None:
        if deployment.state == "FAILED":
            raise Failed(_without_tasks(deployment, tasks), tasks)

    def _works(self, service: Service, tasks: list[Task]) -> bool:
        if service.desired == 0:
            self.seen = "no task of it is wanted:"
            return True
        wait = UNSTOPPED if self.door else STEADY
        if not _is_steady(tasks, wait):
            self._good = 0
            return False
        self.seen = "answers" if self.door else "runs"
        return self._answers(tasks) if self.door else True

    def _answers(self, tasks: list[Task]) -> bool:
        """Whether it answered below 500 often enough. Raises Failed when it has had time enough for that."""
        assert self.door
        self._asked_since = self._asked_since or time.monotonic()
        is_good, said = answer(self.door)
        self._good = self._good + 1 if is_good else 0
        allowed = self.rollout.start_period + self.patience.total_seconds()
        if not is_good and time.monotonic() - self._asked_since > allowed:
            raise Failed(f"{said} at {self._page} through the load balancer, {allowed:.0f} s long", tasks)
        return self._good >= IN_A_ROW

    @property
    def _page(self) -> str:
        route = self.rollout.route
        return f"{route.host}{route.path}" if route else ""


def _is_up(deployment: Deployment) -> bool:
    return deployment.state == "COMPLETED" and deployment.running >= deployment.desired


def _is_steady(tasks: list[Task], wait: timedelta) -> bool:
    """Whether none of them stopped and none was started within that time."""
    now = datetime.now(UTC)
    times = [task.stopped or task.started for task in tasks if task.has_failed or task.stopped is None]
    return all(now - time > wait for time in times)


def _without_tasks(deployment: Deployment, tasks: list[Task]) -> str:
    """ECS's own reason, when no task of the deployment says more."""
    if any(task.has_failed for task in tasks):
        return ""
    return f"was not deployed ({deployment.reason.rstrip('.') or 'ECS gives no reason'})"
