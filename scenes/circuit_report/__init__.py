"""A film of whatever ``tapehead circuit`` found: its words and pictures follow one run's results."""
