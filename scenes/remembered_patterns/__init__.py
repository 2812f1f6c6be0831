"""The film about graph patterns that are remembered."""
