"""Rendering: plan, draw, tape, sound, captions, encode; and the command line."""
