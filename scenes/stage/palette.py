"""Colours by role.  A scene asks for the role, never for a hex value.

An input colour becomes its lighter ``*_TINT`` after a weight has acted on it, and the weight has that tint itself.
Categories without an order use Okabe and Ito's set (https://jfly.uni-koeln.de/color/), which stays apart under
colour-vision deficiencies; maps with a middle run from blue to orange.  No colour carries meaning alone: a label or a
shape goes with it.
"""

from __future__ import annotations

from tapehead.scenes.stage.branding import LOOK

OWN: dict[str, str] = {}
"""What each role has where a channel says nothing else (:mod:`tapehead.scenes.stage.branding`)."""


def _role(name: str, colour: str) -> str:
    OWN[name] = colour
    return LOOK.colours.get(name, colour)


GROUND = _role("ground", "#0A0B10")
PANEL = _role("panel", "#14161F")
INK = _role("ink", "#F4F1E8")
SOFT = _role("soft", "#AEB3C0")
FAINT = _role("faint", "#4A5060")
GRID = _role("grid", "#2F6F73")
HIGHLIGHT = _role("highlight", "#FFD84D")

NOSE, NOSE_TINT = _role("nose", "#FF6B6B"), _role("nose_tint", "#FFB0B0")
EAR, EAR_TINT = _role("ear", "#6FA8FF"), _role("ear_tint", "#B5D2FF")
NAP, NAP_TINT = _role("nap", "#FFA552"), _role("nap_tint", "#FFD0A1")
LUCK, LUCK_TINT = _role("luck", "#6FCF7C"), _role("luck_tint", "#B4E8BB")
OUTPUT, OUTPUT_TINT = _role("output", "#C99BFF"), _role("output_tint", "#E2CCFF")

GOOD, BAD = _role("good", "#56B4E9"), _role("bad", "#E69F00")
COOL, MIDDLE, WARM = _role("cool", "#3B7DD8"), _role("middle", "#F4F1E8"), _role("warm", "#E8833A")

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
