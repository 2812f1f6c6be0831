"""Pictures that a model painted: single portraits, walls of them, and the monitor on which they are shown.

Pictures come from a result's array: floats in [0, 1] of shape (3, side, side), as `sampling.sample` makes, or bytes
of shape (side, side, 3).  They are enlarged once, here, so that Manim composes an image of about the size it stands at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Group, ImageMobject, Rectangle, RoundedRectangle, VGroup
from PIL import Image

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, PANEL, SOFT

_PIXELS_PER_UNIT = 135
"""Of a frame 1080 pixels and 8 units high: an image is not made finer than it is shown at full HD."""
_MOST_PIXELS = 1400


def as_bytes(picture: np.ndarray) -> np.ndarray:
    """A picture as bytes of shape (height, width, 3).

    Args:
        picture: floats in [0, 1] of shape (3, height, width), clipped outside; or bytes (height, width, 3).

    Raises:
        EpisodeError: it has neither form.
    """
    picture = np.asarray(picture)
    if picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[-1] == 3:
        return picture
    if picture.dtype.kind == "f" and picture.ndim == 3 and picture.shape[0] == 3:
        scaled = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
        return np.ascontiguousarray(scaled.transpose(1, 2, 0))
    raise EpisodeError(
        f"a portrait is floats of shape (3, h, w) or bytes of shape (h, w, 3); got {picture.dtype} {picture.shape}"
    )


def enlarged(picture: np.ndarray, height: float, smooth: bool = True) -> np.ndarray:
    """A picture's bytes with as many pixels as it has on screen when it stands ``height`` units high."""
    source = as_bytes(picture)
    factor = min(height * _PIXELS_PER_UNIT, _MOST_PIXELS) / source.shape[0]
    size = (max(1, round(source.shape[1] * factor)), max(1, round(source.shape[0] * factor)))
    how = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    return np.asarray(Image.fromarray(source).resize(size, how))


def _image(pixels: np.ndarray, height: float) -> ImageMobject:
    made = ImageMobject(pixels)
    made.height = height
    return made


class Portrait(Group):
    """One picture with a thin frame; ``image`` and ``frame`` are its parts.

    Args:
        picture: see :func:`as_bytes`.
        height: in frame units.
        colour: of its frame.
        smooth: whether pixels are blended when it is enlarged; off to show what a pixel is.
    """

    def __init__(self, picture: np.ndarray, height: float = 3.0, *, colour: str = FAINT, smooth: bool = True) -> None:
        self.image = _image(enlarged(picture, height, smooth), height)
        self.frame = Rectangle(width=self.image.width, height=height).set_stroke(colour, 3).move_to(self.image)
        super().__init__(self.image, self.frame)

    def set_opacity(self, opacity: float) -> Portrait:
        """Of picture and frame, from 0 to 1: Manim's groups have none, and take it for an attribute."""
        self.image.set_opacity(opacity)
        self.frame.set_stroke(opacity=opacity)
        return self

    def mark(self, colour: str = HIGHLIGHT) -> Rectangle:
        """A thick ring around it, not yet on the stage."""
        return Rectangle(width=self.width + 0.08, height=self.height + 0.08).set_stroke(colour, 7).move_to(self)


class Wall(Group):
    """Many pictures as one image in rows, quick to draw; :meth:`place` says where each stands.

    Args:
        pictures: shape (n, …), each as :func:`as_bytes` takes it.
        columns: pictures in a row; the last row may be shorter.
        height: of the whole wall in frame units.
        gap: between pictures, as a share of a picture's height.
    """

    def __init__(
        self, pictures: np.ndarray | Sequence[np.ndarray], columns: int, height: float, *, gap: float = 0.08
    ) -> None:
        shown = [as_bytes(picture) for picture in pictures]
        if not shown or columns < 1:
            raise EpisodeError(f"a wall needs pictures and columns; got {len(shown)} pictures and {columns} columns")
        self.count, self.columns = len(shown), columns
        self.rows = -(-len(shown) // columns)
        self.side = height / (self.rows + gap * (self.rows - 1))
        self._step = self.side * (1 + gap)
        large = [enlarged(picture, self.side) for picture in shown]
        side, space = large[0].shape[0], round(large[0].shape[0] * gap)
        tall, wide = self.rows * (side + space) - space, columns * (side + space) - space
        canvas = np.zeros((tall, wide, 4), dtype=np.uint8)
        for number, picture in enumerate(large):
            row, column = divmod(number, columns)
            y, x = row * (side + space), column * (side + space)
            canvas[y : y + side, x : x + side, :3] = picture
            canvas[y : y + side, x : x + side, 3] = 255
        super().__init__(_image(canvas, height))

    def place(self, number: int) -> np.ndarray:
        """Centre of picture ``number`` on the stage.

        Raises:
            EpisodeError: there is none.
        """
        if not 0 <= number < self.count:
            raise EpisodeError(f"a wall of {self.count} pictures has no picture {number}")
        row, column = divmod(number, self.columns)
        scale = self.height / (self.rows * self._step - (self._step - self.side))
        corner = self.get_corner(UP + LEFT)
        across, down = (column * self._step + self.side / 2) * scale, (row * self._step + self.side / 2) * scale
        centre: np.ndarray = corner + across * RIGHT + down * DOWN
        return centre

    def ring(self, number: int, colour: str = HIGHLIGHT) -> Rectangle:
        """A frame around picture ``number``, not yet on the stage."""
        side = self.side * self.height / (self.rows * self._step - (self._step - self.side))
        return Rectangle(width=side, height=side).set_stroke(colour, 5).move_to(self.place(number))


class Monitor(Group):
    """A picture tube with a portrait on it: the patient.  ``screen`` is the portrait, :meth:`showing` another one."""

    def __init__(self, picture: np.ndarray, height: float = 4.0) -> None:
        self._tube = 0.74 * height
        case = RoundedRectangle(corner_radius=0.09 * height, width=1.02 * height, height=height)
        case.set_fill(PANEL, 1).set_stroke(SOFT, 4)
        glass = RoundedRectangle(corner_radius=0.05 * height, width=0.82 * height, height=0.8 * height)
        glass.set_fill("#050608", 1).set_stroke(FAINT, 3).move_to(case).shift(0.045 * height * UP)
        knobs = VGroup(
            *(
                RoundedRectangle(corner_radius=0.012 * height, width=w * height, height=0.026 * height)
                for w in (0.05, 0.05, 0.16)
            )
        ).arrange(RIGHT, buff=0.05 * height)
        knobs.set_fill(FAINT, 1).set_stroke(width=0).next_to(glass, DOWN, buff=0.042 * height)
        self.lamp = knobs[0]
        self.case = VGroup(case, glass, knobs)
        self.screen = Portrait(picture, self._tube, colour=PANEL).move_to(glass)
        super().__init__(self.case, self.screen)

    def showing(self, picture: np.ndarray) -> Portrait:
        """Another portrait at the place of the present one, not yet on the stage."""
        scale = self.case[0].height / (self._tube / 0.74)
        return Portrait(picture, self._tube * scale, colour=PANEL).move_to(self.screen)


def arrange_row(pictures: Sequence[np.ndarray], width: float, *, buff: float = 0.15, tallest: float = 3.2) -> Group:
    """Portraits side by side, as large as fit into ``width`` units."""
    if not len(pictures):
        raise EpisodeError("a row needs pictures; got none")
    height = min(tallest, (width - buff * (len(pictures) - 1)) / len(pictures))
    return Group(*(Portrait(picture, height, colour=INK) for picture in pictures)).arrange(RIGHT, buff=buff)
