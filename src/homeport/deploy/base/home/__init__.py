"""The base of a server."""
