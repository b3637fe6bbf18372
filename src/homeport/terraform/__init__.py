"""Running Terraform (or OpenTofu): the binary, the workspace, plans, progress, and the state over HTTP."""

from homeport.terraform.binary import Binary, find
from homeport.terraform.plan import Change, Plan
from homeport.terraform.state import StateStore, serve_state
from homeport.terraform.workspace import Workspace

__all__ = ["Binary", "Change", "Plan", "StateStore", "Workspace", "find", "serve_state"]
