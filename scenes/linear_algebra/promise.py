"""Scene promise of Linear Algebra Done Cat."""
