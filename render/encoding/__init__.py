"""Pictures and sound to the delivered file."""
