"""Figures for lectures and papers, drawn from results by what ``analysis/figures.py`` declares."""
