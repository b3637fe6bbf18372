"""The command line: one file a verb. A verb parses, calls `deploy/`, and shows; heavy imports wait until it runs."""

import gc
import os
import sys

# Imports make many objects that stay: to look for garbage among them at every 700 costs a tenth of a start.
COLLECT_AFTER = 50_000


def main() -> None:
    """The console script. The one place where an error becomes words and an exit code."""
    gc.set_threshold(COLLECT_AFTER)
    from homeport.cli.application import app
    from homeport.errors import HomeportError

    # grpc would write its own notes about forks and shutdowns on the person's terminal.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        app()
    except HomeportError as error:
        from homeport.cli.show import show_error

        show_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What serves goes on serving.\n")
        sys.exit(130)
    except BrokenPipeError:
        os._exit(141)  # as if SIGPIPE had ended it: the reader of the result has gone
