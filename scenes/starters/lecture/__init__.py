"""Copied by `tapehead new --template lecture`."""
