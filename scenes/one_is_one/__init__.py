"""Episode `one-is-1`: is a number word the same thing as a digit to a language model?  A case for activation patching."""
