"""Figures of the diffusion analyses, by the name of the analysis."""

from tapehead.analysis.diffusion.figures.diffusion import FIGURES

__all__ = ["FIGURES"]
