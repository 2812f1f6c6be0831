"""Eleventh scene: what the neurons of both solutions watch for, and roles that are there before the weights agree."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    VGroup,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, Words
from tapehead.scenes.stage.palette import FAINT, INK, OKABE_ITO, SOFT

from .pictures import COMMON, FIRST, NEAR, TinyNetwork, truth

ROLES = {"++ alone": "both", "−− alone": "none", "+− alone": "left", "−+ alone": "right"}
ALONE = {"++ alone": 3, "−− alone": 0, "+− alone": 2, "−+ alone": 1}
"""Which corner a role tells from the other three."""
COLUMNS = 9
PAIRS = ("++ alone and −− alone", "+− alone and −+ alone")


class Roles(StageScene):
    """Two ways to do it, and networks on their way there."""

    def construct(self) -> None:
        self.match, self.early, self.early_roles = (self.result(name) for name in ("match", "early", "early_roles"))
        self.badge_for(self.match.origin, self.match.model)
        told = [list(map(str, roles)) for roles in self.match.facts["roles"]]
        wanted = [pair.split(" and ") for pair in PAIRS]
        if sorted(map(tuple, (told[0], told[2]))) != sorted(map(tuple, wanted)):
            raise EpisodeError(
                f"the scene 'roles' tells of solutions with the roles {' and with '.join(PAIRS)}; found {told}: train "
                "with another seed, or tell it otherwise"
            )
        self.place = {pair: (0, 2)[[told[0], told[2]].index(roles)] for pair, roles in zip(PAIRS, wanted, strict=True)}
        self.first()
        self.second()
        self.early_ones()
        self.clear_stage(run_time=0.4)

    def solution(self, pair: str, x: float, colour: str) -> tuple[TinyNetwork, dict[str, VGroup]]:
        """A network, and beside each hidden neuron at which of the four cases it calls."""
        n = self.place[pair]
        net = TinyNetwork(self.match["weights"][n], 4.6).move_to([x, 0.55, 0])
        hidden = self.match["hidden"][n]
        beside: dict[str, VGroup] = {}
        for unit in (0, 1):
            said = hidden[:, unit]
            role = next(
                role
                for role, corner in ALONE.items()
                if role in pair
                and np.sign(said[corner]) != np.sign(np.delete(said, corner)).max()
                and len(set(np.sign(np.delete(said, corner)))) == 1
            )
            calls = (1 + said * np.sign(said[ALONE[role]])) / 2
            square = truth(calls, 0.62, colour)
            name = Words(ROLES[role], size=BODY, color=colour).next_to(square, DOWN, buff=0.2)
            side = LEFT if unit == 0 else RIGHT
            beside[role] = VGroup(square, name).next_to(net.hidden[unit], side, buff=0.35)
        return net, beside

    def first(self) -> None:
        net, self.one = self.solution(PAIRS[0], -3.5, FIRST)
        with self.say("roles.first") as cue:
            self.play(FadeIn(net), run_time=0.5)
            cue.until("both")
            self.play(FadeIn(self.one["++ alone"]), run_time=0.5)
            cue.until("none")
            self.play(FadeIn(self.one["−− alone"]), run_time=0.5)
            cue.until("calls")
            self.play(net.answer.animate.set_fill(FIRST, 1), run_time=0.4)
        self.nets = [net]

    def second(self) -> None:
        net, self.other = self.solution(PAIRS[1], 3.5, NEAR)
        with self.say("roles.second") as cue:
            self.play(FadeIn(net), run_time=0.5)
            cue.until("left")
            self.play(FadeIn(self.other["+− alone"]), run_time=0.5)
            cue.until("right")
            self.play(FadeIn(self.other["−+ alone"]), run_time=0.5)
            cue.until("same")
            self.play(net.answer.animate.set_fill(NEAR, 1), run_time=0.4)
        self.nets.append(net)

    def crowd(self) -> tuple[VGroup, VGroup]:
        """The networks that learned it though they were stopped early, and a rim for each: one colour per solution."""
        solved = np.flatnonzero(self.early["solved"])
        solution = self.early["solution"][solved]
        order = np.argsort(solution, kind="stable")
        kinds = list(dict.fromkeys(solution[order].tolist()))
        # On the way to their ends the weights are larger: the widest wire is the heaviest nine in ten.
        most = float(np.quantile(np.abs(self.early["weights"][solved]), 0.9))
        crowd, rims = VGroup(), VGroup()
        for n, k in enumerate(order):
            row, column = divmod(n, COLUMNS)
            net = TinyNetwork(self.early["weights"][solved[k]], 1.35, most)
            for part in (net.lamps, net.hidden, net.answer):
                part.set_stroke(width=2)
            crowd.add(net.move_to([-5.9 + 1.47 * column, 1.75 - 1.75 * row, 0]))
            colour = OKABE_ITO[kinds.index(int(solution[k])) % len(OKABE_ITO)]
            rims.add(RoundedRectangle(width=1.32, height=1.6, corner_radius=0.2).set_stroke(colour, 6).move_to(net))
        return crowd, rims

    def early_ones(self) -> None:
        """Bars: how many networks have each pair of roles; and how many differ all the same."""
        floor = Line([-1.9, 2.6, 0], [-1.9, -2.6, 0]).set_stroke(FAINT, 6)
        bars, names = VGroup(), VGroup()
        for pair, y, colour, text in (
            (PAIRS[0], 1.4, FIRST, "both, none"),
            (PAIRS[1], -0.5, NEAR, "left, right"),
        ):
            count = self.early_roles.read("pair_count", pair=pair)
            bar = Rectangle(width=0.36 * float(count), height=1.2, stroke_width=0).set_fill(colour, 1)
            bar.move_to([-1.9, y, 0], aligned_edge=LEFT)
            number = Words("{n:.0f}", n=count, size=HUGE, color=colour).next_to(bar, RIGHT, buff=0.3)
            bars.add(bar)
            names.add(VGroup(Words(text, size=HEADING, color=colour).next_to(bar, LEFT, buff=0.35), number))
        learned = Words("{n:.0f} learned it", n=self.early_roles.read("networks"), size=HEADING, color=INK)
        different = Words("{n:.0f} solutions", n=self.early.read("solutions_solving"), size=HEADING, color=SOFT)
        learned.move_to([-3.6, 3.3, 0])
        different.move_to([3.6, 3.3, 0])
        end = Words("other weights, the same role", size=HEADING, color=COMMON).move_to([0.3, -2.6, 0])
        gone = (*self.nets, *self.one.values(), *self.other.values())
        crowd, rims = self.crowd()
        with self.say("roles.early") as cue:
            cue.until("early")
            self.play(*(FadeOut(one) for one in gone), FadeIn(learned), run_time=0.6)
            self.play(LaggedStart(*(FadeIn(one) for one in crowd), lag_ratio=0.04), run_time=1.0)
            cue.until("way")
            self.play(*(net.hidden.animate.set_fill(COMMON, 0.6) for net in crowd), run_time=0.6)
            cue.until("turned")
            self.play(FadeIn(different), FadeIn(rims), run_time=0.5)
            cue.until("roles")
            self.play(FadeOut(crowd), FadeOut(rims), FadeIn(floor), run_time=0.4)
            for bar, words in zip(bars, names, strict=True):
                self.play(GrowFromEdge(bar, LEFT), FadeIn(words), run_time=0.6)
            cue.until("same")
            self.play(floor.animate.put_start_and_end_on([-1.9, 2.6, 0], [-1.9, -1.6, 0]), FadeIn(end), run_time=0.4)
