"""Terraform's provider for homeport, served from this very process.

One file a noun. A resource is thin: state in, one driver call, state out. What the drivers do is in `home/` and `aws/`.
"""

from homeport.provider.provider import HomeportProvider
from homeport.provider.server import serve

__all__ = ["HomeportProvider", "serve"]
