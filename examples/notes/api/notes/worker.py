"""Tags the notes that came without tags: python -m notes.worker"""

import logging
import os
import signal
import threading
import time

import psycopg
from psycopg.rows import dict_row

from notes import store
from notes.tagger import ask_tagger

log = logging.getLogger("notes.worker")
stopping = threading.Event()

LOOK_AT_LEAST_EVERY = 30.0  # a notification sent while we were away is lost
RETRY_AFTER = 2.0


def main() -> None:
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper(), format="%(levelname)s %(message)s")
    # A note in hand is finished first: docker stop waits ten seconds for that.
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    tagger = os.environ.get("TAGGER_URL")
    if tagger:
        log.info("tagging notes with %s", tagger)
    else:
        log.info("TAGGER_URL is not set: notes without tags are left so")
    while not stopping.is_set():
        try:
            work(tagger)
        except psycopg.OperationalError as error:
            log.warning("the database does not answer: %s", str(error).splitlines()[0])
            stopping.wait(RETRY_AFTER)
    log.info("stopped")


def work(tagger: str | None) -> None:
    """Until told to stop, or until the connection is lost."""
    with psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row, connect_timeout=5) as connection:
        connection.autocommit = True
        connection.execute("LISTEN untagged")
        while not stopping.is_set():
            while tagger and not stopping.is_set() and tag_next(connection, tagger):
                pass
            wait_for_note(connection, tagger)


def tag_next(connection: psycopg.Connection[store.Row], tagger: str) -> bool:
    """False when there is nothing to do, or nobody to ask."""
    with connection.transaction():
        note = store.take_untagged(connection)
        if note is None:
            return False
        try:
            tags = ask_tagger(tagger, note["body"])
        except OSError as error:
            log.warning("note %s stays untagged, the model does not answer: %s", note["id"], error)
            return False
        store.tag(connection, note["id"], tags)
    log.info("note %s tagged: %s", note["id"], ", ".join(tags) or "no tag fits")
    return True


def wait_for_note(connection: psycopg.Connection[store.Row], tagger: str | None) -> None:
    """Returns at a notification, when it is time to look anyway, or when told to stop."""
    look_again = time.monotonic() + LOOK_AT_LEAST_EVERY
    while not stopping.is_set() and time.monotonic() < look_again:
        for notification in connection.notifies(timeout=1, stop_after=1):
            if not tagger:
                log.info("note %s stays untagged: TAGGER_URL is not set", notification.payload)
            return


if __name__ == "__main__":
    main()
