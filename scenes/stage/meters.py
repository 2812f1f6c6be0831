"""Numbers that move and small charts: what they show is a reading of a result, and nothing between two readings.

A :class:`Readout` steps from one reading to the next as a tracker moves; the bars and heaps have the lengths that the
arrays say.  Text is set once per reading, so a moving number costs a frame next to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DL, DOWN, LEFT, RIGHT, UP, Line, Mobject, Rectangle, ValueTracker, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.lettering import BODY, SMALL, Words
from tapehead.scenes.stage.palette import EAR, FAINT, HIGHLIGHT, INK


class Readout(VGroup):
    """A number that follows a tracker along a list of readings.

    ``template`` has the field ``{x}`` (``"w = {x:.2f}"``).  ``keys`` rise and say at which tracker value each reading
    holds; without them the tracker counts readings.  The nearest one is shown: a readout never interpolates, so every
    number that is seen was computed.  ``edge`` is the corner that stays put when the text gets longer: DL or DR.
    """

    def __init__(
        self,
        template: str,
        readings: Sequence[Reading],
        tracker: ValueTracker,
        *,
        keys: Sequence[float] | np.ndarray | None = None,
        size: float = BODY,
        color: str = INK,
        edge: np.ndarray = DL,
    ) -> None:
        places = np.arange(len(readings)) if keys is None else np.asarray(keys, dtype=float)
        if not readings or places.shape != (len(readings),) or np.any(np.diff(places) <= 0):
            raise EpisodeError(
                f"a readout needs readings and as many rising keys; got {len(readings)} and keys of {places.shape}"
            )
        super().__init__()
        self.template, self.readings, self.keys, self.tracker = template, list(readings), places, tracker
        self.size, self.lettering_color, self.edge = size, color, edge
        self._set: dict[int, Words] = {}
        self.index = self.nearest()
        self.add(self._words(self.index))
        self.add_updater(_follow)

    def nearest(self) -> int:
        """Number of the reading that holds at the tracker's present value."""
        return int(np.argmin(np.abs(self.keys - self.tracker.get_value())))

    @property
    def reading(self) -> Reading:
        """The reading that is shown."""
        return self.readings[self.index]

    @property
    def words(self) -> Words:
        """The lettering that is shown."""
        return self.submobjects[0]

    def __deepcopy__(self, memo: dict[int, Any]) -> Readout:
        """A copy (animations make them) follows the same tracker along the same readings, with words of its own."""
        memo |= {id(kept): kept for kept in (self.tracker, *self.readings)} | {id(self._set): {}}
        copied: Readout = super().__deepcopy__(memo)
        copied._set[copied.index] = copied.words
        return copied

    def _words(self, index: int) -> Words:
        if index not in self._set:
            made = Words(self.template, x=self.readings[index], size=self.size, color=self.lettering_color)
            self._set[index] = made
        return self._set[index]


def _follow(readout: Mobject) -> None:
    """Show the reading that holds now, at the place of the one before."""
    assert isinstance(readout, Readout)
    if (index := readout.nearest()) != readout.index:
        place = readout.words.get_corner(readout.edge)
        # Manim draws what was there when an animation began until it ends: the old words would stay under the new.
        readout.words.set_opacity(0)
        readout.index = index
        readout.submobjects = [readout._words(index).set_opacity(1).move_to(place, aligned_edge=readout.edge)]


