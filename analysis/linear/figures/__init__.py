"""Figures of the linear analyses, by the name of the analysis."""

from tapehead.analysis.figures import gathered
from tapehead.analysis.linear.figures import bases, carving, cats, faces, fences, fits, maps, projections, singular

FIGURES = gathered(
    cats.FIGURES,
    fits.FIGURES,
    maps.FIGURES,
    bases.FIGURES,
    projections.FIGURES,
    singular.FIGURES,
    fences.FIGURES,
    carving.FIGURES,
    faces.FIGURES,
)
