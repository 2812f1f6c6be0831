"""Figures of the diffusion analyses that films show, one module for each of ``studies/``."""

from __future__ import annotations

from tapehead.analysis.diffusion.figures import editing, erasing, geometry, pictures, prompted, transporting
from tapehead.analysis.figures import Figure

FIGURES: dict[str, tuple[Figure, ...]] = {
    **pictures.FIGURES,
    **geometry.FIGURES,
    **editing.FIGURES,
    **erasing.FIGURES,
    **transporting.FIGURES,
    **prompted.FIGURES,
}
