"""Scenes: what is drawn.  One package per episode, and the stage that they share."""
