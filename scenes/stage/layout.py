"""The layout check: what a viewer would stumble over at one moment of a scene.

Nothing textual leaves the frame, no two texts overlap, no text is smaller than the scale's smallest step, and every
text has a contrast of at least 4.5:1 (WCAG 2.2, success criterion 1.4.3) against what lies under it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from manim import config

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import TINY, UNITS_PER_POINT, Lettering
from tapehead.scenes.stage.palette import contrast, rgb

LEAST_CONTRAST = 4.5
_OVERLAP = 0.03
"""Share of the smaller text's box that may be shared: descenders touch ascenders without being an overlap."""

Box = tuple[float, float, float, float]


def problems(scene: StageScene, picture: np.ndarray) -> list[str]:
    """What is wrong with the present moment; ``picture`` is the frame as drawn, uint8 (height, width, 3 or 4)."""
    texts = [(text, box(text)) for text in scene.lettering()]
    found = [*_outside(texts), *_overlaps(texts)]
    for text, place in texts:
        if (size := em_of(text)) < TINY * UNITS_PER_POINT * 0.97:
            found.append(f"'{text.plain_text}' is set at {size / UNITS_PER_POINT:.0f}, below the smallest size {TINY}")
        if (ratio := contrast_of(text, place, picture)) < LEAST_CONTRAST:
            found.append(f"'{text.plain_text}' has a contrast of {ratio:.1f}:1, below {LEAST_CONTRAST}:1")
    return found


def box(text: Lettering) -> Box:
    """Left, bottom, right, top in frame units."""
    points = text.get_all_points()
    (left, bottom), (right, top) = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def em_of(text: Lettering) -> float:
    """The em in frame units as drawn now, scaling since it was made included."""
    return float(text.size * UNITS_PER_POINT * text.drawn_scale())


def _outside(texts: list[tuple[Lettering, Box]]) -> Iterator[str]:
    half_width, half_height = config.frame_width / 2 + 0.01, config.frame_height / 2 + 0.01
    for text, (left, bottom, right, top) in texts:
        if left < -half_width or right > half_width or bottom < -half_height or top > half_height:
            yield f"'{text.plain_text}' leaves the frame (x {left:.2f}..{right:.2f}, y {bottom:.2f}..{top:.2f})"


def _overlaps(texts: list[tuple[Lettering, Box]]) -> Iterator[str]:
    for (one, a), (other, b) in itertools.combinations(texts, 2):
        width = min(a[2], b[2]) - max(a[0], b[0])
        height = min(a[3], b[3]) - max(a[1], b[1])
        smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
        if width > 0 and height > 0 and width * height > _OVERLAP * smaller:
            yield f"'{one.plain_text}' and '{other.plain_text}' overlap"


def contrast_of(text: Lettering, place: Box, picture: np.ndarray) -> float:
    """The least contrast among a text's glyphs against the commonest colour under its box."""
    height, width = picture.shape[:2]
    left, bottom, right, top = place
    columns = [round((x / config.frame_width + 0.5) * width) for x in (left, right)]
    rows = [round((0.5 - y / config.frame_height) * height) for y in (top, bottom)]
    margin = 2
    patch = picture[
        max(0, rows[0] - margin) : max(1, rows[1] + margin),
        max(0, columns[0] - margin) : max(1, columns[1] + margin),
        :3,
    ]
    if patch.size == 0:
        return float("inf")  # wholly outside the frame: reported as such, contrast means nothing there
    coarse = patch.reshape(-1, 3) // 16
    codes, counts = np.unique(coarse, axis=0, return_counts=True)
    ground = tuple((codes[np.argmax(counts)] * 16 + 8) / 255)
    ratios = []
    for glyph in text.family_members_with_points():
        opacity = glyph.get_fill_opacity()
        ink = rgb(glyph.get_fill_color().to_hex())
        if opacity > 0.05:
            seen = tuple(opacity * i + (1 - opacity) * g for i, g in zip(ink, ground, strict=True))
            ratios.append(contrast(seen, ground))
    return min(ratios, default=float("inf"))
