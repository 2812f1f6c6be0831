"""Analyses: pure functions from models and data to results."""
