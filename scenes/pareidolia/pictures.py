"""Pictures of this film: the bean with its visor, and pictures out of arrays."""

from __future__ import annotations

import numpy as np
from manim import Ellipse, RoundedRectangle, Union, VGroup, VMobject

from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, LUCK, NAP, SOFT
from tapehead.scenes.stage.portraits import Portrait

BEAN, NOISE, BAR = NAP, EAR, HIGHLIGHT
"""Beans and what they give are orange, noise is blue, the bar and what gets over it is yellow: in the whole film."""
CONTROL = SOFT
VISOR, RIM = "#EDF7FF", "#16161C"


def _oval(x: float, y: float, across: float, down: float, turn: float = 0.0) -> Ellipse:
    return Ellipse(width=2 * across, height=2 * down).rotate(-turn).move_to([x, -y, 0])


def _lobes() -> VMobject:
    """The bean's outline: two lobes that lean apart, in units of its height."""
    return Union(_oval(0.05, -0.08, 0.29, 0.28), _oval(-0.06, 0.2, 0.3, 0.28))


class Bean(VGroup):
    """The bean with its visor, ``height`` units high from the sprout to the ground.  Parts: ``body``, ``visor``."""

    def __init__(self, height: float = 3.0, colour: str = BEAN) -> None:
        sprout = VGroup(_oval(0.04, -0.41, 0.04, 0.09), _oval(0.14, -0.44, 0.11, 0.045, -0.1))
        sprout.set_stroke(width=0).set_fill(LUCK, 1)
        self.body = _lobes().set_stroke(width=0).set_fill(colour, 1)
        belly = _oval(-0.12, 0.27, 0.2, 0.17, 0.2).set_stroke(width=0).set_fill("#000000", 0.13)
        rim = RoundedRectangle(width=0.46, height=0.28, corner_radius=0.13).move_to([0.08, 0.1, 0])
        glass = RoundedRectangle(width=0.36, height=0.18, corner_radius=0.085).move_to([0.08, 0.1, 0])
        shine = _oval(0.16, -0.13, 0.06, 0.025, -0.2)
        rim.set_stroke(width=0).set_fill(RIM, 1)
        glass.set_stroke(width=0).set_fill(VISOR, 1)
        shine.set_stroke(width=0).set_fill("#FFFFFF", 1)
        self.visor = VGroup(rim, glass, shine)
        super().__init__(sprout, self.body, belly, self.visor)
        self.scale(height / self.height)


def photo(picture: np.ndarray, height: float, colour: str = FAINT) -> Portrait:
    """A picture in colour: (row, column, colour), 0 to 1."""
    return Portrait(np.round(255 * np.clip(picture, 0, 1)).astype(np.uint8), height, colour=colour)


def grey_photo(
    values: np.ndarray, height: float, colour: str = FAINT, *, spread: float = 3.0, smooth: bool = False
) -> Portrait:
    """Brightnesses (row, column): their mean is grey, ``spread`` deviations up is white and down is black."""
    deviation = max(float(np.std(values)), 1e-9)
    shade = np.clip(0.5 + (values - np.mean(values)) / (2 * spread * deviation), 0, 1)
    pixels = np.repeat(np.round(255 * shade).astype(np.uint8)[..., None], 3, axis=2)
    return Portrait(pixels, height, colour=colour, smooth=smooth)


def heat_photo(values: np.ndarray, height: float, colour: str = FAINT) -> Portrait:
    """A map of correlations: blue below zero, black at zero, yellow above, at full strength at the greatest."""
    share = np.clip(values / np.abs(values).max(), -1, 1)[..., None]
    up, down = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (BAR, NOISE))
    pixels = np.where(share > 0, share**2 * up, share**2 * 0.8 * down)
    return Portrait(np.round(pixels).astype(np.uint8), height, colour=colour, smooth=False)
