"""Containers of ours: described by a spec, made as candidates, kept while they match, removed when not needed."""

from homeport.home.container.lifecycle import Containers, Kept
from homeport.home.container.spec import ContainerSpec

__all__ = ["ContainerSpec", "Containers", "Kept"]
