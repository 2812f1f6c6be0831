"""The scene `neuron` (being drawn)."""
