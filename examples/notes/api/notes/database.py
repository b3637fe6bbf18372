"""Connections to Postgres, looked at before each use: a restart of Postgres costs a new one, no request."""

import os

from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

pool = ConnectionPool(
    os.environ.get("DATABASE_URL", ""),
    min_size=1,
    max_size=8,
    timeout=5,
    # Give up soon: the next request asks for a new connection anyway, without the back-off.
    reconnect_timeout=2,
    check=ConnectionPool.check_connection,
    kwargs={"row_factory": dict_row, "connect_timeout": 5},
    open=False,
)
