"""A film for an editing program: pictures scene by scene, sound in parts, and a timeline that holds them together."""
