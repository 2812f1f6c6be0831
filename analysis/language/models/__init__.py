"""Loading language models, and their forward pass opened at its components."""
