"""The base of a server: what it shall be, what may change in place, and `homeport setup` that makes it so."""
