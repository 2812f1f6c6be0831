"""The film's thumbnail: the digit and the word face to face, tied together by the neurons that they share."""

from __future__ import annotations

import numpy as np
from manim import DOWN, Circle, Dot, Line, RoundedRectangle, VGroup

from tapehead.scenes.stage.lettering import HUGE, Name, Words
from tapehead.scenes.stage.palette import EAR, GROUND, HIGHLIGHT, NOSE, OUTPUT, PANEL
from tapehead.scenes.stage.thumbnails import Thumbnail

PAIR = ("numerals", "words")
REACH, TOP, LOW = 3.1, 3.65, -1.55


class PairThumbnail(Thumbnail):
    """Two panels; a thread for every neuron that is among the strongest of both."""

    def design(self) -> None:
        says, found = self.result("says"), self.result("neurons")
        words = [says.facts["task"][kind]["members"][0] for kind in PAIR]
        for side, colour, word, size in ((-1, NOSE, words[0], 3.4), (1, EAR, words[1], 2.0)):
            panel = (
                RoundedRectangle(corner_radius=0.4, width=3.75, height=5.2).set_stroke(colour, 10).set_fill(PANEL, 1)
            )
            panel.move_to([side * 4.95, (TOP + LOW) / 2, 0])
            name = Words("{word}", word=Name(word), size=size * HUGE, color=colour, bold=True).move_to(panel)
            self.add(panel, name)
        self.add(self._threads())
        lens = Circle(radius=1.45).set_stroke(HIGHLIGHT, 12).set_fill(GROUND, 0.94).move_to([0, (TOP + LOW) / 2, 0])
        edge = lens.point_at_angle(-np.pi / 3.2)
        handle = Line(edge, edge + np.array([0.55, -0.85, 0.0]))
        self.add(handle.set_stroke(HIGHLIGHT, 22), lens)
        self.add(Words("= ?", size=1.55 * HUGE, color=HIGHLIGHT, bold=True).move_to(lens))
        shared = found.read("common", pair="-".join(PAIR))
        answer = Words("{n} shared neurons", n=shared, size=1.5 * HUGE, bold=True, color=HIGHLIGHT)
        self.add(answer.move_to(2.8 * DOWN))

    def _threads(self) -> VGroup:
        """From each strong neuron of one kind to the same neuron of the other, both in the order of their strength."""
        found = self.result("neurons")
        kinds = found.quantity("effect").labels["task"]
        most = int(found["set_size"])
        order = [np.argsort(-found["effect"][kinds.index(kind)])[:most] for kind in PAIR]
        heights = np.linspace(TOP - 0.45, LOW + 0.45, most)
        threads, ends = VGroup(), VGroup()
        for place, neuron in enumerate(order[0]):
            start = np.array([-REACH, heights[place], 0.0])
            ends.add(Dot(start, radius=0.05, color=NOSE), Dot([REACH, heights[place], 0.0], radius=0.05, color=EAR))
            for other in np.flatnonzero(order[1] == neuron):
                end = np.array([REACH, heights[other], 0.0])
                threads.add(Line(start, end).set_stroke(OUTPUT, 3.5, opacity=0.75))
        return VGroup(threads, ends)
