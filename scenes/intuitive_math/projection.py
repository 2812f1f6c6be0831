"""Third chapter: one block and three shadows, a push that moves two walls, and how to leave one of them alone."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    GrowArrow,
    LaggedStart,
    Line,
    Polygon,
    Rectangle,
    Transform,
    TransformFromCopy,
    VGroup,
    VMobject,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Words
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, LUCK, NAP, SOFT
from tapehead.scenes.stage.planes import arrow

from .pictures import CATTY, RATTY, SNOUT, THERE, THERE_TOO, WRONG, animal, gauge, page, point_at, pulse
from .room import Room

WALLS = ("side", "floor", "back")
FACES = ("#F4F1E8", "#AEB3C0", "#FFFFFF")
"""Right, front and top of a cube: one stone in one light."""
OFFSET = 2.2
"""How far the block stands from the walls."""
FLOOR_AT = np.array([-4.0, -1.0, 0.0])
FLOOR_AXES = (np.array([2.5, 0.1, 0.0]), np.array([1.0, -1.15, 0.0]), np.array([0.0, 2.6, 0.0]))
"""Where a floor's two directions and the upright one are drawn."""


class Projection(StageScene):
    """Twelve lines."""

    def construct(self) -> None:
        self.edit = self.result("walk")
        self.badge_for(self.edit.origin)
        self.block()
        self.one()
        self.name()
        self.push()
        self.leak()
        self.skew()
        self.take()
        self.walk()
        self.control()
        self.span()
        self.slips()
        self.end()

    # -- the block ---------------------------------------------------------------------------------

    def block(self) -> None:
        """The cube, what is carved away, and three lamps."""
        found = self.result("block")
        self.room = Room((0.0, -0.75), 0.92)
        cube = found["cube"]
        panes = self.room.panes(OFFSET + 5.4)
        whole = self.room.cubes(np.ones_like(cube), OFFSET, FACES)
        self.stone = self.room.cubes(cube, OFFSET, FACES)
        keep = {tuple(place) for place in np.argwhere(cube)}
        order = sorted((tuple(place) for place in np.argwhere(np.ones_like(cube))), key=sum)
        gone = VGroup(*(whole[n] for n, place in enumerate(order) if place not in keep))
        self.cast = VGroup(
            *(
                self.room.shadow(wall, found[wall], OFFSET, colour)
                for wall, colour in zip(WALLS, (HIGHLIGHT, NAP, LUCK), strict=True)
            )
        )
        with self.say("projection.block") as cue:
            self.play(*(FadeIn(pane) for pane in panes), FadeIn(whole), run_time=0.8)
            cue.until("carved")
            pieces = list(gone)
            self.rng.shuffle(pieces)
            self.play(LaggedStart(*(FadeOut(piece, shift=0.5 * UP) for piece in pieces), lag_ratio=0.02), run_time=2.2)
            self.remove(whole, *whole)  # what is left of it lies where the stone is
            self.add(self.stone)
            for mark, wall, shade in zip(("right", "above", "front"), WALLS, self.cast, strict=True):
                cue.until(mark)
                light = self.room.rays(wall, OFFSET, HIGHLIGHT)
                self.add(shade, self.stone)
                self.bring_to_front(self.stone)
                self.play(FadeIn(shade), LaggedStart(*(Create(ray) for ray in light), lag_ratio=0.05), run_time=1.1)
                self.play(FadeOut(light), run_time=0.3)
        self.panes = panes

    def one(self) -> None:
        """Each wall once more; then letters without a form."""
        found = self.result("block")
        rare = VGroup(
            Words("{n:,.0f} scattered triples", n=found.read("draws"), size=BODY, color=SOFT).move_to([-4.95, -2.8, 0]),
            Words("{x:.0f} % have a block", x=found.read("null_share"), size=BODY, color=INK).move_to([4.95, -2.8, 0]),
        )
        with self.say("projection.one") as cue:
            cue.until("each")
            for shade in self.cast:
                self.play(shade.animate.set_fill(opacity=1).set_stroke(INK, 4), run_time=0.35)
                self.play(shade.animate.set_stroke(width=2), run_time=0.25)
            cue.until("none")
            self.play(pulse(self.stone, 1.06), run_time=0.9)
            cue.until("rare")
            self.play(FadeIn(rare[0]), run_time=0.5)
            old = self.cast.copy()
            self.play(self.stone.animate.set_opacity(0), run_time=0.4)
            for again in range(3):
                self.play(*(Transform(a, b) for a, b in zip(self.cast, self.tossed(), strict=True)), run_time=0.9)
                if again == 0:
                    self.play(FadeIn(rare[1]), run_time=0.4)
                self.hold(max(0.1, cue.left / (4 - again) - 0.9))
            self.play(
                *(Transform(a, b) for a, b in zip(self.cast, old, strict=True)),
                self.stone.animate.set_opacity(1),
                run_time=1.0,
            )
        self.play(FadeOut(rare), run_time=0.3)

    def tossed(self) -> VGroup:
        """The squares of each letter at random places of its wall."""
        made = VGroup()
        for wall, shade in zip(WALLS, self.cast, strict=True):
            dark = self.result("block")[wall]
            mixed = self.rng.permutation(dark.ravel()).reshape(dark.shape)
            made.add(self.room.shadow(wall, mixed, OFFSET, shade.get_fill_color().to_hex()))
        return made

    def way(self, step: np.ndarray) -> np.ndarray:
        """How far a step in the room is drawn."""
        return self.room.at(step) - self.room.at((0, 0, 0))

    def name(self) -> None:
        """The word; all goes but one wall."""
        word = Words("projection", size=HUGE, color=HIGHLIGHT).move_to([-4.6, 3.2, 0])
        wall = Words("a neuron", size=HEADING, color=HIGHLIGHT).move_to([-5.2, 0.4, 0])
        with self.say("projection.name") as cue:
            cue.until("projection")
            self.play(FadeIn(word, shift=0.2 * DOWN), run_time=0.6)
            cue.until("wall")
            self.play(
                *(shade.animate.set_opacity(0.12) for shade in self.cast[1:]),
                *(pane.animate.set_stroke(opacity=0.2) for pane in self.panes[1:]),
                FadeIn(wall),
                run_time=0.8,
            )
            cue.until("never")
            self.play(FadeOut(self.stone), pulse(self.cast[0], 1.05), run_time=1.0)
        self.clear_stage(run_time=0.5)

    # -- the edit ----------------------------------------------------------------------------------

    def push(self) -> None:
        """Three animals on parallel lines."""
        self.plane = page((-4.5, -0.75), 1.07, (-2.1, 4.2), (-2.3, 3.75))
        edit = self.edit["edit"]
        self.direction = self.plane.arrow((0, 0), edit, CATTY, 10)
        self.tag = Words("cat-like", size=BODY, color=CATTY).next_to(self.direction.get_end(), UP, buff=0.2)
        paths = [self.result(name)["path"][0] for name in ("walk", "walk_low", "walk_left")]
        lines = VGroup(
            *(Line(self.plane.at(path[0]), self.plane.at(path[-1] + 0.15 * edit)).set_stroke(SOFT, 4) for path in paths)
        )
        self.dot = point_at(self.plane.at(paths[0][2]), INK, 0.17)
        others = VGroup(*(point_at(self.plane.at(path[2]), INK, 0.14) for path in paths[1:]))
        self.beast = animal(paths[0][2], 1.75).move_to([3.9, 0.2, 0])
        with self.say("projection.push") as cue:
            self.play(FadeIn(self.plane), run_time=0.5)
            cue.until("direction")
            self.play(GrowArrow(self.direction), FadeIn(self.tag), run_time=0.8)
            cue.until("push")
            self.play(FadeOut(self.tag), FadeIn(self.dot, scale=2), FadeIn(self.beast), run_time=0.6)
            self.play(
                self.dot.animate.move_to(self.plane.at(paths[0][3])),
                Transform(self.beast, animal(paths[0][3], 1.75).move_to([3.9, 0.2, 0])),
                Create(lines[0]),
                run_time=1.0,
            )
            cue.until("back")
            self.play(
                self.dot.animate.move_to(self.plane.at(paths[0][0])),
                Transform(self.beast, animal(paths[0][0], 1.75).move_to([3.9, 0.2, 0])),
                run_time=1.2,
            )
            cue.until("else")
            self.play(FadeIn(others, scale=2), Create(lines[1]), Create(lines[2]), run_time=0.9)
            self.play(
                *(
                    dot.animate.move_to(self.plane.at(path[3]))
                    for dot, path in zip((self.dot, *others), paths, strict=True)
                ),
                Transform(self.beast, animal(paths[0][3], 1.75).move_to([3.9, 0.2, 0])),
                run_time=1.1,
            )
        self.play(FadeOut(others), FadeOut(lines[1:]), FadeOut(self.beast), run_time=0.4)
        self.line = lines[0]

    def gauges(self, move: str, step: int) -> VGroup:
        """The two scores of a place as bars with their numbers."""
        made = VGroup()
        for direction, colour, x in (("edited", CATTY, 3.0), ("protected", RATTY, 5.4)):
            score = self.edit.read("score", move=move, step=step, direction=direction)
            bar = gauge(score, 0.5, colour, (x, -2.4), 1.5)
            number = Words("{x}", x=score, size=HEADING, color=colour).next_to(bar, UP, buff=0.2)
            made.add(VGroup(bar, number))
        return made

    def leak(self) -> None:
        """Both bars rise with a step along the cat-like direction."""
        heads = VGroup(
            Words("cat score", size=SMALL, color=CATTY).move_to([3.0, -2.85, 0]),
            Words("rat score", size=SMALL, color=RATTY).move_to([5.4, -2.85, 0]),
        )
        floor = Line([1.9, -2.4, 0], [6.5, -2.4, 0]).set_stroke(SOFT, 4)
        self.rat = self.plane.arrow((0, 0), self.edit["protect"], RATTY, 10)
        self.rat_tag = Words("rat-like", size=BODY, color=RATTY).move_to(self.plane.at((3.0, 0.9)))
        bars = self.gauges("as it is", 2)
        more = VGroup(
            *(
                Words(
                    "+{x}",
                    x=self.edit.read("entangled", move="as it is", direction=direction),
                    size=TITLE,
                    color=colour,
                ).move_to([x, 3.3, 0])
                for direction, colour, x in (("edited", CATTY, 3.0), ("protected", RATTY, 5.4))
            )
        )
        start, after = (self.plane.at(self.edit["path"][0][n]) for n in (2, 3))
        with self.say("projection.leak") as cue:
            self.play(self.dot.animate.move_to(start), run_time=0.5)
            cue.until("walls")
            self.play(
                FadeIn(floor),
                FadeIn(heads),
                FadeIn(bars),
                GrowArrow(self.rat),
                FadeIn(self.rat_tag),
                FadeIn(self.tag.move_to(self.plane.at((-0.95, 2.2)))),
                run_time=0.8,
            )
            cue.until("cat")
            high = self.gauges("as it is", 3)
            self.play(
                self.dot.animate.move_to(after),
                *(Transform(a[0], b[0]) for a, b in zip(bars, high, strict=True)),
                FadeOut(bars[0][1]),
                FadeOut(bars[1][1]),
                run_time=1.0,
            )
            self.play(FadeIn(high[0][1]), FadeIn(high[1][1]), run_time=0.3)
            cue.until("rat")
            self.play(FadeIn(more, shift=0.2 * UP), run_time=0.6)
            cue.until("entangled")
            self.sound("tick")
            self.play(pulse(more[1], 1.3), run_time=0.8)
        self.bars = VGroup(bars[0][0], bars[1][0], high[0][1], high[1][1])
        self.chart, self.more = VGroup(floor, heads), more
        self.play(FadeOut(self.bars), FadeOut(self.chart), FadeOut(more), run_time=0.4)

    def skew(self) -> None:
        """Two axes that are no right angle, and the second one turned until they are."""
        basis = self.result("basis")
        names = basis.quantity("W").labels["matrix"]
        skewed, square = (basis["W"][names.index(name)].T for name in ("skew", "square"))
        at, unit = np.array([0.6, -1.75, 0.0]), 2.2

        def put(pair: np.ndarray) -> np.ndarray:
            return at + unit * np.array([pair[0], pair[1], 0.0])

        first = arrow(at, put(skewed[0]), THERE, 12)
        second = arrow(at, put(skewed[1] * 1.5), THERE_TOO, 12)
        mended = arrow(at, put(square[1] * 0.75), THERE_TOO, 12)
        line = Line(put(-0.4 * skewed[0]), put(1.1 * skewed[0])).set_stroke(THERE, 3, 0.5)
        tip = skewed[1] * 1.5
        foot = (tip @ skewed[0]) / (skewed[0] @ skewed[0]) * skewed[0]
        drop = DashedLine(put(tip), put(foot)).set_stroke(HIGHLIGHT, 5)
        cast = Line(at, put(foot)).set_stroke(HIGHLIGHT, 13)
        angles = VGroup(
            *(
                Words("{x:.0f}°", x=basis.read("column_angle", matrix=name), size=TITLE, color=colour).move_to(
                    [-1.2, 0.5, 0]
                )
                for name, colour in (("skew", WRONG), ("square", INK))
            )
        )
        corner = VMobject().set_points_as_corners(
            [put(0.14 * square[0]), put(0.14 * (square[0] + square[1])), put(0.14 * square[1])]
        )
        with self.say("projection.skew") as cue:
            cue.until("axes")
            gone = (self.plane, self.line, self.dot, self.direction, self.tag, self.rat, self.rat_tag)
            self.play(*(FadeOut(each) for each in gone), GrowArrow(first), GrowArrow(second), run_time=0.9)
            cue.until("meet")
            self.play(FadeIn(angles[0]), run_time=0.6)
            cue.until("throws")
            self.play(Create(line), Create(drop), run_time=0.7)
            self.play(Create(cast), run_time=0.5)
            cue.until("gone")
            self.play(Transform(second, mended), FadeOut(drop), FadeOut(cast), FadeOut(angles[0]), run_time=1.2)
            self.play(FadeIn(angles[1]), Create(corner.set_stroke(INK, 5)), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def take(self) -> None:
        """The push, its shadow on the rat line, and what is left."""
        self.wide = page((-3.0, -1.6), 2.0, (-1.6, 3.1), (-0.6, 2.5))
        edit, protect, shadow, left = (self.edit[name] for name in ("edit", "protect", "shadow", "left"))
        push = self.wide.arrow((0, 0), edit, CATTY, 11)
        rail = Line(self.wide.at(-0.35 * protect), self.wide.at(1.4 * protect)).set_stroke(RATTY, 4, 0.7)
        rat = self.wide.arrow((0, 0), protect, RATTY, 11)
        drop = DashedLine(self.wide.at(edit), self.wide.at(shadow)).set_stroke(HIGHLIGHT, 5)
        cast = self.wide.arrow((0, 0), shadow, HIGHLIGHT, 13)
        minus = self.wide.arrow(edit, left, HIGHLIGHT, 9)
        rest = self.wide.arrow((0, 0), left, INK, 12)
        u, v = left / np.linalg.norm(left), protect / np.linalg.norm(protect)
        corner = self.wide.right_angle((0, 0), u, v, 0.2, 5)
        names = VGroup(
            Words("push", size=BODY, color=CATTY).next_to(push.get_end(), UP, buff=0.15),
            Words("rat-like", size=BODY, color=RATTY).next_to(rat.get_end(), RIGHT, buff=0.15).shift(0.35 * DOWN),
            Words("its shadow", size=BODY, color=HIGHLIGHT).move_to(self.wide.at((1.35, -0.38))),
            Words("what is left", size=BODY, color=INK).next_to(rest.get_end(), LEFT, buff=0.25),
        )
        with self.say("projection.take") as cue:
            self.play(
                FadeIn(self.wide),
                GrowArrow(push),
                FadeIn(names[0]),
                GrowArrow(rat),
                FadeIn(rail),
                FadeIn(names[1]),
                run_time=0.9,
            )
            cue.until("shadow")
            self.play(Create(drop), run_time=0.7)
            self.play(GrowArrow(cast), FadeIn(names[2]), run_time=0.7)
            cue.until("subtract")
            self.play(FadeOut(drop), TransformFromCopy(cast, minus), run_time=1.0)
            cue.until("left")
            self.play(GrowArrow(rest), FadeIn(names[3]), run_time=0.8)
            self.play(Create(corner), run_time=0.5)
        self.play(*(FadeOut(m) for m in (push, cast, minus, names[0], names[2])), run_time=0.4)
        self.rest, self.kept = rest, VGroup(rat, rail, names[1], names[3], corner)

    def walk(self) -> None:
        """Along what is left: one bar rises, the other stands still."""
        self.badge_for(self.edit.origin)
        path = self.edit["path"][1]
        self.dot = point_at(self.wide.at(path[1]), INK, 0.17)
        way = Line(self.wide.at(path[0]), self.wide.at(path[-1])).set_stroke(SOFT, 4)
        heads = VGroup(
            Words("cat score", size=SMALL, color=CATTY).move_to([4.4, -2.85, 0]),
            Words("rat score", size=SMALL, color=RATTY).move_to([6.2, -2.85, 0]),
        )
        floor = Line([3.6, -2.4, 0], [7.0, -2.4, 0]).set_stroke(SOFT, 4)
        low, high = (self.slim("projected", step) for step in (1, 3))
        mid = self.slim("projected", 2)
        gains = VGroup(
            *(
                Words(
                    "+{x}",
                    x=self.edit.read("entangled", move="projected", direction=direction),
                    size=HEADING,
                    color=colour,
                ).move_to([x, 3.3, 0])
                for direction, colour, x in (("edited", CATTY, 4.4), ("protected", RATTY, 6.2))
            )
        )
        price = Words("{x:.0f} %", x=self.edit.read("kept_share"), size=1.2 * HUGE, color=HIGHLIGHT)
        price.move_to([-5.3, 2.9, 0])
        per = Words("of a step", size=BODY, color=HIGHLIGHT).next_to(price, DOWN, buff=0.2)
        with self.say("projection.walk") as cue:
            cue.until("walk")
            self.play(FadeIn(self.dot), Create(way), FadeIn(floor), FadeIn(heads), FadeIn(low), run_time=0.7)
            cue.until("cat")
            for n, target in ((2, mid), (3, high)):
                self.play(
                    self.dot.animate.move_to(self.wide.at(path[n])),
                    *(Transform(a[0], b[0]) for a, b in zip(low, target, strict=True)),
                    *(FadeOut(a[1]) for a in low) if n == 2 else (FadeOut(mid[0][1]), FadeOut(mid[1][1])),
                    run_time=0.7,
                )
                self.play(FadeIn(target[0][1]), FadeIn(target[1][1]), run_time=0.25)
            self.play(FadeIn(gains[0]), run_time=0.4)
            cue.until("rat")
            self.sound("chime")
            self.play(FadeIn(gains[1]), pulse(high[1][1], 1.3), run_time=0.7)
            cue.until("price")
            self.play(FadeIn(price, scale=0.8), FadeIn(per), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def slim(self, move: str, step: int) -> VGroup:
        """The two scores as narrow bars."""
        made = VGroup()
        for direction, colour, x in (("edited", CATTY, 4.4), ("protected", RATTY, 6.2)):
            score = self.edit.read("score", move=move, step=step, direction=direction)
            bar = gauge(score, 0.75, colour, (x, -2.4), 1.1)
            made.add(VGroup(bar, Words("{x}", x=score, size=BODY, color=colour).next_to(bar, UP, buff=0.18)))
        return made

    def control(self) -> None:
        """What is left of rat when a random direction is taken out instead."""
        heap = Histogram(self.edit["null_protect"], np.linspace(0, 1, 26), width=11.4, height=4.3, colour=SOFT)
        heap.move_to([0.4, -2.2, 0], aligned_edge=DOWN)
        post = Line(heap.at(0), heap.at(0) + 4.6 * UP).set_stroke(HIGHLIGHT, 9)
        words = VGroup(
            Words("rat stands still", size=BODY, color=HIGHLIGHT).next_to(post, UP, buff=0.2).align_to(post, LEFT),
            Words("all of the push goes to rat", size=SMALL, color=SOFT).next_to(heap.at(1), DOWN, buff=0.3),
            Words("{n:,.0f} random directions", n=self.edit.read("draws"), size=HEADING, color=SOFT).move_to(
                [3.3, 3.35, 0]
            ),
            Words("{n:.0f} below a tenth", n=self.edit.read("null_little"), size=HEADING, color=HIGHLIGHT),
        )
        little = heap.at(self.edit.read("null_little_at"))
        zone = Rectangle(width=(little - heap.at(0))[0], height=4.3, stroke_width=0).set_fill(HIGHLIGHT, 0.25)
        zone.move_to(heap.at(0), aligned_edge=DOWN).align_to(post, LEFT)
        words[3].next_to(zone, RIGHT, buff=0.3).set_y(1.6)
        words[1].align_to(heap, RIGHT)
        bars = heap.grown(0.05)
        with self.say("projection.control") as cue:
            self.play(FadeIn(heap.floor), Create(post), FadeIn(words[0]), run_time=0.6)
            cue.until("random")
            self.play(FadeIn(words[1]), FadeIn(words[2]), FadeIn(bars), run_time=0.5)
            for share in (0.3, 1.0):
                self.play(Transform(bars, heap.grown(share)), run_time=0.6)
            cue.until("none")
            self.play(FadeIn(zone), FadeIn(words[3], scale=0.7), run_time=0.6)
        self.clear_stage(run_time=0.5)

    # -- several -----------------------------------------------------------------------------------

    def spot(self, place: np.ndarray) -> np.ndarray:
        """Where a triple of measures is drawn: the floor of the two protected directions lies flat."""
        first, second = self.result("span")["protect"]
        one = first / np.linalg.norm(first)
        other = second - (second @ one) * one
        other = other / np.linalg.norm(other)
        up = np.cross(one, other)
        up = up * np.sign(up @ self.result("span")["left"])
        along, toward, rise = FLOOR_AXES
        return FLOOR_AT + (place @ one) * along + (place @ other) * toward + (place @ up) * rise

    def span(self) -> None:
        """A floor of two directions, the push above it, its shadow, and what stands straight up."""
        found = self.result("span")
        zero, edit, left = np.zeros(3), found["edit"], found["left"]
        corners = [
            self.spot(zero) + a * FLOOR_AXES[0] + b * FLOOR_AXES[1]
            for a, b in ((-0.6, -1.2), (2.0, -1.2), (2.0, 1.55), (-0.6, 1.55))
        ]
        ground = Polygon(*corners).set_stroke(FAINT, 4).set_fill(FAINT, 0.4)
        kept = VGroup(
            *(
                arrow(self.spot(zero), self.spot(p), colour, 10)
                for p, colour in zip(found["protect"], (RATTY, SNOUT), strict=True)
            )
        )
        push = arrow(self.spot(zero), self.spot(edit), CATTY, 11)
        shadow = arrow(self.spot(zero), self.spot(edit - left), HIGHLIGHT, 11)
        drop = DashedLine(self.spot(edit), self.spot(edit - left)).set_stroke(HIGHLIGHT, 5)
        rest = arrow(self.spot(zero), self.spot(left), INK, 12)
        names = VGroup(
            Words("push", size=BODY, color=CATTY).next_to(push.get_end(), UP, buff=0.15),
            VGroup(
                *(
                    Words("protected", size=SMALL, color=tint).next_to(each.get_end(), RIGHT, buff=0.15)
                    for each, tint in zip(kept, (RATTY, SNOUT), strict=True)
                )
            ),
            Words("shadow", size=BODY, color=HIGHLIGHT).next_to(shadow.get_end(), DOWN, buff=0.75).shift(0.6 * RIGHT),
            Words("what is left", size=BODY, color=INK).next_to(rest.get_end(), UP, buff=0.15),
        )
        with self.say("projection.span") as cue:
            self.play(*(GrowArrow(each) for each in kept), GrowArrow(push), FadeIn(names[0]), run_time=0.8)
            cue.until("floor")
            self.add(ground)
            self.bring_to_front(kept, push, names[0])
            self.play(FadeIn(ground), FadeIn(names[1]), run_time=0.8)
            cue.until("take")
            self.play(Create(drop), GrowArrow(shadow), FadeIn(names[2]), run_time=0.9)
            cue.until("up")
            self.play(GrowArrow(rest), FadeIn(names[3]), run_time=0.8)
        self.hall = VGroup(ground, kept, push, rest, names)
        self.play(FadeOut(drop), FadeOut(shadow), FadeOut(names[2]), run_time=0.3)

    def slips(self) -> None:
        """Three ways to subtract, and what each leaves of the two protected directions."""
        found, kept = self.result("span"), self.hall[1]
        ways = (("left", "whole floor", INK), ("one_by_one", "one by one", WRONG), ("printed", "as printed", WRONG))
        rows = VGroup()
        for n, (array, name, colour) in enumerate(ways):
            y = 2.2 - 2.15 * n
            label = Words(name, size=BODY, color=colour).move_to([3.0, y + 0.62, 0], aligned_edge=LEFT)
            bars = VGroup()
            for k, tint in ((0, RATTY), (1, SNOUT)):
                value = found.read(f"{array}_cosine", direction=("one", "other")[k])
                bar = Line([3.0, y - 0.15 - 0.55 * k, 0], [3.0 + max(2.6 * float(value), 0.05), y - 0.15 - 0.55 * k, 0])
                number = Words("{x:.2f}", x=value, size=SMALL, color=tint).next_to(bar.get_end(), RIGHT, buff=0.2)
                bars.add(VGroup(bar.set_stroke(tint, 16), number))
            rows.add(VGroup(label, bars))
        wrong = VGroup(
            *(arrow(self.spot(np.zeros(3)), self.spot(found[array]), WRONG, 9) for array in ("one_by_one", "printed"))
        )
        with self.say("projection.slips") as cue:
            still = Words("what still moves", size=SMALL, color=SOFT).move_to([3.0, 3.5, 0], aligned_edge=LEFT)
            self.play(FadeIn(rows[0]), FadeIn(still), run_time=0.6)
            cue.until("after")
            self.play(FadeIn(rows[1], shift=0.2 * LEFT), GrowArrow(wrong[0]), run_time=0.9)
            cue.until("prints")
            self.play(
                FadeIn(rows[2], shift=0.2 * LEFT), wrong[0].animate.set_opacity(0.3), GrowArrow(wrong[1]), run_time=0.9
            )
            cue.until("names")
            self.play(pulse(kept[0], 1.1), run_time=0.9)
            cue.until("never")
            self.play(pulse(kept[1], 1.1), run_time=0.9)
            cue.until("leak")
            self.play(pulse(rows[1][1], 1.06), pulse(rows[2][1], 1.06), run_time=1.0)
        self.clear_stage(run_time=0.5)

    def end(self) -> None:
        """The block again, with its walls; all of them move at a push."""
        found = self.result("block")
        with self.say("projection.end") as cue:
            stone = self.room.cubes(found["cube"], OFFSET, FACES)
            cast = VGroup(
                *(
                    self.room.shadow(wall, found[wall], OFFSET, colour)
                    for wall, colour in zip(WALLS, (HIGHLIGHT, NAP, LUCK), strict=True)
                )
            )
            panes = self.room.panes(OFFSET + 5.4)
            self.play(FadeIn(panes), FadeIn(cast), FadeIn(stone), run_time=0.8)
            cue.until("shadow")
            self.play(stone.animate.set_opacity(0.15), run_time=1.0)
            cue.until("push")
            self.play(stone.animate.set_opacity(1), run_time=0.4)
            x, y, z = (n * each for n, each in zip((0.5, 0.3, -0.5), np.eye(3), strict=True))
            self.play(
                stone.animate.shift(self.way(x + y + z)),
                *(s.animate.shift(self.way(d)) for s, d in zip(cast, (y + z, x + y, x + z), strict=True)),
                run_time=1.6,
            )
        self.clear_stage(run_time=0.4)
