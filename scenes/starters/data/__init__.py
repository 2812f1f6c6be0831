"""Copied by `tapehead new --template data`."""
