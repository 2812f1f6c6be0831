"""Colours by role.  A scene asks for the role, never for a hex value.

An input colour becomes its lighter ``*_TINT`` after a weight has acted on it, and the weight has that tint itself.
Categories without an order use Okabe and Ito's set (https://jfly.uni-koeln.de/color/), which stays apart under
colour-vision deficiencies; maps with a middle run from blue to orange.  No colour carries meaning alone: a label or a
shape goes with it.
"""

from __future__ import annotations

GROUND = "#0A0B10"
PANEL = "#14161F"
INK = "#F4F1E8"
SOFT = "#AEB3C0"
FAINT = "#4A5060"
GRID = "#2F6F73"
HIGHLIGHT = "#FFD84D"

NOSE, NOSE_TINT = "#FF6B6B", "#FFB0B0"
EAR, EAR_TINT = "#6FA8FF", "#B5D2FF"
NAP, NAP_TINT = "#FFA552", "#FFD0A1"
LUCK, LUCK_TINT = "#6FCF7C", "#B4E8BB"
OUTPUT, OUTPUT_TINT = "#C99BFF", "#E2CCFF"

GOOD, BAD = "#56B4E9", "#E69F00"
COOL, MIDDLE, WARM = "#3B7DD8", "#F4F1E8", "#E8833A"

OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#9AA0A6")

ROLES = {
    "ink": INK,
    "soft": SOFT,
    "mark": HIGHLIGHT,
    "nose": NOSE,
    "nosetint": NOSE_TINT,
    "ear": EAR,
    "eartint": EAR_TINT,
    "nap": NAP,
    "naptint": NAP_TINT,
    "luck": LUCK,
    "lucktint": LUCK_TINT,
    "out": OUTPUT,
    "outtint": OUTPUT_TINT,
    "wa": NOSE_TINT,
    "wb": EAR_TINT,
    "good": GOOD,
    "bad": BAD,
}
"""Names by which lettering colours a part of a text or formula: ``nap(a_1) = wa(w_11) nose(x_1)``."""


def rgb(colour: str) -> tuple[float, float, float]:
    """``#RRGGBB`` as three numbers in 0..1."""
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance of an sRGB colour in 0..1 (WCAG 2.2, definition of relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Contrast ratio 1..21 of two sRGB colours (WCAG 2.2, success criterion 1.4.3)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
