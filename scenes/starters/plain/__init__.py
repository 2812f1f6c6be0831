"""Copied by `tapehead new --template plain`."""
