"""Sequence tasks: families of words, prompts, and prompt files."""
