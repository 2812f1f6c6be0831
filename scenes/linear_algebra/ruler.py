"""The scene `ruler` (being drawn)."""
