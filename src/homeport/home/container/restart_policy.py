"""When the engine starts a container by itself: after an end, and with the server."""

from typing import Any

# Not unless-stopped: an engine that was killed stops what outlived it, and then takes that for a person's wish.
ALWAYS: Any = {"Name": "always"}
NEVER: Any = {"Name": "no"}
