"""The use cases on a server's registry and its second volume: list, backup, restore, check, prune."""
