"""The report's thumbnail: the circuit in its tower, and what it keeps on texts that it never saw."""

from __future__ import annotations

from tapehead.scenes.stage.lettering import HUGE, Words
from tapehead.scenes.stage.palette import HIGHLIGHT
from tapehead.scenes.stage.thumbnails import Thumbnail

from .parts import tower_of


class CircuitThumbnail(Thumbnail):
    """A tower with the lights of the circuit on; beside it one number."""

    def design(self) -> None:
        circuit, held = self.result("circuit"), self.result("held_out")
        tower = tower_of(self.result("prompts"), width=6.0, height=6.0).show(circuit["heads"], circuit["mlps"])
        tower.move_to([-3.0, 0, 0])
        score = Words("{x:.0f} %", x=held.read("score"), size=2.4 * HUGE, bold=True, color=HIGHLIGHT)
        kept = Words("kept", size=1.5 * HUGE, bold=True)
        score.move_to([3.8, 1.0, 0])
        kept.move_to([3.8, -1.4, 0])
        self.add(tower, score, kept)
