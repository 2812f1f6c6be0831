"""Data that ships with tapehead: models, published numbers with their citations, tape presets."""
