"""Figures of the diffusion analyses, by the name of the analysis."""

from tapehead.analysis.diffusion.figures.diffusion import FIGURES as _FILMS
from tapehead.analysis.diffusion.figures.pushing import FIGURES as _PUSHING
from tapehead.analysis.figures import gathered

FIGURES = gathered(_FILMS, _PUSHING)

__all__ = ["FIGURES"]
