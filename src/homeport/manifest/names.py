"""Names: of applications, of what runs, of targets, of hosts."""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from homeport.manifest.problems import rule, shown

NAME = rule(
    "name",
    "A name is lower case letters, digits and hyphens, first a letter, last no hyphen. "
    "An application's has at most 40 characters, an instance's 20, every other 30.",
)
RESERVED_NAME = rule(
    "reserved-name",
    "A name is none that Postgres, Docker or homeport keeps for itself, and does not start with pg-.",
)
HOST_NAME = rule("host-name", "A host name is a DNS name in lower case, such as notes.example.com.")

_NAME = "[a-z]([a-z0-9-]*[a-z0-9])?"
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*", re.ASCII)
_OURS = {"gateway", "postgres", "registry"}
_APPLICATION = _OURS | {
    "bridge", "default", "homeport", "host", "localhost", "none", "public", "template0", "template1",
}  # fmt: skip
_PART = _OURS | {"migrations"}


def _named(longest: int, reserved: set[str]) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > longest or not re.fullmatch(_NAME, text, re.ASCII):
            raise NAME.broken(
                f"{shown(text)} is no name: lower case letters, digits and hyphens, "
                f"first a letter, last no hyphen, at most {longest} characters"
            )
        if text in reserved or text.startswith("pg-"):
            raise RESERVED_NAME.broken(f"{shown(text)} is a name that Postgres, Docker or homeport keeps for itself")
        return text

    return AfterValidator(check)


def _host_name(text: str) -> str:
    if not _HOST_NAME.fullmatch(text) or text.rpartition(".")[2].isdigit():
        hint = f"; write {shown(text.lower())}" if text != text.lower() and _HOST_NAME.fullmatch(text.lower()) else ""
        raise HOST_NAME.broken(f"should be a host name in lower case, not {shown(text)}{hint}")
    return text


ApplicationName = Annotated[
    str,
    _named(40, _APPLICATION),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$", "maxLength": 40}),
]
PartName = Annotated[
    str, _named(30, _PART), WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$", "maxLength": 30})
]
TargetName = Annotated[
    str, _named(30, set()), WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$", "maxLength": 30})
]
InstanceName = Annotated[
    str, _named(20, set()), WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$", "maxLength": 20})
]
HostName = Annotated[str, AfterValidator(_host_name), WithJsonSchema({"type": "string", "format": "hostname"})]
