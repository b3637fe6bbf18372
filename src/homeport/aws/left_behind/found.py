"""One question to AWS about what stands there, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeport.aws.session import Session, told
from homeport.errors import CloudFailed

Values = Mapping[str, Any]  # a resource's arguments, as far as a plan of Terraform's knows them


@dataclass(frozen=True, slots=True)
class Found:
    """Something that stands: the id by which Terraform imports it, and its tags. Not `is_ready`: AWS still makes it."""

    id: str
    tags: Mapping[str, str] = field(default_factory=dict)
    is_ready: bool = True


@dataclass(frozen=True)
class Account:
    """Asks an account and region; a client is made once for each service. May be used by several threads at once."""

    session: Session
    _clients: dict[str, Any] = field(default_factory=dict)

    def ask(self, service: str, question: str, *absent: str, **arguments: Any) -> dict[str, Any]:
        """AWS's answer, an empty one where it says by a code of `absent` that there is no such thing."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service)
        try:
            with told(f"Looking for what an interrupted run left ({service} {question})"):
                answer: dict[str, Any] = getattr(self._clients[service], question)(**arguments)
                return answer
        except CloudFailed as error:
            if error.code in absent:
                return {}
            raise


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of Terraform's resources: how it is found, and the arguments that must be known for that.

    Without tags, `find` itself looks whether it is ours.
    """

    find: Callable[[Account, Values], list[Found]]
    needs: tuple[str, ...] = ()
    has_tags: bool = True


def tags(listed: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Tags as AWS lists them, `{"Key": …, "Value": …}`; ECS writes both in lower case."""
    found = [{key.lower(): value for key, value in one.items()} for one in listed or ()]
    return {one["key"]: one["value"] for one in found}
