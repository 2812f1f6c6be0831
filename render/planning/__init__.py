"""The plan of a film, its keys and what it will cost."""
