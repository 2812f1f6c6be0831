"""Sixth scene: two rulers and a wire are a whole neuron, and the extra symbols can be made to do nothing."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    DashedVMobject,
    Dot,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    MoveAlongPath,
    RoundedRectangle,
    Square,
    Transform,
    VGroup,
    rate_functions,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import HEADING, TITLE, Formula, Words
from tapehead.scenes.stage.networks import Neuron, bend, disc
from tapehead.scenes.stage.palette import GROUND, HIGHLIGHT, INK, NAP, NOSE, NOSE_TINT, PANEL, SOFT
from tapehead.scenes.stage.rulers import BARE, Ruler

from .pictures import drawn_network

WIDE = 4.9
"""Half the distance between a large neuron's discs."""
FIRST, SECOND = -0.1, 2.35
"""Where the two extra parts sit on a large neuron's wire."""
CELL = 0.54
SHAPES = (("nose", NOSE), ("nap", NAP))


def at(x: float, y: float) -> np.ndarray:
    """A place on the stage."""
    return np.array([x, y, 0.0])


def gap(centre: np.ndarray, size: float = 1.2) -> DashedVMobject:
    """A place on the wire where something could be put in."""
    return DashedVMobject(Square(side_length=size, color=SOFT, stroke_width=3).move_to(centre), num_dashes=20)


def one_to_one(y: float) -> Neuron:
    """A wire with the disc of nose at one end and that of nap at the other."""
    return Neuron([at(-WIDE, y)], at(WIDE, y), [NOSE], [NOSE_TINT], NAP, radius=0.75, tint=0.35, width=7)


