"""homeport: one manifest, two targets."""

__version__ = "0.1.0"
