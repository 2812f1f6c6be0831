"""Where on a film's picture its scenes stand, and what is written round them: other shapes, burned captions, brands."""
