"""Labelled directed graphs, pattern queries over them, and answers that are remembered as views."""
