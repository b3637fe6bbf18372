"""A home server: the drivers of its containers, its gateway, Postgres, the registry and what is kept there."""
