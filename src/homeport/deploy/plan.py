"""What `up` would do: `homeport plan`."""

from __future__ import annotations

from homeport.deploy.application import Application
from homeport.deploy.application_root import checked, looking, open_application, tell_migrations
from homeport.deploy.checks import check_migrations
from homeport.deploy.ways import way_of
from homeport.events import Emit
from homeport.targets import Target
from homeport.terraform import Plan


def planned(application: Application, target: Target, emit: Emit) -> Plan:
    """What `up` would do. Builds nothing and changes nothing."""
    way = way_of(target)
    with checked(application, target, looking(application, target, emit)) as lock:
        migrations = check_migrations(application, target, emit)
        configuration = way.configuration(application, way.looked_up(application, emit))
        with open_application(application, target, way.root(configuration), lock, emit) as root:
            plan = root.look()
        tell_migrations(application, target, plan, migrations, emit)
        return plan
