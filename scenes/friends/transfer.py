"""Fifth scene: taught on one network, tested on another; the published table, ours, and a fair one."""

from __future__ import annotations

from manim import UP, Create, FadeIn, FadeOut, Indicate, LaggedStart

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Words
from tapehead.scenes.stage.palette import BAD, FAINT, HIGHLIGHT, INK, SOFT

from .pictures import FRIEND, STRANGER, NumberGrid

SHORT = ("dense", "sparse", "large", "LFR")
CORNER, SIZE = (-4.0, 2.3), (1.75, 1.2)


class Transfer(StageScene):
    """Sixteen scores, the diagonal, our sixteen, and the fair ones."""

    def construct(self) -> None:
        self.published()
        self.diagonal()
        self.ours()
        self.fair()
        self.clear_stage(run_time=0.4)

    def grid(self, result: str, array: str, names: tuple[str, ...], colour: str, low: float) -> NumberGrid:
        found = self.result(result)
        places = found.quantity(array).labels["trained"]
        readings = [found.row(array, "tested", trained=place) for place in places]
        spec = ".2f" if array == "honest" else ".0%"
        return NumberGrid(
            readings, names, corner=CORNER, size=SIZE, spec=spec, low=low, high=1.0, colour=colour, lettering=SMALL
        )

    def published(self) -> None:
        """The author's table, row by row."""
        study = self.result("study")
        self.badge_for(study.origin)
        self.table = self.grid("study", "accuracy", study.quantity("accuracy").labels["trained"], FRIEND, 0.6)
        self.heads = Words("taught here, tested there", size=SMALL, color=SOFT).move_to([-0.5, 3.4, 0])
        empty = self.table.cells.copy().set_fill(opacity=0).set_stroke(FAINT, 3)
        with self.say("transfer.published") as cue:
            self.play(FadeIn(self.table.rows), FadeIn(self.heads), FadeIn(empty), run_time=0.6)
            cue.until("tested")
            self.play(FadeIn(self.table.columns), run_time=0.6)
            cue.until("sixteen")
            for n in range(4):
                row = slice(4 * n, 4 * n + 4)
                parts = [*self.table.cells[row], *self.table.numbers[row]]
                gone = [FadeOut(empty)] if n == 3 else []
                self.play(LaggedStart(*(FadeIn(part) for part in parts), lag_ratio=0.1), *gone, run_time=0.6)

    def diagonal(self) -> None:
        """Where it was tested on what it had learned."""
        rings = [self.table.ring(n, n, BAD) for n in range(4)]
        told = Words("graded on\nitself", size=HEADING, color=BAD, align="center").move_to([5.2, 0.2, 0])
        with self.say("transfer.diagonal") as cue:
            cue.until("diagonal")
            self.play(LaggedStart(*(Create(ring) for ring in rings), lag_ratio=0.3), run_time=1.2)
            cue.until("learned")
            self.play(FadeIn(told, shift=0.2 * UP), run_time=0.6)
        self.play(FadeOut(self.table), FadeOut(told), *(FadeOut(ring) for ring in rings), run_time=0.4)

    def ours(self) -> None:
        """Four made-up towns: the diagonal again, and one that is worse than a coin."""
        found = self.result("transfer")
        self.badge_for(found.origin)
        self.table = self.grid("transfer", "accuracy", SHORT, STRANGER, 0.4)
        ring = self.table.ring(0, 1)
        told = Words("worse than\na coin", size=HEADING, color=HIGHLIGHT, align="center").move_to([5.2, 0.2, 0])
        with self.say("transfer.ours") as cue:
            self.play(FadeIn(self.table), run_time=0.8)
            cue.until("worst")
            self.play(Create(ring), run_time=0.5)
            cue.until("coin")
            self.play(FadeIn(told, shift=0.2 * UP), run_time=0.6)
        self.play(FadeOut(self.table), FadeOut(told), FadeOut(ring), run_time=0.4)

    def fair(self) -> None:
        """Numbers of equal scale, pairs that are hard to tell apart: areas, all alike."""
        found = self.result("transfer")
        self.table = self.grid("transfer", "honest", SHORT, FRIEND, 0.4)
        told = Words(
            "{a:.2f} to {b:.2f}",
            a=found.read("honest_least"),
            b=found.read("honest_most"),
            size=HEADING,
            color=HIGHLIGHT,
        ).move_to([5.25, 0.8, 0])
        null = Words("shuffled: {x:.2f}\nat most", x=found.read("chance_most"), size=BODY, color=INK, align="center")
        null.move_to([5.25, -1.0, 0])
        with self.say("transfer.fair") as cue:
            self.play(FadeIn(self.table.rows), FadeIn(self.table.columns), run_time=0.6)
            cue.until("pairs")
            self.play(LaggedStart(*(FadeIn(cell) for cell in self.table.cells), lag_ratio=0.05), run_time=0.9)
            cue.until("often")
            self.play(LaggedStart(*(FadeIn(words) for words in self.table.numbers), lag_ratio=0.05), run_time=0.9)
            cue.until("all")
            self.play(Indicate(self.table.numbers, color=HIGHLIGHT, scale_factor=1.03), run_time=0.8)
            cue.until("between")
            self.play(FadeIn(told), run_time=0.5)
            cue.until("coin")
            self.play(FadeIn(null), run_time=0.5)
