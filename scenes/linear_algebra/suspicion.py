"""Scene suspicion of Linear Algebra Done Cat."""
