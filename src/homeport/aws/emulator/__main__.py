"""`python -m homeport.aws.emulator`: serves until it is told to end, or until its standard input closes."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import threading

from homeport.aws.emulator.engine import bridge_address, open_engine, sweep
from homeport.aws.emulator.settings import ACCOUNT, REGION, Settings


def main() -> None:
    """Leaves nothing on the engine when it ends; kill -9 leaves that to whoever starts the next."""
    options = _options()
    client = open_engine()
    settings = Settings(options.port, bridge_address(client), options.region, options.account, options.auth)
    if options.folder:
        os.environ["TMPDIR"] = options.folder
    if options.follow_stdin:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _serve(settings)
    finally:
        sweep(client, settings)
        if options.folder:
            shutil.rmtree(options.folder, ignore_errors=True)
        os._exit(0)  # its threads wait for containers that are gone now


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m homeport.aws.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--region", default=REGION)
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--auth", action="store_true", help="enforce policies, as AWS does")
    parser.add_argument("--folder", help="for its temporary files, removed at the end")
    parser.add_argument("--follow-stdin", action="store_true", help="end when standard input closes")
    return parser.parse_args()


def _end_with_parent() -> None:
    """The other end of the pipe closes when the parent ends, however it ends."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _serve(settings: Settings) -> None:
    os.environ.update(settings.environment())
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app

    from homeport.aws.emulator import patches

    patches.apply()
    config = Config()
    config.bind = settings.binds
    config.keep_alive_timeout = 75
    asyncio.run(serve(app.app, config))


if __name__ == "__main__":
    main()
