"""The hackathon's published numbers of GPT-2 small: their file, as results, in figures, beside recomputed ones."""
