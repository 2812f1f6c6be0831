"""Figures of the language analyses, by the name of the analysis."""

from tapehead.analysis.figures import gathered
from tapehead.analysis.language.figures import circuits, paper, roles, step_transplant, workings

FIGURES = gathered(circuits.FIGURES, paper.FIGURES, roles.FIGURES, step_transplant.FIGURES, workings.FIGURES)
