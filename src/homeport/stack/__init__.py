"""From manifest, base and release to the Terraform root, as a value. Nothing here touches the world."""

from homeport.stack.application import ApplicationStack, render, render_inputs
from homeport.stack.base import BaseStack, render_base
from homeport.stack.root import Root, empty_root

__all__ = ["ApplicationStack", "BaseStack", "Root", "empty_root", "render", "render_base", "render_inputs"]
