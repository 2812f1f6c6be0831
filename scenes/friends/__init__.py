"""Should these two be friends?  A film about walks, fences, and a score that must not look at the answer."""
