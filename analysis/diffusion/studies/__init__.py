"""What is registered for episodes: claims and pictures, each with its controls in the same call."""
