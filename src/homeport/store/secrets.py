"""An application's secrets, wherever they lie, and what a name and a value must be."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, Protocol

from homeport.errors import Refused
from homeport.secret import Secret

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Change = Literal["new", "changed", "unchanged"]
Version = int | str  # a server counts, Secrets Manager names


class Secrets(Protocol):
    """Secrets by scope, `<application>.<target>`, and name. A value is never anything but a Secret."""

    def list(self, scope: str) -> Mapping[str, Version]:
        """The names that have a value, each with its version, sorted."""
        ...

    def versions(self, scope: str, names: Collection[str]) -> Mapping[str, Version]:
        """Of these names, those that have a value now, each with its version: true at once, where a list may lag."""
        ...

    def get(self, scope: str, name: str) -> Secret:
        """The value. Raises Refused when there is none."""
        ...

    def set(self, scope: str, name: str, value: Secret) -> Version:
        """Keep a value; returns its version, which is a new one only when the value is. Raises Refused as the checks
        below."""
        ...

    def set_all(self, scope: str, values: Mapping[str, Secret]) -> Mapping[str, Change]:
        """Keep all the values, or none where one is refused; returns what each was. Raises as `set`."""
        ...

    def remove(self, scope: str, name: str) -> None:
        """Forget the value. Raises Refused when there is none."""
        ...

    def forget(self, scope: str) -> None:
        """Remove everything of a scope."""
        ...


def check(name: str, value: Secret) -> None:
    """Both of the below."""
    check_name(name)
    check_value(name, value)


def check_name(name: str) -> None:
    """Raises Refused for a name that cannot be an environment variable."""
    if not NAME.fullmatch(name):
        raise Refused(
            f'"{name}" cannot be the name of a secret: letters, digits and underscores, no digit first.',
            next_step="It becomes an environment variable, STRIPE_KEY for example.",
        )


def check_value(name: str, value: Secret) -> None:
    """Raises Refused for a value that no environment variable can have."""
    if not value.reveal() or "\0" in value.reveal():
        raise Refused(
            f"The value of {name} is empty or holds a zero byte, which no environment variable can.",
            next_step="Give the value on stdin.",
        )


def not_set(scope: str, name: str, there: Iterable[str]) -> Refused:
    """What is raised for a secret that has no value; `there` are the names of the scope that have one."""
    application, _, target = scope.partition(".")
    return Refused(
        f"{application} has no secret {name} on {target or 'the server'} (there: {', '.join(there) or 'none'}).",
        next_step=f"Set it with: homeport secret set {name} {target}",
    )
