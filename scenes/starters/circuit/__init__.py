"""Copied by `tapehead new --template circuit`."""
