"""What `up` would do: `homeport plan`."""

from __future__ import annotations

from homeport.deploy.application import Application
from homeport.deploy.application_root import application_stack, deploying, opened, tell_migrations
from homeport.deploy.checks import check_against_base, check_migrations
from homeport.deploy.images import ApplicationImages, stoppable
from homeport.events import Emit
from homeport.stack.application import inputs
from homeport.targets import HomeTarget
from homeport.terraform import Plan


def planned(application: Application, target: HomeTarget, emit: Emit) -> Plan:
    """What `up` would do. Builds nothing and changes nothing."""
    check_against_base(application, target)
    with deploying(application, target, emit) as lock:
        migrations = check_migrations(application, target, emit)
        with stoppable(emit) as stopped:
            images = ApplicationImages.of(application, target, emit, stopped).look(emit)
        stack = application_stack(application, target, images)
        with opened(application, target, inputs(stack), lock, emit) as root:
            plan = root.plan()
        tell_migrations(application, target, plan, migrations, emit)
        return plan
