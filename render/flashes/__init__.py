"""The flash meter."""
