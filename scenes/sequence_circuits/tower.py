"""Second scene: a language model as a tower; words ride up, heads let them meet, workshops rewrite them."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Animation,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Mobject,
    MoveAlongPath,
    RoundedRectangle,
    Transform,
    UpdateFromAlphaFunc,
    VGroup,
    interpolate_color,
    linear,
    rate_functions,
)
from manim.utils.color import ManimColor

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import DARK, LIT, Tower, look
from tapehead.scenes.stage.lettering import BODY, HUGE, SMALL, Name, Words
from tapehead.scenes.stage.palette import FAINT, GROUND, HIGHLIGHT, INK, NAP, OUTPUT, SOFT

from .tower_parts import BARS, Card, house, in_beam, packet, torch, walkway

WORDS = ("one", "two", "three", "four")
LANES, TIGHT = (-4.2, -1.4, 1.4, 4.2), (-5.3, -3.2, -1.1, 1.0)
"""Where the words stand on the large floor, before and after the workshop needs room."""
SHAFTS = (-3.0, -1.0, 1.0, 3.0)
LOW, HIGH = -3.1, 3.5
COUNTS = {4: "four", 8: "eight", 12: "twelve"}


class TowerScene(StageScene):
    """Walkways, heads, workshop, the two towers, and a torch."""

    phase: float
    ways: VGroup

    def construct(self) -> None:
        self.values = [self.rng.uniform(0.12, 0.55, BARS) * self.rng.choice([-1, 1], BARS) for _ in WORDS]
        self.badge_for(Origin.ILLUSTRATION)
        self.walkway()
        self.heads()
        self.workshop()
        self.sizes()
        self.question()
        self.clear_stage(run_time=0.4)

    def ride(self, steps: float, run_time: float, *others: Animation) -> None:
        """The walkways run by so many of their steps."""
        if run_time < 0.12:
            return

        def show(_: Mobject, alpha: float) -> None:
            phase = (self.phase + steps * alpha) % 1
            for way, x in zip(self.ways, SHAFTS, strict=True):
                way.become(walkway(x, LOW, HIGH, phase))

        self.play(UpdateFromAlphaFunc(self.ways, show, rate_func=linear), *others, run_time=run_time)
        self.phase = (self.phase + steps) % 1

    def walkway(self) -> None:
        """The tower is drawn; a word rides up, then all; each turns out to carry a list of numbers."""
        self.phase = 0.0
        self.ways = VGroup(*(walkway(x, LOW, HIGH) for x in SHAFTS))
        shell = house(LOW, HIGH, 4.6, 4)
        cards = [Card(w, v).move_to([x, LOW + 0.45, 0]) for w, v, x in zip(WORDS, self.values, SHAFTS, strict=True)]
        plain = [VGroup(card.plate, card.word) for card in cards]
        for card, x in zip(plain, SHAFTS, strict=True):
            card.move_to([x, LOW + 0.45, 0])
        with self.say("tower.walkway") as cue:
            plan = shell.copy().set_stroke(opacity=0.4)  # as on paper, until it is built
            self.add(plan)
            self.play(Create(shell), run_time=max(1.2, cue.to("tower")))
            self.remove(plan)
            cue.until("tower")
            self.play(FadeIn(self.ways), run_time=0.5)
            self.bring_to_back(self.ways)
            last = plain[3]
            self.ride(4, max(0.5, cue.to("rides")), FadeIn(last, shift=0.3 * UP))
            cue.until("rides")
            self.sound("whoosh")
            time = max(0.8, cue.to("numbers"))
            climb = rate_functions.ease_in_out_sine
            self.ride(4, 0.4 * time, last.animate(rate_func=climb).shift(1.4 * UP))
            rest = [FadeIn(card, shift=0.3 * UP) for card in plain[:3]]
            self.ride(6, 0.6 * time, last.animate(rate_func=climb).shift(1.5 * UP), *rest)
            cue.until("numbers")
            self.sound("soft-pop")
            for card in cards:
                card.list.next_to(card.plate, UP, buff=0.1)
            self.ride(4, 0.9, LaggedStart(*(FadeIn(c.list, scale=0.4) for c in reversed(cards)), lag_ratio=0.2))
            up = [card.animate(rate_func=climb).shift(1.1 * UP) for card in cards[:3]]
            self.ride(5, max(0.8, cue.left), *up, cards[3].animate(rate_func=climb).shift(0.8 * UP))
        self.gone = [self.ways, shell, *cards]

    def heads(self) -> None:
        """One floor, large: a row of heads; one of them lets the last word look back and fetch something."""
        floor = RoundedRectangle(corner_radius=0.2, width=13.2, height=5.9).set_stroke(SOFT, 3).set_fill(GROUND, 1)
        floor.move_to([0, 0.5, 0])
        self.cells = VGroup(
            *(
                RoundedRectangle(corner_radius=0.1, width=0.84, height=0.86)
                .set_stroke(FAINT, 3)
                .set_fill(DARK, 1)
                .move_to([-4.55 + 1.3 * k, 2.0, 0])
                for k in range(8)
            )
        )
        self.cards = [
            Card(w, v, large=True).move_to([x, -0.9, 0]) for w, v, x in zip(WORDS, self.values, LANES, strict=True)
        ]
        title = Words("heads", size=BODY, color=HIGHLIGHT).move_to([0, 2.95, 0])
        with self.say("tower.heads") as cue:
            enter = LaggedStart(*(FadeIn(card, shift=0.4 * UP) for card in self.cards), lag_ratio=0.15)
            self.play(*(FadeOut(thing) for thing in self.gone), FadeIn(floor), run_time=0.4)
            self.play(enter, run_time=max(0.6, min(1.3, cue.to("row"))))
            cue.until("row")
            self.sound("tick")
            lights = [cell.animate.set_fill(LIT, 0.9) for cell in self.cells]
            self.play(LaggedStart(*(FadeIn(c, scale=0.6) for c in self.cells), lag_ratio=0.1), run_time=0.7)
            self.play(LaggedStart(*lights, lag_ratio=0.1), FadeIn(title), run_time=0.7)
            off = [cell.animate.set_fill(DARK, 1) for k, cell in enumerate(self.cells) if k != 4]
            self.play(*off, run_time=max(0.4, min(0.8, cue.to("look"))))
            cue.until("look")
            self.glance(3, 1, 4, max(1.0, cue.to("copy")), lambda: cue.until("copy"))
            self.glance(2, 0, 6, max(1.2, min(2.0, 0.6 * cue.left)), None)
            out = [self.cells[k].animate.set_fill(LIT, 0.9) for k in range(8)]
            self.play(LaggedStart(*out, lag_ratio=0.1), run_time=max(0.4, cue.left))
        self.title, self.floor = title, floor

    def glance(self, seer: int, seen: int, head: int, before: float, copying: object) -> None:
        """A head's beam from a word back to an earlier one; a part of the earlier list comes across."""
        start, end = (self.cards[k].list.get_top() + 0.12 * UP for k in (seer, seen))
        beam = look(start, end, 0.55, HIGHLIGHT)
        over = np.array([0, 1.0, 0])
        beam.set_points_as_corners([start, start])
        beam.set_points([start, start + over, end + over, end])
        cell = self.cells[head]
        drop = Line(cell.get_bottom(), beam.point_from_proportion(0.5)).set_stroke(HIGHLIGHT, 4, 0.6)
        self.play(cell.animate.set_fill(LIT, 0.9), Create(drop), run_time=0.35)
        self.play(Create(beam), run_time=0.5)
        if callable(copying):
            self.hold(before - 0.85)
            copying()
        self.sound("soft-pop")
        parcel = packet().move_to(end)
        way = beam.copy().reverse_points()
        self.play(FadeIn(parcel, scale=0.5), run_time=0.25)
        self.play(MoveAlongPath(parcel, way), run_time=0.9)
        card = self.cards[seer]
        mixed = card.bars.copy()
        for bar, other in list(zip(mixed, self.cards[seen].bars, strict=True))[1:3]:
            offset = other.get_center() - self.cards[seen].list[0].get_center()
            bar.become(other).set_fill(OUTPUT, 1).move_to(card.list[0].get_center() + offset)
        self.play(Transform(card.bars, mixed), FadeOut(parcel, target_position=card.list, scale=0.5), run_time=0.4)
        self.play(FadeOut(beam), FadeOut(drop), run_time=0.3)

    def workshop(self) -> None:
        """The workshop at the end of the floor takes the words one at a time and rewrites what they carry."""
        shop = RoundedRectangle(corner_radius=0.6, width=3.0, height=3.2).set_stroke(FAINT, 4).set_fill(DARK, 1)
        shop.move_to([4.6, -0.5, 0])
        self.inside = shop.get_center()
        name = Words("MLP", size=BODY, color=NAP).next_to(shop, UP, buff=0.2)
        with self.say("tower.mlps") as cue:
            dim = [cell.animate.set_fill(DARK, 1) for cell in self.cells]
            self.play(*dim, FadeOut(self.title), run_time=0.4)
            room: list[Animation] = [
                card.animate.shift((tight - lane) * RIGHT)
                for card, tight, lane in zip(self.cards, TIGHT, LANES, strict=True)
            ]
            room += [cell.animate.move_to([-5.55 + 0.98 * k, 2.0, 0]) for k, cell in enumerate(self.cells)]
            self.play(*room, FadeIn(shop, shift=LEFT), run_time=max(0.5, min(0.8, cue.to("workshop"))))
            cue.until("workshop")
            self.bring_to_front(*self.cards)
            self.play(shop.animate.set_stroke(NAP, 6), FadeIn(name), run_time=0.5)
            self.through(self.cards[3], shop, max(1.5, min(3.6, cue.to("rewrites"))))
            cue.until("rewrites")
            # The word beside it steps back: a card never slides over another word.
            self.play(FadeOut(self.cards[3]), run_time=0.25)
            self.through(self.cards[2], shop, max(1.4, cue.left - 0.1))
            self.play(FadeIn(self.cards[3]), run_time=0.25)
        # each by itself: a new group would come to the front, and the floor over the words
        self.gone = [self.floor, *self.cells, shop, name, *self.cards]

    def through(self, card: Card, shop: VGroup, seconds: float) -> None:
        """A word goes in, its bars change, it comes back to its place."""
        home, inside = card.get_center(), self.inside
        self.play(card.animate.move_to(inside), run_time=0.3 * seconds)
        new = self.rng.uniform(0.12, 0.6, BARS) * self.rng.choice([-1, 1], BARS)
        self.sound("tick")
        glow = shop.animate(rate_func=rate_functions.there_and_back).set_fill(NAP, 0.45)
        self.play(Transform(card.bars, card.other(new, NAP)), glow, run_time=0.4 * seconds)
        self.play(card.animate.shift(home - inside), run_time=0.3 * seconds)

    def sizes(self) -> None:
        """The big tower and the small one, with their names and sizes."""
        paper, shape = self.result("paper"), self.result("shape")
        floors, row = paper["shared_heads"].shape
        self.big = Tower(floors, row, width=5.0, height=5.0, lit=False).move_to([-3.5, 0.7, 0])
        layers, heads = shape.read("layers"), shape.read("heads")
        self.small = Tower(int(layers), int(heads), width=5.0 * heads / row, height=5.0 * layers / floors, lit=False)
        self.small.move_to([3.6, 0, 0]).align_to(self.big, DOWN)
        named = [
            Words("{name}", name=Name("GPT-2 small"), size=BODY, color=INK),
            Words("mini", size=BODY, color=INK),
            Words("{a} floors of {b} heads", a=COUNTS[floors], b=COUNTS[row], size=SMALL, color=SOFT),
            Words("{a:.0f} floors of {b:.0f} heads", a=layers, b=heads, size=SMALL, color=SOFT),
        ]
        for name, tower, y in zip(named, (self.big, self.small) * 2, (-2.3, -2.3, -2.86, -2.86), strict=True):
            name.move_to([tower.get_x(), y, 0])
        self.names = named
        with self.say("tower.sizes") as cue:
            self.play(*(FadeOut(thing) for thing in self.gone), run_time=0.35)
            self.badge_for(paper.origin, paper.model)
            dark = [FadeIn(tower) for tower in (self.big, self.small)]
            self.play(FadeIn(named[0]), *dark, run_time=max(0.3, min(0.5, cue.to("big"))))
            cue.until("big")
            self.rise(self.big, 1.6)
            self.play(FadeIn(named[2]), run_time=0.4)
            cue.until("small")
            self.badge_for(shape.origin, shape.model)
            self.rise(self.small, max(0.6, min(1.2, cue.to("mini") - 0.5)))
            self.play(FadeIn(named[3]), run_time=0.4)
            cue.until("mini")
            self.sound("soft-pop")
            self.play(FadeIn(named[1], scale=1.4), run_time=0.4)
            wave = [self.small.turn([(k, h) for h in [*range(int(heads)), -1]], INK, 1) for k in range(int(layers))]
            back = [self.small.turn([(k, h) for h in [*range(int(heads)), -1]]) for k in range(int(layers))]
            self.play(LaggedStart(*wave, lag_ratio=0.4), run_time=max(0.5, 0.35 * cue.left))
            self.play(LaggedStart(*back, lag_ratio=0.4), run_time=max(0.5, 0.6 * cue.left))

    def rise(self, tower: Tower, run_time: float) -> None:
        """Floor by floor a tower is lit."""
        floors = [tower.floor(k).animate.set_fill(LIT, 0.9) for k in range(tower.layers)]
        self.sound("whoosh")
        self.play(LaggedStart(*floors, lag_ratio=0.3), run_time=run_time)
        self.remove(*tower)
        self.add(tower)

    def question(self) -> None:
        """The lights go down; a torch sweeps over both towers; which of the lights does it need?"""
        place = np.array([0.9, -3.3, 0.0])
        cells = [*self.big, *self.small]
        dim, bright = ManimColor(DARK), ManimColor(LIT)

        def shine(angle: float) -> None:
            for cell in cells:
                cell.set_fill(interpolate_color(dim, bright, in_beam(cell.get_center(), place, angle)), 1)

        with self.say("tower.question") as cue:
            self.badge_for(Origin.ILLUSTRATION)
            down = [cell.animate.set_fill(DARK, 1) for cell in cells]
            gone = [FadeOut(name) for name in self.names]
            self.play(*down, *gone, run_time=0.5)
            lamp = torch(place, 0.93 * PI)
            shine(0.93 * PI)
            self.play(FadeIn(lamp), run_time=0.3)
            begun, ended = 0.93 * PI, 0.2 * PI

            def sweep(things: Mobject, alpha: float) -> None:
                angle = begun + (ended - begun) * alpha
                things[-1].become(torch(place, angle))
                shine(angle)

            cue.until("somewhere")
            # the lights move with the torch: what an animation does not name is painted once, and stays as it was
            move = UpdateFromAlphaFunc(VGroup(*cells, lamp), sweep, rate_func=rate_functions.ease_in_out_sine)
            self.play(move, run_time=max(1.4, cue.to("lights")))
            cue.until("lights")
            asked = Words("?", size=3 * HUGE, color=HIGHLIGHT, bold=True).move_to([3.6, 1.7, 0])
            self.sound("chime")
            on = [cell.animate.set_fill(LIT, 0.9) for cell in cells]
            self.play(FadeOut(lamp), LaggedStart(*on, lag_ratio=0.004), FadeIn(asked, scale=0.5), run_time=0.8)
            self.play(asked.animate(rate_func=rate_functions.there_and_back).scale(1.2), run_time=max(0.5, cue.left))
