"""The film's thumbnail: the heap of splits, with the published score far out in it."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, UP, Line

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import HIGHLIGHT, INK
from tapehead.scenes.stage.thumbnails import Thumbnail

from .pictures import SALES


class LuckThumbnail(Thumbnail):
    """The question above, the heap below, the score on its post."""

    def design(self) -> None:
        luck = self.result("luck")
        shown = luck["score"][luck["score"] > -0.6]
        heap = Histogram(shown, np.arange(-0.6, 0.91, 0.1), width=13.4, height=3.7, colour=SALES)
        heap.move_to([0, -3.6, 0], aligned_edge=DOWN)
        published = luck.read("published")
        for bar, edge in zip(heap.bars, heap.edges[:-1], strict=True):
            if edge >= float(published) - 0.05:
                bar.set_fill(HIGHLIGHT)
        foot = heap.at(float(published))
        post = Line(foot, foot + 3.6 * UP).set_stroke(HIGHLIGHT, 16)
        score = Words("{x:.2f}", x=published, size=1.9 * HUGE, color=HIGHLIGHT, bold=True)
        score.next_to(post.get_end(), RIGHT, buff=0.3).shift(0.8 * DOWN)
        question = Words("Skill or luck?", size=1.75 * HUGE, color=INK, bold=True).move_to([-0.6, 2.85, 0])
        self.add(heap, post, score, question)
