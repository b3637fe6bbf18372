"""Containers of ours: described by a spec, made as candidates, kept while they match, removed at the end."""

from homeport.home.container.lifecycle import Containers, Kept
from homeport.home.container.spec import ContainerSpec

__all__ = ["ContainerSpec", "Containers", "Kept"]
