"""The maths of `linear-algebra`: a table of cats, fits to it, and what a two-by-two map does to it."""
