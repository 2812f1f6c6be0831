"""Training of ``mini``, the choice of a seed, and its card."""
