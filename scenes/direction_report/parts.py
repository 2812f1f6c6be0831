"""What several scenes of the report draw: pictures out of results, strips, texts that fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group

from tapehead.analysis.results import Result
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TINY, Name, Words
from tapehead.scenes.stage.palette import INK, SOFT
from tapehead.scenes.stage.portraits import arrange_row

MOST = 9
"""Pictures of a strip that are shown; of a longer walk every so many."""


def picture(values: np.ndarray) -> np.ndarray:
    """(…, channel, row, column) as (…, row, column, 3)."""
    moved = np.moveaxis(values, -3, -1)
    return np.repeat(moved, 3, -1) if moved.shape[-1] == 1 else moved[..., :3]


def places_of(walk: Result) -> list[int]:
    """Places along the walk that are shown: the middle, both ends, and evenly between them."""
    count = int(walk["count"])
    shown = min(count, MOST // 2)
    steps = [round(count * (i + 1) / shown) for i in range(shown)]
    return [count - step for step in reversed(steps)] + [count] + [count + step for step in steps]


def strip(walk: Result, family: int, direction: int, tallest: float, colour: str, width: float = 13.0) -> Group:
    """A walk at the main time; the unedited picture in the middle is framed in white."""
    places = places_of(walk)
    pictures = picture(walk["picture"][0, family, direction])
    row = arrange_row([pictures[place] for place in places], width, tallest=tallest)
    for place, portrait in zip(places, row, strict=True):
        portrait.frame.set_stroke(INK if place == int(walk["count"]) else colour, 4)
    return row


def best_of(test: Result) -> int:
    """Number from 0 of the direction that does most."""
    return int(test["best_direction"]) - 1


def within(text: str, width: float, colour: str = SOFT, sizes: Sequence[float] = (HEADING, BODY, SMALL, TINY)) -> Words:
    """A name as large as it fits; too long even for the smallest size it loses its end."""
    for size in sizes:
        words = Words("{name}", name=Name(text), size=size, color=colour)
        if words.width <= width:
            return words
    while words.width > width and len(text) > 8:
        text = text[: int(0.85 * len(text))].rstrip() + "…"
        words = Words("{name}", name=Name(text), size=sizes[-1], color=colour)
    return words
