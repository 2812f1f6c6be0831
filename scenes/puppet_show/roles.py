"""What a colour stands for in this film, and the one rule of its tape: a role has one colour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tapehead.analysis.results import Reading
from tapehead.scenes.stage import palette
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.tears import mend, tear

PATIENT = palette.HIGHLIGHT
"""The network itself: its mind, its loudest direction, its lamp, its arrow."""
SECOND = palette.LUCK
THIRD = palette.LUCK_TINT
"""Its other directions."""
STRINGS = palette.BAD
FREE = palette.GOOD
CHANCE = palette.SOFT
"""Random directions, networks that never learned, always saying no: what everything is held against."""
ALBUM = palette.OUTPUT
"""The training pictures, and the ghosts that are made of them."""
OUTSIDE = palette.NOSE_TINT
"""What somebody has told, with labels."""

ROLES = {
    "patient": PATIENT,
    "second": SECOND,
    "third": THIRD,
    "strings": STRINGS,
    "free": FREE,
    "chance": CHANCE,
    "album": ALBUM,
    "outside": OUTSIDE,
}


def slip(
    scene: StageScene, seen: Reading | Sequence[Reading], of: tuple[float, float] = (-1.0, 1.0), over: float = 0.5
) -> None:
    """The tape slips as far as the second machine sees strings.

    Args:
        scene: whose tape it is.
        seen: the score of a portrait, or the share of portraits that hang; or a row of them, spread over ``over``.
        of: the values at which it sees none, and nothing but strings.
        over: seconds.
    """
    tear(scene, seen, of=of, over=over)


def calm(scene: StageScene, over: float = 0.4) -> None:
    """Nothing is painted: the tape is as calm as it comes."""
    mend(scene, over)


def out_of_focus(picture: np.ndarray, width: float) -> np.ndarray:
    """A picture blurred by a Gaussian whose standard deviation is ``width`` pixels; 0 leaves it as it is.

    Args:
        picture: floats (3, side, side).
        width: in pixels of the picture.
    """
    from scipy.ndimage import gaussian_filter

    blurred: np.ndarray = gaussian_filter(picture, (0, width, width), mode="nearest") if width > 0 else picture
    return blurred
