"""Which failures say for sure that what served before still serves."""

from homeport.errors import (
    BuildFailed,
    CandidateFailed,
    DatabaseFailed,
    DatabaseNotReady,
    MigrationFailed,
    RegistryFailed,
)

# At home, what fails so fails before the first route switches, because every route waits for every candidate.
BEFORE_THE_SWITCH = (BuildFailed, RegistryFailed, DatabaseFailed, DatabaseNotReady, MigrationFailed, CandidateFailed)
