"""Data that an apply takes away, and what stands between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeport.deploy.summary import DROPPED
from homeport.terraform import Change

HOLDS_DATA = "aws_db_instance"


def loss(change: Change) -> str:
    """What is lost, in words; empty for nothing. An instance is marked before it is deleted, by its protection."""
    if change.noun != HOLDS_DATA or change.action == "create":
        return ""
    if change.action == "update":
        is_marked = change.values.get("deletion_protection") is False
        return f"{DROPPED}{_kept(change.values)}" if is_marked else ""
    return f"{DROPPED}{_anew(change)}{_protection(change)}{_kept(as_it_stands(change))}"


def _anew(change: Change) -> str:
    if change.action == "delete":
        return ""
    because = f" because of {', '.join(change.because)}" if change.because else ""
    return f", and made anew without it{because}"


def _protection(change: Change) -> str:
    is_protected = as_it_stands(change).get("deletion_protection")
    return "; AWS refuses that while its deletion protection is on" if is_protected else ""


def _kept(deleted: Mapping[str, Any]) -> str:
    """What AWS keeps of an instance that is deleted with these settings."""
    skips, name = deleted.get("skip_final_snapshot"), deleted.get("final_snapshot_identifier")
    if skips is None:
        return ""
    if not skips:
        return f"; a last snapshot is kept: {name}"
    has_backups = deleted.get("delete_automated_backups") is False
    return "; no last snapshot is kept" if has_backups else "; neither a last snapshot nor its backups are kept"


def as_it_stands(change: Change) -> Mapping[str, Any]:
    """The values before the change."""
    return {**change.values, **{one.attribute: one.before for one in change.differences}}
