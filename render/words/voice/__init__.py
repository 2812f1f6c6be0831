"""Voices: what turns a script's line into sound and word times; ``choose`` finds one by its name."""
