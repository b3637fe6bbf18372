"""What every run of the tests begins with."""

import signal

# A run that was started in the background has SIGINT ignored, and its children would inherit that: no Ctrl-C for them.
signal.signal(signal.SIGINT, signal.default_int_handler)
