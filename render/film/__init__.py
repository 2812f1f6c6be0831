"""From an episode to a finished film, its stills and its preview."""
