"""``tapehead check``: all problems of an episode in one run."""
