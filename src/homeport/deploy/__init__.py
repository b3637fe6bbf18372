"""The use cases. Each returns records and emits events; none prints."""
