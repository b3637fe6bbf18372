"""Data that an apply takes away, and what stands between."""

from __future__ import annotations

from typing import Any

from homeport.deploy.summary import DROPPED
from homeport.deploy.ways.cloud.summary.differences import only
from homeport.terraform import Change

HOLDS_DATA = "aws_db_instance"


def loss(change: Change) -> str:
    """What is lost, in words; empty for nothing. An instance is marked before it is deleted, by its protection."""
    if change.noun != HOLDS_DATA or change.action == "create":
        return ""
    if change.action == "update":
        return DROPPED if change.values.get("deletion_protection") is False else ""
    return f"{DROPPED}{_anew(change)}{_protection(change)}{_snapshot(change)}"


def _anew(change: Change) -> str:
    if change.action == "delete":
        return ""
    because = f" because of {', '.join(change.because)}" if change.because else ""
    return f", and made anew without it{because}"


def _protection(change: Change) -> str:
    is_protected = _was(change, "deletion_protection")
    return "; AWS refuses that while its deletion protection is on" if is_protected else ""


def _snapshot(change: Change) -> str:
    is_kept = _was(change, "skip_final_snapshot") is False
    return "; a last snapshot is kept" if is_kept else ""


def _was(change: Change, name: str) -> Any:
    """A value as it stands now."""
    difference = only(change, name)
    return difference.before if difference else change.values.get(name)