class NeuronScene(StageScene):
    """A wire between two discs; a sum of nothing and a bend that does not bend."""

    def construct(self) -> None:
        self.turn()
        self.parts()
        self.nothing()
        self.straight()
        self.clear_stage(run_time=0.4)

    # -- parts -------------------------------------------------------------------------------------

    def weight(self, place: np.ndarray, size: float = TITLE) -> Words:
        """The number on the wire."""
        return Words("× {w}", w=self.result("ruler").read("w", w="2.00"), size=size, color=NOSE_TINT).move_to(place)

    def plain(self, size: float) -> Formula:
        """What the wire says."""
        w = self.result("ruler").read("w", w="2.00")
        return Formula('nap("nap") = wa({w}) dot nose("nose")', w=w, size=size)

    def full(self, size: float) -> Formula:
        """The same with all the parts of the books."""
        w = self.result("ruler").read("w", w="2.00")
        zero = self.result("same").read("b", case="nothing added")
        return Formula('nap("nap") = "bend"(wa({w}) dot nose("nose") + {z})', w=w, z=zero, size=size)

    def nothing_added(self, place: np.ndarray, size: float) -> Words:
        """The sum of nothing."""
        zero = self.result("same").read("b", case="nothing added")
        return Words("+ {z}", z=zero, size=size).move_to(place)

    def pulse(self, left: float, right: float, y: float) -> tuple[Dot, MoveAlongPath]:
        """A dot that runs along a wire."""
        dot = Dot(at(left, y), radius=0.13, color=HIGHLIGHT)
        return dot, MoveAlongPath(dot, Line(at(left, y), at(right, y)), rate_func=rate_functions.linear)

    # -- lines -------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Both rulers fold up into discs; the wire stays."""
        y = 0.7
        lines = [
            Ruler(name, colour, at(0, height), 1.0, (-6, 6), reach=(0.3, 0.3), look=BARE)
            for height, (name, colour) in zip((2.0, -0.9), SHAPES, strict=True)
        ]
        for line in lines:
            line.remove(line.title)
        wire = Line(at(-4, 1.86), at(-2, -0.76), color=NOSE_TINT, stroke_width=7)
        self.ours = one_to_one(y)
        self.names = [
            Words(name, size=HEADING, color=colour, italic=True).move_to(at(x, y - 1.25))
            for x, (name, colour) in zip((-WIDE, WIDE), SHAPES, strict=True)
        ]
        self.times = self.weight(at(0, y + 0.55))
        with self.say("neuron.turn") as cue:
            self.play(FadeIn(lines[0]), FadeIn(lines[1]), FadeIn(wire), run_time=0.5)
            cue.until("fold")
            ends = (self.ours.inputs[0], self.ours.output)
            folded = [Transform(line, end) for line, end in zip(lines, ends, strict=True)]
            self.play(*folded, run_time=max(0.6, cue.to("wire")))
            cue.until("wire")
            self.play(Transform(wire, self.ours.wires[0]), run_time=0.6)
            self.remove(wire, *lines)
            self.add(self.ours)
            self.play(*(FadeIn(name) for name in self.names), run_time=0.4)
            formula = self.plain(TITLE).move_to(at(0, -2.1))
            self.play(FadeIn(self.times), FadeIn(formula), run_time=0.4)
            self.along(-WIDE, WIDE, y, max(0.6, cue.to("neuron")))
            cue.until("neuron")
            box = RoundedRectangle(width=12.2, height=3.1, corner_radius=0.3, color=HIGHLIGHT, stroke_width=5)
            self.play(Create(box.move_to(at(0, y - 0.25))), run_time=max(0.6, cue.left))
        self.old = [box, formula]

    def along(self, left: float, right: float, y: float, seconds: float) -> None:
        """One dot runs along a wire."""
        dot, run = self.pulse(left, right, y)
        self.play(run, run_time=seconds)
        self.remove(dot)

    def parts(self) -> None:
        """A page of the books slides in, with two more parts; ours has gaps there."""
        page = RoundedRectangle(width=13.0, height=2.75, corner_radius=0.15, color=INK, stroke_width=3)
        page.set_fill(PANEL, 1).move_to(at(0, -1.55))
        y = -1.5
        wire = Line(at(-WIDE, y), at(WIDE, y), color=INK, stroke_width=5)
        ends = [disc((x, y), INK, 0.55, width=4).set_fill(PANEL) for x in (-WIDE, WIDE)]
        socket = Square(side_length=1.3, color=INK, stroke_width=4).set_fill(PANEL, 1).move_to(at(FIRST, y))
        plus = Formula("+ b", size=TITLE).move_to(socket)
        curve = bend(at(SECOND, y), 1.0, 1.3, INK)
        letter = Formula("times w", size=TITLE).move_to(at(-2.6, y + 0.5))
        book = VGroup(page, wire, *ends, letter, socket, plus, curve).shift(14 * RIGHT)
        up = 1.25
        with self.say("neuron.parts") as cue:
            ours = VGroup(self.ours, *self.names)
            self.play(
                *(FadeOut(thing) for thing in self.old),
                ours.animate.shift(up * UP),
                self.times.animate.move_to(at(-2.6, 0.7 + up + 0.5)),
                run_time=0.6,
            )
            self.sound("page")
            self.play(book.animate.shift(14 * LEFT), run_time=max(0.9, cue.to("add") - 0.6))
            self.gaps = [gap(at(x, 0.7 + up)).set_z_index(1) for x in (FIRST, SECOND)]
            holes = [Square(1.2, stroke_width=0).set_fill(GROUND, 1).move_to(hole) for hole in self.gaps]
            self.play(*(FadeIn(thing) for thing in (*holes, *self.gaps)), run_time=0.5)
            cue.until("add")
            self.play(Indicate(plus, scale_factor=1.25, color=HIGHLIGHT), run_time=1.0)
            cue.until("bend")
            self.play(Indicate(curve[2], scale_factor=1.25, color=HIGHLIGHT), run_time=0.9)
            self.along(-WIDE, WIDE, y, max(0.6, cue.left))
        self.book, self.holes = book, holes
        self.up = 0.7 + up

    def nothing(self) -> None:
        """A sum of nothing and a straight bend fill the gaps."""
        y = self.up
        first, second = (at(x, y) for x in (FIRST, SECOND))
        zero = self.nothing_added(first, TITLE)
        frame = Square(side_length=1.2, color=INK, stroke_width=3).set_fill(GROUND, 1).move_to(first)
        graph = bend(second, 0.0)
        with self.say("neuron.nothing") as cue:
            formula = self.plain(TITLE).move_to(at(0, -1.6))
            self.play(FadeOut(self.book, shift=1.5 * DOWN), run_time=0.4)
            self.play(FadeIn(formula), run_time=0.4)
            cue.until("zero")
            self.remove(self.gaps[0], self.holes[0])
            self.sound("tick")
            self.play(FadeIn(frame, shift=0.8 * DOWN), FadeIn(zero, shift=0.8 * DOWN), run_time=0.5)
            cue.until("straight")
            self.remove(self.gaps[1], self.holes[1], formula)
            self.sound("tick")
            longer = self.full(TITLE).move_to(at(0, -1.6))
            self.play(FadeIn(graph, shift=0.8 * DOWN), FadeIn(longer), run_time=0.5)
            dot = Dot(radius=0.12, color=HIGHLIGHT)
            self.play(MoveAlongPath(dot, graph[2].copy()), run_time=max(0.7, cue.left - 0.5))
            self.play(FadeOut(dot), Indicate(graph[2], scale_factor=1.0, color=HIGHLIGHT), run_time=0.4)
        self.clear_stage(run_time=0.35)

    def straight(self) -> None:
        """A drawn network with its bends, and then our straight wire."""
        net = self.result("net")
        network = drawn_network(net, (0.0, 0.2), width=10.4, gap=1.2, radius=0.3)
        bends = VGroup(*(bend(middle, 1.0) for middle in network.between()))
        y = 0.5
        with self.say("neuron.straight") as cue:
            self.badge_for(net.origin, net.model)
            self.play(FadeIn(network), run_time=0.4)
            cue.until("bends")
            self.play(LaggedStart(*(FadeIn(one, scale=1.5) for one in bends), lag_ratio=0.25), run_time=0.9)
            curves = VGroup(*(one[2] for one in bends))
            left = max(0.5, cue.to("straight") - 0.7)
            self.play(Indicate(curves, scale_factor=1.05, color=HIGHLIGHT), run_time=left)
            self.play(*(FadeOut(thing) for thing in (network, bends)), run_time=0.35)
            self.badge_for(self.result("ruler").origin)
            ours, graph = one_to_one(y), bend(at(SECOND, y), 1.0)
            self.play(FadeIn(ours), FadeIn(graph), run_time=0.3)
            cue.until("straight")
            self.play(Transform(graph, bend(at(SECOND, y), 0.0)), run_time=0.7)
            self.play(FadeOut(graph, scale=0.5), FadeIn(self.weight(at(0, y + 0.55))), run_time=0.4)
            names = [
                Words(name, size=HEADING, color=colour, italic=True).move_to(at(x, y - 1.25))
                for x, (name, colour) in zip((-WIDE, WIDE), SHAPES, strict=True)
            ]
            self.play(*(FadeIn(name) for name in names), run_time=0.3)
            self.along(-WIDE, WIDE, y, max(0.7, cue.left))
