"""Training and shipping of the embedded puppets."""
