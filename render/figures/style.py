"""Three looks: ``light`` for slides, ``dark`` for slides beside the film, ``print`` for paper without colours.

No look tells things apart by colour alone: curves differ in dashes and points in shape as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tapehead.analysis.errors import UnknownNameError
from tapehead.scenes.stage.palette import COOL, FAINT, GROUND, INK, OKABE_ITO, SOFT, WARM

MM_PER_INCH = 25.4
POINTS = 8.0
"""Size of letters in print points at every width: a figure keeps its letters when it gets larger."""

DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (3, 1, 1, 1, 1, 1)))
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "*")
HATCHES = ("", "////", "....", "xxxx")

# Yellow has no contrast on white, and black none on the film's ground; the rest of Okabe and Ito's set does on both.
_ON_LIGHT = (OKABE_ITO[4], OKABE_ITO[5], OKABE_ITO[2], OKABE_ITO[6], OKABE_ITO[1], OKABE_ITO[0], OKABE_ITO[7])
_ON_DARK = (OKABE_ITO[1], OKABE_ITO[0], OKABE_ITO[3], OKABE_ITO[6], OKABE_ITO[2], OKABE_ITO[5], OKABE_ITO[7])
_GREYS = ("#000000", "#555555", "#888888", "#2A2A2A", "#707070")


@dataclass(frozen=True)
class Style:
    """Colours of one look: ground, letters, faint lines, a cycle for series, and the ends of a signed scale."""

    name: str
    ground: str
    ink: str
    soft: str
    faint: str
    cycle: tuple[str, ...]
    scale: tuple[str, str, str]
    grey: bool = False
    """Whether it has no colours."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """What the user's own style file or font says; it goes before all else."""

    def parameters(self) -> dict[str, Any]:
        """What matplotlib is told."""
        own = {
            "figure.facecolor": self.ground,
            "savefig.facecolor": self.ground,
            "axes.facecolor": self.ground,
            "axes.edgecolor": self.soft,
            "axes.labelcolor": self.ink,
            "axes.titlecolor": self.ink,
            "axes.linewidth": 0.6,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": POINTS,
            "axes.labelsize": POINTS,
            "axes.unicode_minus": True,
            "text.color": self.ink,
            "xtick.color": self.soft,
            "ytick.color": self.soft,
            "xtick.labelcolor": self.ink,
            "ytick.labelcolor": self.ink,
            "xtick.labelsize": POINTS - 1,
            "ytick.labelsize": POINTS - 1,
            "xtick.major.width": 0.6,
            "ytick.major.width": 0.6,
            "grid.color": self.faint,
            "grid.linewidth": 0.4,
            "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters on every machine
            "font.size": POINTS,
            "mathtext.fontset": "dejavusans",
            "legend.frameon": False,
            "legend.fontsize": POINTS - 1,
            "lines.linewidth": 1.3,
            "lines.markersize": 4.0,
            "hatch.linewidth": 0.5,
            "svg.fonttype": "path",
            "svg.hashsalt": "tapehead",
            "pdf.fonttype": 42,
            "path.simplify": False,
        }
        return own | dict(self.given)


STYLES: Mapping[str, Style] = {
    style.name: style
    for style in (
        Style("light", "#FFFFFF", "#14161F", "#4A5060", "#D5D8DF", _ON_LIGHT, (COOL, "#F7F7F7", WARM)),
        Style("dark", GROUND, INK, SOFT, FAINT, _ON_DARK, (COOL, "#23262F", WARM)),
        Style("print", "#FFFFFF", "#000000", "#000000", "#C8C8C8", _GREYS, ("#111111", "#FFFFFF", "#777777"), True),
    )
}
"""By name."""


def style_named(name: str) -> Style:
    """The look called ``name``.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in STYLES:
        raise UnknownNameError("style of figures", name, STYLES)
    return STYLES[name]
