"""Second scene: what a layer is: one tile for each detector, one pixel for each place."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Line, Square, VGroup

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, Words
from tapehead.scenes.stage.palette import FAINT, INK

from .pictures import COMMON, FIRST, photo, spots, wall

COLUMNS = 12


class Tiles(StageScene):
    """The horse, the wall of tiles, one tile that likes it, how many numbers."""

    def construct(self) -> None:
        self.found = self.result("inside")
        self.badge_for(self.found.origin, self.found.model)
        self.inside = self.found["activation"][0]
        self.share = np.sqrt(self.inside / self.inside.max())  # so that faint ones are seen; the order stays
        self.stack()
        self.read_one()
        self.count()
        self.clear_stage(run_time=0.4)

    def stack(self) -> None:
        self.horse = photo(self.found["picture"][0], 5.2, FIRST).move_to([-4.2, 0.75, 0])
        self.tiles = wall(self.share, COLUMNS, FIRST, 4.95).move_to([2.95, 0.85, 0])
        side = int(self.found["side"])
        step, corner = self.horse.image.height / side, self.horse.image.get_corner(UP + LEFT)
        lattice = VGroup()
        for k in range(1, side):
            lattice.add(Line(corner + k * step * RIGHT, corner + k * step * RIGHT + side * step * DOWN))
            lattice.add(Line(corner + k * step * DOWN, corner + k * step * DOWN + side * step * RIGHT))
        lattice.set_stroke(INK, 2, 0.6)
        name = Words("{n:.0f} detectors", n=self.found.read("channels"), size=HEADING, color=FIRST)
        places = Words("{n:.0f} places", n=self.found.read("places"), size=HEADING, color=INK)
        with self.say("tiles.stack") as cue:
            self.play(FadeIn(self.horse, scale=0.9), run_time=0.5)
            cue.until("detectors")
            self.play(FadeIn(name.move_to([2.95, -2.35, 0])), run_time=0.4)
            cue.until("places")
            self.play(Create(lattice), FadeIn(places.move_to([-4.2, -2.35, 0])), run_time=0.8)
            cue.until("much")
            self.play(lattice.animate.set_stroke(COMMON, 3, 0.9), run_time=0.4)
            self.play(lattice.animate.set_stroke(INK, 2, 0.6), run_time=0.4)
            cue.until("tile")
            self.play(FadeIn(self.tiles), run_time=0.9)
        self.lattice, self.names = lattice, VGroup(name, places)

    def spot(self, channel: int) -> Square:
        """A ring around one tile of the wall."""
        side = self.inside.shape[1]
        rows = -(-len(self.inside) // COLUMNS)
        pixel = self.tiles.image.height / (rows * (side + 1) - 1)
        row, column = divmod(channel, COLUMNS)
        centre = self.tiles.image.get_corner(UP + LEFT) + pixel * (
            (column * (side + 1) + side / 2) * RIGHT + (row * (side + 1) + side / 2) * DOWN
        )
        return Square(pixel * (side + 1.6)).set_stroke(COMMON, 6).move_to(centre)

    def read_one(self) -> None:
        best = int(np.argmax(self.inside.max(axis=(1, 2))))
        ring = self.spot(best)
        heat = spots(self.inside[best] / self.inside[best].max(), self.horse, COMMON)
        silent = Words("{x:.0f} % are zero", x=self.found.read("silent", shown="first"), size=HEADING, color=INK)
        with self.say("tiles.read") as cue:
            cue.until("likes")
            self.play(Create(ring), FadeOut(self.lattice), run_time=0.5)
            self.play(FadeIn(heat), run_time=0.6)
            cue.until("dark")
            self.play(FadeOut(self.names[0]), FadeIn(silent.move_to([2.95, -2.35, 0])), run_time=0.5)
        self.gone = VGroup(ring, heat)
        self.silent = silent

    def count(self) -> None:
        total = Words(
            "{c:.0f} × {p:.0f} = {n:,.0f} numbers",
            c=self.found.read("channels"),
            p=self.found.read("places"),
            n=self.found.read("values"),
            size=84,
            color=FIRST,
        ).move_to([0.4, -2.7, 0])
        with self.say("tiles.count") as cue:
            self.play(FadeOut(self.silent), FadeOut(self.names[1]), FadeIn(total), run_time=0.6)
            cue.until("makes")
            self.play(self.tiles.frame.animate.set_stroke(COMMON, 6), run_time=0.4)
            cue.until("all")
            self.play(self.tiles.frame.animate.set_stroke(FAINT, 3), run_time=0.4)
            cue.until("says")
            self.play(FadeOut(self.gone), self.horse.frame.animate.set_stroke(FIRST, 9), run_time=0.4)
            self.play(self.tiles.frame.animate.set_stroke(FAINT, 6), run_time=0.3)
