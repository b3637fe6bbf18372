"""What an interrupted run left in AWS: made, and in no state, because whoever would have noted it was killed.

It is asked for by the name or by the tags that it would be made with. What does not carry all of those tags is
somebody else's and is left alone: AWS then refuses a second one of its name.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from homeport.aws.left_behind import access, balancer, containers, data, names, network, sites
from homeport.aws.left_behind.found import Account, Found, Values
from homeport.aws.session import Session
from homeport.events import Emit, Event

__all__ = ["LeftBehind", "Wanted"]

AT_ONCE = 8  # questions
POLL = 5.0  # seconds; an instance of RDS takes minutes
KINDS = network.KINDS | balancer.KINDS | containers.KINDS | data.KINDS | access.KINDS | sites.KINDS | names.KINDS


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource that is to be made: its type for Terraform (`aws_lb`), and its arguments that are known by now."""

    kind: str
    values: Values


class LeftBehind:
    """Looks for what stands in one account and region."""

    def __init__(self, session: Session) -> None:
        self._account = Account(session)

    def find(self, wanted: Mapping[str, Wanted], emit: Emit) -> dict[str, str]:
        """Of what is wanted, by its address in Terraform, what stands already and is ours: the ids to import it by.

        What AWS is still making is waited for. Raises CloudFailed.
        """
        found = self._standing(wanted)
        while unready := {address: wanted[address] for address, one in found.items() if not one.is_ready}:
            for address in unready:
                emit(Event("aws", found[address].id, "an interrupted run began it; waits until AWS has made it"))
            time.sleep(POLL)
            found = {address: one for address, one in found.items() if one.is_ready} | self._standing(unready)
        return {address: one.id for address, one in found.items()}

    def _standing(self, wanted: Mapping[str, Wanted]) -> dict[str, Found]:
        asked = {address: one for address, one in wanted.items() if _can_be_asked(one)}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = dict(zip(asked, pool.map(self._find, asked.values()), strict=True))
        return {address: one for address, one in found.items() if one}

    def _find(self, wanted: Wanted) -> Found | None:
        """The only one: of two that look the same, nobody knows which was meant."""
        kind = KINDS[wanted.kind]
        tags = (wanted.values.get("tags_all") or {}) if kind.has_tags else {}
        standing = kind.find(self._account, wanted.values)
        ours = [one for one in standing if tags.items() <= one.tags.items()]
        return ours[0] if len(ours) == 1 else None


def _can_be_asked(wanted: Wanted) -> bool:
    kind = KINDS.get(wanted.kind)
    if kind is None:
        return False
    needed = (*kind.needs, "tags_all") if kind.has_tags else kind.needs
    return all(wanted.values.get(name) is not None for name in needed)