class BarChart(VGroup):
    """Horizontal bars on one zero line, each with its name on the left and its value behind it.

    ``unit`` is the length of a bar of 1.  Negative values run to the left and have their name on the right.
    Parts, one per reading: ``bars``, ``names``, ``values``; and ``zero``, the line they start from.
    """

    def __init__(
        self,
        readings: Sequence[Reading],
        names: Sequence[str],
        colours: Sequence[str],
        *,
        unit: float = 1.0,
        spec: str = ".2f",
        height: float = 0.42,
        gap: float = 0.36,
        size: float = SMALL,
    ) -> None:
        if not len(readings) == len(names) == len(colours):
            raise EpisodeError(
                f"a bar chart needs a name and a colour per value; got {len(readings)}, {len(names)}, {len(colours)}"
            )
        self.bars, self.names, self.values = VGroup(), VGroup(), VGroup()
        for n, (reading, name, colour) in enumerate(zip(readings, names, colours, strict=True)):
            ahead, behind = (RIGHT, LEFT) if reading >= 0 else (LEFT, RIGHT)
            start = n * (height + gap) * DOWN
            made = Rectangle(width=max(unit * abs(float(reading)), 0.01), height=height, stroke_width=0)
            made.set_fill(colour, 1).move_to(start, aligned_edge=behind)
            self.bars.add(made)
            self.names.add(Words(name, size=size, color=colour).next_to(start, behind, buff=0.25))
            number = Words("{x:" + spec + "}", x=reading, size=size, color=colour)
            self.values.add(number.next_to(made, ahead, buff=0.2))
        top, low = 0.5 * (height + gap) * UP, (len(readings) - 0.5) * (height + gap) * DOWN
        self.zero = Line(top, low).set_stroke(FAINT, 4)
        super().__init__(self.zero, self.bars, self.names, self.values)


class Histogram(VGroup):
    """A heap of an array's values over ``edges``; its area in frame units is ``width`` × at most ``height``.

    :meth:`grown` gives the heap of the first values only, for filling it up: same scale, same places.
    Parts: ``bars`` (one per bin), ``floor``.
    """

    def __init__(
        self,
        values: np.ndarray,
        edges: np.ndarray,
        *,
        width: float = 5.0,
        height: float = 3.0,
        colour: str = EAR,
    ) -> None:
        self.data, self.edges = np.asarray(values, dtype=float).ravel(), np.asarray(edges, dtype=float)
        if self.edges.ndim != 1 or self.edges.size < 2 or np.any(np.diff(self.edges) <= 0):
            raise EpisodeError(f"a histogram needs two or more rising edges; got {self.edges.tolist()}")
        outside = int(np.sum((self.data < self.edges[0]) | (self.data > self.edges[-1])))
        if outside or not self.data.size:
            raise EpisodeError(
                f"a histogram shows all of its values; {outside} of {self.data.size} lie outside its edges"
            )
        self.colour = colour
        self.tall = height / np.histogram(self.data, self.edges)[0].max()
        self.floor = Line(np.zeros(3), width * RIGHT).set_stroke(FAINT, 4)
        self.bars = VGroup()
        super().__init__(self.bars, self.floor)
        self.bars.add(*self._heap(self.data))

    def at(self, value: float) -> np.ndarray:
        """Where a value lies on the floor; values beyond the edges lie beyond its ends."""
        start, end = self.floor.get_start(), self.floor.get_end()
        return start + (float(value) - self.edges[0]) / (self.edges[-1] - self.edges[0]) * (end - start)

    def grown(self, share: float) -> VGroup:
        """The bars when only the first ``share`` (0 to 1) of the values has arrived."""
        return VGroup(*self._heap(self.data[: round(share * self.data.size)]))

    def mark(self, reading: Reading, template: str = "{x:.2f}", colour: str = HIGHLIGHT, tall: float = 3.0) -> VGroup:
        """A post on the floor at a reading, its value on top: the one to compare the heap with."""
        post = Line(self.at(reading), self.at(reading) + tall * UP).set_stroke(colour, 6)
        return VGroup(post, Words(template, x=reading, size=SMALL, color=colour).next_to(post, UP, buff=0.15))

    def _heap(self, values: np.ndarray) -> list[Rectangle]:
        found = []
        for count, left, right in zip(
            np.histogram(values, self.edges)[0], self.edges[:-1], self.edges[1:], strict=True
        ):
            start, end = self.at(left), self.at(right)
            made = Rectangle(width=0.86 * (end - start)[0], height=max(self.tall * count, 0.01), stroke_width=0)
            found.append(made.set_fill(self.colour, 1).move_to((start + end) / 2, aligned_edge=DOWN))
        return found
