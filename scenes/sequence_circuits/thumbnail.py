"""The film's thumbnail: a count with its end missing, and the lights of the tower that are enough for it."""

from __future__ import annotations

from manim import DOWN, LEFT, VGroup

from tapehead.scenes.stage.circuits import MLP, Tower
from tapehead.scenes.stage.lettering import HUGE, Name, Words
from tapehead.scenes.stage.palette import EAR, HIGHLIGHT, INK, NOSE
from tapehead.scenes.stage.thumbnails import Thumbnail

from .tapes_parts import stars
from .watchman import Watchman

BIG = 1.55 * HUGE


class TowerThumbnail(Thumbnail):
    """On the left the count and what it takes; on the right the published circuit, lit by the watchman."""

    def design(self) -> None:
        says, paper = self.result("says"), self.result("paper")
        members = says.facts["task"]["numerals"]["members"]
        count = VGroup(
            *(Words("{word}", word=Name(word), size=1.9 * HUGE, color=NOSE, bold=True) for word in members[:3]),
            Words("?", size=2.3 * HUGE, color=HIGHLIGHT, bold=True),
        )
        for place, word in enumerate(count):
            word.move_to([-6.6 + 1.85 * place, 2.45, 0], aligned_edge=LEFT)
        heads = paper.read("head_count", task="numerals")
        lines = (
            Words("Only {n}", n=heads, size=BIG, color=INK, bold=True),
            Words("heads", size=BIG, color=HIGHLIGHT, bold=True),
        )
        for row, words in enumerate(lines):
            words.move_to([-6.6, -0.65 - 2.05 * row, 0], aligned_edge=LEFT)
        which = paper.quantity("heads").labels["task"].index("numerals")
        layers, width = paper["heads"].shape[1:]
        tower = Tower(layers, width, width=5.0, height=7.3).move_to([4.15, 0, 0])
        tower.show(paper["heads"][which], paper["mlps"][which])
        for layer, kept in enumerate(paper["mlps"][which]):
            if kept:
                tower.paint(layer, MLP, EAR, 0.55)  # only heads are counted in words
        man = Watchman().scale(1.75).move_to([-0.15, -3.75, 0], aligned_edge=DOWN)
        beam = man.shine(tower.cell(layers // 2, MLP).get_center(), width=5.2, opacity=0.09)
        self.add(stars(self.rng), beam, tower, *count, *lines, man)
