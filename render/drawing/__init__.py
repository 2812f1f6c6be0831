"""From Manim to lossless masters."""
