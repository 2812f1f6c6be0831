"""What is registered for episodes, and what it is made of."""
