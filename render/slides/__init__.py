"""A film as a lecture: its masters cut at cues, shown by manim-slides' own formats.  Nothing is drawn again."""
