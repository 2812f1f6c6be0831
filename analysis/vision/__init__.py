"""How alike two pictures are inside a network, and what a detector sees in a world of noise."""
