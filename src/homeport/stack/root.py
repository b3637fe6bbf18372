"""What every root of ours has: the backend, the provider, and literal strings."""

from collections.abc import Mapping
from typing import Any

Root = dict[str, Any]


def root(module: str, source: str, inputs: Mapping[str, Any], *, host: str, instance: str) -> Root:
    """A root of one module, in Terraform's JSON syntax.

    Nothing that changes by itself is in it: no time, no release number, no commit, no address of the backend.
    """
    return empty_root(host=host, instance=instance) | {"module": {module: {"source": source, **literal(inputs)}}}


def empty_root(*, host: str, instance: str) -> Root:
    """A root with nothing in it but the provider and the state: applying it removes what the state holds."""
    return {
        "terraform": {
            "required_version": ">= 1.11",
            "required_providers": {"homeport": {"source": "homeport/homeport"}},
            "backend": {"http": {}},
        },
        "provider": {"homeport": {"host": host, "instance": instance}},
    }


def literal(value: Any) -> Any:
    """The value with every `${` and `%{` escaped: a person's text is never a Terraform template.

    Source: Terraform language, "Strings and templates": `$${` and `%%{` are the literal forms.
    """
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, Mapping):
        return {literal(key): literal(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [literal(entry) for entry in value]
    return value
