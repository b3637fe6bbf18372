"""What ssh says, as an error with a next step. The cases are ssh's own words."""

import pytest

from homeport.host.ssh.address import parse
from homeport.host.ssh.explain import unreachable

CHANGED = """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
Host key for [server]:2222 has changed and you have requested strict checking.
Host key verification failed.
"""


@pytest.mark.parametrize(
    ("words", "message", "next_step"),
    [
        (CHANGED, "another host key than before", "ssh-keygen -R '[server]:2222'"),
        ("Host key verification failed.", "is not known", "ssh -p 2222 ana@server"),
        (
            "ssh: Could not resolve hostname server: Name or service not known",
            "no machine of that name",
            "DNS",
        ),
        (
            "ana@server: Permission denied (publickey).",
            "did not accept any of your keys",
            "ssh-copy-id -p 2222",
        ),
        ("ssh: connect to host server port 2222: Connection refused", "refuses connections", "sshd runs"),
        ("ssh: connect to host server port 2222: Connection timed out", "does not answer", "VPN"),
        ("ssh: connect to host server port 2222: No route to host", "does not answer", "VPN"),
        (
            "config: line 3: Bad configuration option: prot",
            "configuration cannot be used",
            "until this works",
        ),
        ("kex_exchange_identification: Connection closed by remote host", "before anybody can log in", "a ban"),
        ("bash: line 1: exec: bash: not found", "has no bash", "Install bash"),
        ("something new", "cannot be reached by ssh", "ssh -v -p 2222 ana@server"),
    ],
)
def test_each_failure_has_a_next_step(words: str, message: str, next_step: str) -> None:
    """A person knows what to do, and sees ssh's own words."""
    error = unreachable(parse("ssh://ana@server:2222"), words)

    assert message in error.message
    assert next_step in error.next_step
    assert words.strip().splitlines()[-1] in error.detail
