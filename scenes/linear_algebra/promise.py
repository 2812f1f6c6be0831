"""Third scene: a wire with a question mark on it, and a network as the same promise many times over."""

from __future__ import annotations

import itertools

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Circle,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    GrowFromCenter,
    LaggedStart,
    Line,
    MoveAlongPath,
    VGroup,
    there_and_back,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import CatPerson
from tapehead.scenes.stage.lettering import HEADING, HUGE, TITLE, Words
from tapehead.scenes.stage.networks import Neuron
from tapehead.scenes.stage.palette import HIGHLIGHT, INK, NAP, NOSE

from .pictures import asked, drawn_network

DISC = np.array([4.5, 0.4, 0.0])
"""The disc of the nap; that of the nose is as far to the left."""
RADIUS = 1.5
"""Of the two discs: a third of the frame's height, or a little more."""


class Promise(StageScene):
    """The question mark on the wire, and what a network promises about it."""

    def construct(self) -> None:
        self.nap = np.array([self.shaped(DISC[0], upright=3.1), DISC[1], 0.0])
        self.radius = self.shaped(RADIUS, upright=1.2)
        self.nose = self.nap * [-1, 1, 1]
        self.wire()
        self.question()
        self.big()
        self.learning()
        self.number()
        self.clear_stage(run_time=0.4)

    def discs(self) -> None:
        """The two discs, the wire between them, and their names."""
        neuron = Neuron([self.nose], self.nap, [NOSE], [INK], NAP, radius=self.radius)
        self.left, self.right, self.line = neuron.inputs[0], neuron.output, neuron.wires[0]
        self.left_name = Words("nose", size=HEADING, color=NOSE, italic=True).next_to(self.left, DOWN, buff=0.3)
        self.right_name = Words("nap", size=HEADING, color=NAP, italic=True).next_to(self.right, DOWN, buff=0.3)
        cat = CatPerson(1.4, 1.0, mouth=0.7, tinted=True, height=4.2)
        self.nose_picture = cat.nose.scale(self.radius / 0.9).move_to(self.nose)
        self.smile = cat.mouth[1].set_stroke(NAP, 9).scale(self.radius).move_to(self.nap)

    def wire(self) -> None:
        """One disc for the nose, one for the nap, a wire between."""
        self.discs()
        with self.say("promise.wire") as cue:
            self.play(FadeIn(self.nose_picture), run_time=0.5)
            cue.until("nose")
            self.bring_to_back(self.left)
            self.play(GrowFromCenter(self.left), FadeIn(self.left_name), run_time=0.7)
            self.bring_to_front(self.nose_picture)
            cue.until("nap")
            self.add(self.right)
            self.play(GrowFromCenter(self.right), FadeIn(self.smile), FadeIn(self.right_name), run_time=0.7)
            cue.until("wire")
            self.play(Create(self.line), run_time=0.9)

    def question(self) -> None:
        """The question mark, and a pulse that does not get past it."""
        self.mark = asked(self.line.get_center(), HUGE)
        with self.say("promise.question") as cue:
            self.play(FadeIn(self.mark, shift=0.4 * DOWN), run_time=cue.to("question"))
            pulse = Dot(radius=0.16, color=NOSE)
            way = Line(self.line.get_start(), self.mark[0].get_left(), stroke_width=0)
            self.play(MoveAlongPath(pulse, way), run_time=1.0)
            self.play(FadeOut(pulse, scale=2.2), run_time=0.3)
            cue.until("promise")
            self.play(self.mark.animate(rate_func=there_and_back).scale(1.25), run_time=0.8)

    def network(self) -> None:
        """A network of the drawn sizes: discs by layer, wires as thick as drawn weights."""
        network = drawn_network(self.result("net"), (0.0, 0.3), self.shaped(10.8, upright=7.4), gap=1.3, radius=0.34)
        self.layers, self.wires = network.layers, network.wires
        spots: list[np.ndarray] = []
        for wire in itertools.chain(*self.wires):
            middle = wire.point_from_proportion(0.5)
            if all(np.linalg.norm(middle - spot) > 1.2 for spot in spots):
                spots.append(middle)
        self.marks = VGroup(*(asked(spot, HEADING) for spot in spots))

    def big(self) -> None:
        """The one wire becomes one of many."""
        self.network()
        with self.say("promise.big") as cue:
            cue.until("bigger")
            small = VGroup(self.left, self.line, self.right)
            gone = (self.left_name, self.right_name, self.nose_picture, self.smile, self.mark)
            first = self.wires[0][0]
            self.play(
                *(FadeOut(each) for each in gone),
                self.left.animate.become(self.layers[0][0]),
                self.right.animate.become(self.layers[1][0]),
                self.line.animate.become(first),
                run_time=0.9,
            )
            # The same promise again: what is small now is the first wire of very many, and its neighbours come at once.
            self.bring_to_back(*self.wires)
            for k, (wires, layer) in enumerate(zip(self.wires, self.layers[1:], strict=True)):
                coming = [layer] if k else [self.layers[0], layer]
                self.play(
                    FadeIn(wires),
                    *(LaggedStart(*(GrowFromCenter(disc) for disc in each), lag_ratio=0.3) for each in coming),
                    run_time=0.7 if k else max(0.7, min(2.4, cue.to("more"))),
                )
                if not k:
                    self.remove(*small)
                    cue.until("more")
            self.play(LaggedStart(*(FadeIn(mark, scale=0.5) for mark in self.marks), lag_ratio=0.12), run_time=0.8)

    def learning(self) -> None:
        """Guess, look, nudge: the output's fill comes nearer to a dashed outline each time."""
        with self.say("promise.learning") as cue:
            output = self.layers[-1][0]
            target = Circle(radius=0.62, color=HIGHLIGHT, stroke_width=5).move_to(output)
            cue.until("guess")
            pulses = VGroup(*(Dot(radius=0.13, color=NOSE).move_to(disc) for disc in self.layers[0]))
            fill = Circle(radius=1.0, stroke_width=0, fill_color=NAP, fill_opacity=0.85).move_to(output)
            self.play(FadeOut(self.marks), FadeIn(target), run_time=0.4)
            self.play(*(p.animate.move_to(output) for p in pulses), run_time=0.7)
            self.play(FadeOut(pulses), GrowFromCenter(fill), run_time=0.4)
            cue.until("nudge")
            nudged = [self.wires[0][2], self.wires[1][7], self.wires[2][1]]
            for size, wide in ((0.8, 9.0), (0.64, 6.0)):
                self.play(
                    *(wire.animate.set_stroke(HIGHLIGHT, width=wide) for wire in nudged),
                    fill.animate.scale_to_fit_width(2 * size),
                    run_time=0.8,
                )
        self.gone = VGroup(fill, target)

    def number(self) -> None:
        """A nose does not fit into a wire; an empty bracket does."""
        with self.say("promise.number") as cue:
            self.discs()
            gone = (FadeOut(each) for each in (self.gone, *self.layers, *self.wires))
            self.play(*gone, run_time=0.3)  # first: the two discs come where others stand
            self.play(FadeIn(self.left), FadeIn(self.right), FadeIn(self.line), run_time=0.4)
            nose = self.nose_picture
            self.play(FadeIn(nose), run_time=max(0.3, cue.to("snag") - 0.2))
            stuck = self.nose + (self.radius + 0.45) * RIGHT
            self.play(nose.animate.move_to(stuck), run_time=0.5)
            self.play(nose.animate(rate_func=there_and_back).shift(0.16 * RIGHT), run_time=0.25)
            self.play(nose.animate.move_to(self.nose + (self.radius + 0.8) * UP), run_time=0.5)
            cue.until("number")
            bracket = Words("( )", size=2 * TITLE, color=INK).move_to(self.nose)
            self.play(FadeIn(bracket, scale=0.6), run_time=0.3)
            self.play(bracket.animate.move_to(self.nap), run_time=1.4)
