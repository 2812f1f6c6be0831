"""A film of whatever ``tapehead directions`` found: its words and pictures follow one run's results."""
