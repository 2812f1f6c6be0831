"""Copied by `tapehead new --template directions`."""
