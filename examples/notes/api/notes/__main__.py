"""Serves the API: python -m notes"""

import os

import uvicorn

LOG_LEVEL = os.environ.get("LOG_LEVEL", "info")

uvicorn.run(
    "notes.api:app",
    host="0.0.0.0",
    port=8000,
    log_level=LOG_LEVEL,
    access_log=LOG_LEVEL == "debug",
    # Longer than any gateway keeps an idle connection: never close one that it is about to use.
    timeout_keep_alive=75,
    # On SIGTERM requests in flight are finished; this bounds the wait.
    timeout_graceful_shutdown=30,
)
