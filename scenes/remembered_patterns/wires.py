"""Eighth scene: three heads that GPT-2's authors drew, looked for among mini's measured wires and among random ones."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Square,
    VGroup,
    config,
    there_and_back,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import EAR, FAINT, GOOD, HIGHLIGHT, INK, NOSE, OUTPUT, PANEL, SOFT
from tapehead.scenes.stage.tears import mend, tear

from .parts import place, string, thing

EMBED, HEAD, MLP, ANSWER = range(4)
FLOOR = -2.3
"""Where heaps stand."""
FEW = 5
"""Below so many places the average would stand among the first bars."""


class Wires(StageScene):
    """The published pattern on the left, mini's wires on the right, then the heap of random networks."""

    def construct(self) -> None:
        self.wires = self.result("wires")
        self.tape.off()
        self.story()
        self.mini()
        self.none()
        self.parts()
        self.hub()

    def pattern(self, mlp_too: bool = False) -> VGroup:
        """Three parts in a row, each read by all after it, as published."""
        pairs = [tuple(map(str, pair)) for pair in self.wires.facts["story"]]
        names = sorted({name for pair in pairs for name in pair}, key=lambda n: tuple(map(int, n.split("."))))
        spots = [place(-4.9, -1.9), place(-3.2, 0.1), place(-4.9, 2.1)]
        at = dict(zip(names, spots, strict=True))
        strings = VGroup(*(string(at[a], at[b], HIGHLIGHT, 6, 0.5) for a, b in pairs))
        dots = VGroup(*(thing(at[n], HIGHLIGHT, 0.42) for n in names))
        if mlp_too:
            dots = VGroup(
                *(
                    VGroup(thing(at[n], HIGHLIGHT, 0.42), Square(0.44).set_stroke(OUTPUT, 4).move_to(at[n]))
                    for n in names
                )
            )
        words = VGroup()
        for name, spot in at.items():
            side = place(1.25 if spot[0] > -4 else -1.1, 0)
            words.add(Words("{n}", n=Name(f"head {name}"), size=SMALL, color=INK).move_to(spot + side))
        return VGroup(strings, dots, words)

    def story(self) -> None:
        """Published: the badge says so."""
        drawn = self.result("drawn")
        self.badge_for(drawn.origin, drawn.model)
        self.glass = self.pattern()
        title = Words("{n}", n=Name("GPT-2 small"), size=HEADING, color=GOOD, bold=True).move_to(place(0, 3.3))
        big = self.glass.copy()
        self.glass.move_to(place(0, 0))
        with self.say("wires.story") as cue:
            self.play(FadeIn(title), run_time=0.4)
            cue.until("circuits")
            self.play(Indicate(title, color=INK, scale_factor=1.1), run_time=0.7)
            cue.until("three")
            self.play(
                LaggedStart(*(FadeIn(d, scale=0.6) for d in self.glass[1]), lag_ratio=0.3),
                FadeIn(self.glass[2]),
                run_time=1.0,
            )
            cue.until("reads")
            self.play(LaggedStart(*(Create(s) for s in self.glass[0]), lag_ratio=0.4), run_time=1.2)
            cue.until("look")
            self.play(self.glass.animate.move_to(big.get_center()), FadeOut(title), run_time=0.7)

    def network(self) -> VGroup:
        """Mini's parts by floor, wires between them."""
        floors = self.wires["floor"]
        kinds = self.wires["label"].astype(int)
        names = [str(n) for n in self.wires.facts["names"]]
        levels = {-1.0: -3.2, 1000.0: 3.4}
        spots = np.zeros((len(names), 3))
        for u, (floor, kind) in enumerate(zip(floors, kinds, strict=True)):
            y = levels.get(float(floor), -2.0 + 1.5 * float(floor) + (0.6 if kind == MLP else 0.0))
            peers = [v for v in range(len(names)) if floors[v] == floor and kinds[v] == HEAD]
            x = 0.3 + 1.35 * peers.index(u) if kind == HEAD else {MLP: 5.9}.get(int(kind), 3.2)
            spots[u] = [x, y, 0]
        strings = VGroup(*(string(spots[a], spots[b], FAINT, 3, 0.3) for a, b in self.wires["edge"].astype(int)))
        dots = VGroup()
        for u, kind in enumerate(kinds):
            if kind == MLP:
                dots.add(Square(0.5).set_stroke(OUTPUT, 5).set_fill(PANEL, 1).move_to(spots[u]))
            else:
                dots.add(thing(spots[u], HIGHLIGHT if kind == HEAD else SOFT, 0.25))
        return VGroup(strings, dots)

    def mini(self) -> None:
        """The measured wires: recomputed now."""
        self.badge_for(self.wires.origin, self.wires.model)
        self.net = self.network()
        title = Words("mini: {n:.0f} wires that matter", n=self.wires.read("edges"), size=BODY, color=SOFT)
        self.title = title.move_to(place(-3.6, 3.4))
        with self.say("wires.mini") as cue:
            self.play(FadeIn(self.net[1]), FadeIn(self.title), run_time=0.6)
            cue.until("wires")
            self.play(LaggedStart(*(Create(s) for s in self.net[0]), lag_ratio=0.04), run_time=1.4)
            self.bring_to_front(self.net[1])
            cue.until("places")
            self.play(self.glass[1].animate(rate_func=there_and_back).set_stroke(INK, 10), run_time=0.8)

    def heap(self, pattern: str, array: str = "random", colour: str = EAR) -> VGroup:
        """Placements in random networks as a heap, ours as a post; one scale for all heaps of a pattern."""
        which = self.wires.quantity(array).labels["pattern"].index(pattern)
        most = max(float(self.wires[name][which].max()) for name in ("random", "degrees", "found"))
        edges = np.arange(-0.5, most + 1.0)
        made = Histogram(self.wires[array][which], edges, width=11.0, height=3.6, colour=colour)
        made.shift(place(0, FLOOR) - made.floor.get_center())
        post = made.mark(self.wires.read("found", pattern=pattern), "mini: {x:.0f}", HIGHLIGHT, tall=3.7)
        return VGroup(made, post, self.ticks(made, pattern))

    def ticks(self, heap: Histogram, pattern: str) -> VGroup:
        """Below a heap's floor: how many places the random networks have at most, and on average if that is not few."""
        said = [self.wires.read("random_most", pattern=pattern)]
        said += [mean for mean in (self.wires.read("random_mean", pattern=pattern),) if mean > FEW]
        said += [none for none in (self.wires.read("found", pattern=pattern),) if float(none) == 0]
        return VGroup(
            *(Words("{n:.0f}", n=n, size=SMALL, color=SOFT).next_to(heap.at(n), DOWN, buff=0.15) for n in said)
        )

    def none(self) -> None:
        """None; then the heap of random networks, a quarter of which have none either."""
        zero = Words("{n:.0f} places", n=self.wires.read("found", pattern="heads"), size=TITLE, color=NOSE, bold=True)
        zero.move_to(place(-3.9, -3.0))
        made = self.heap("heads")
        below = Words("places in each random network", size=SMALL, color=SOFT).move_to(place(0, FLOOR - 0.85))
        chance = self.wires.read("chance", pattern="heads")
        share = Words("{x:.0f} % of random networks have one", x=chance, size=BODY, color=EAR).move_to(place(0, 3.4))
        with self.say("wires.none") as cue:
            self.play(FadeIn(zero, scale=0.7), run_time=0.5)
            cue.until("slowly")
            self.play(*(FadeOut(m) for m in (zero, self.title)), run_time=0.6)
            cue.until("random")
            gone = (FadeOut(m) for m in (self.net, self.glass))
            self.play(*gone, FadeIn(made[0]), FadeIn(made[2]), FadeIn(below), run_time=0.7)
            self.play(FadeIn(share), run_time=0.5)
            cue.until("quarter")
            self.sound("tick")
            self.play(FadeIn(made[1], shift=0.3 * DOWN), made[0].bars[0].animate.set_fill(HIGHLIGHT), run_time=0.7)
        self.shown = (made, below, share)

    def parts(self) -> None:
        """Any part may stand for a head: more places in mini than in any random network."""
        glass = self.pattern(mlp_too=True)
        glass[2].set_opacity(0)
        glass.move_to(place(-3.6, 0))
        found = self.wires.read("found", pattern="parts")
        many = Words("{n:.0f} places", n=found, size=TITLE, color=HIGHLIGHT, bold=True).move_to(place(2.4, 0))
        self.made = self.heap("parts")
        mean = self.wires.read("random_mean", pattern="parts")
        self.says = Words("random networks: {x:.0f} on average", x=mean, size=BODY, color=EAR).move_to(place(0, 3.4))
        self.below = Words("places in each network", size=SMALL, color=SOFT).move_to(place(0, FLOOR - 0.85))
        with self.say("wires.parts") as cue:
            self.play(*(FadeOut(m) for m in self.shown), FadeIn(VGroup(glass[0], glass[1])), run_time=0.7)
            cue.until("stand")
            self.play(FadeIn(many, shift=0.2 * UP), run_time=0.5)
            cue.until("random")
            gone = (FadeOut(m) for m in (glass[0], glass[1], many))
            self.play(*gone, *(FadeIn(m) for m in (self.made[0], self.made[2], self.below, self.says)), run_time=0.7)
            cue.until("finding")
            self.sound("soft-pop")
            self.play(FadeIn(self.made[1], shift=0.3 * DOWN), run_time=0.6)

    def hub(self) -> None:
        """The stricter control: every part keeps its number of wires, and the heap moves under the post."""
        strict = self.heap("parts", "degrees", OUTPUT)
        mean = self.wires.read("degrees_mean", pattern="parts")
        says = Words("with as many wires each: {x:.0f} on average", x=mean, size=BODY, color=OUTPUT).move_to(self.says)
        floor = self.wires["label"].astype(int)
        counts = np.bincount(self.wires["edge"].astype(int).ravel(), minlength=len(floor))
        net = self.network()
        busy = [int(u) for u in np.argsort(-counts)[:3]]
        self.tape.on()
        self.tape.keep_clean(self.below, self.made[1][1], self.made[2], says)
        self.tape.set("track.pos", 0.5 - self.made[0].get_y() / float(config.frame_height))
        with self.say("wires.hub") as cue:
            cue.until("control")
            self.play(FadeOut(self.says), self.made[0].bars.animate.set_opacity(0.3), run_time=0.5)
            cue.until("keeps")
            self.sound("whoosh")
            self.play(FadeOut(self.made[0].bars), FadeIn(strict[0].bars, shift=1.5 * RIGHT), run_time=0.8)
            cue.until("average")
            # The more of these networks do it too, the less is left of the find.
            tear(self, self.wires.read("degrees_as_many", pattern="parts"), of=(0.0, 100.0))
            self.play(FadeIn(says), run_time=0.4)
            cue.until("hub")
            mend(self)
            gone = (self.made[0].floor, self.made[1], self.made[2], strict[0].bars, says, self.below)
            self.play(*(FadeOut(m) for m in gone), run_time=0.4)
            net.move_to(place(0, 0.1))
            self.play(FadeIn(net), run_time=0.5)
            touching = [
                s for s, (a, b) in zip(net[0], self.wires["edge"].astype(int), strict=True) if {a, b} & set(busy)
            ]
            lit = [s.animate.set_color(HIGHLIGHT) for s in touching]
            self.play(*lit, *(net[1][u].animate.scale(1.5) for u in busy), run_time=0.7)
        self.clear_stage(run_time=0.4)
