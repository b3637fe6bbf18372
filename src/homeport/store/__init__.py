"""What every kind of target keeps, and the rules that hold wherever it is kept: numbered files, states, secrets."""

from homeport.store.numbered import NumberedFiles
from homeport.store.secrets import Change, Secrets, Version
from homeport.store.states import STATES_KEPT, States, is_state

__all__ = ["STATES_KEPT", "Change", "NumberedFiles", "Secrets", "States", "Version", "is_state"]
