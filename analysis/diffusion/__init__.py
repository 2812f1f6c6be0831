"""Diffusion models: a world of puppets with known attributes, models trained on it, and what one finds inside them."""
