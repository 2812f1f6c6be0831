"""Scene hook of Linear Algebra Done Cat."""
