"""What ministack 1.5.33 lacks of what our modules use: one file a topic. Read again with each new version of it."""

from homeport.aws.emulator.patches import (
    access,
    alarms,
    containers,
    database,
    doors,
    listening,
    names,
    origins,
    targets,
)


def apply() -> None:
    """Once, after ministack's environment is set and before it serves."""
    for patch in (containers, database, alarms, names, origins, doors, targets, listening, access):
        patch.apply()
