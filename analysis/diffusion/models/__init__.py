"""Loading diffusion models, their shapes, sampling and inversion."""
