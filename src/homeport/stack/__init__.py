"""From manifest, base and release to the Terraform root, as a value. Nothing here touches the world."""

from homeport.stack.application import ApplicationStack, render, render_inputs
from homeport.stack.base import BaseStack, render_base
from homeport.stack.cloud_application import CloudApplicationStack, cloud_inputs, render_cloud_inputs
from homeport.stack.cloud_base import CloudBaseStack, render_cloud_base, render_no_cloud_base
from homeport.stack.cloud_root import CloudPlace, cloud_root, empty_cloud_root
from homeport.stack.root import Root, empty_root

__all__ = [
    "ApplicationStack",
    "BaseStack",
    "CloudApplicationStack",
    "CloudBaseStack",
    "CloudPlace",
    "Root",
    "cloud_inputs",
    "cloud_root",
    "empty_cloud_root",
    "empty_root",
    "render",
    "render_base",
    "render_cloud_base",
    "render_cloud_inputs",
    "render_inputs",
    "render_no_cloud_base",
]
