"""The scene `units` (being drawn)."""
