"""Fifth chapter: the loudest push of a matrix, how an echo finds it, eigenfaces of puppets, and the door again."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    Group,
    GrowArrow,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    Transform,
    TransformFromCopy,
    VGroup,
    VMobject,
    config,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cards import EndCard
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Words
from tapehead.scenes.stage.matrices import box_of
from tapehead.scenes.stage.meters import Histogram
from tapehead.scenes.stage.palette import FAINT, HIGHLIGHT, INK, SOFT
from tapehead.scenes.stage.planes import Plane
from tapehead.scenes.stage.portraits import Portrait, Wall, arrange_row
from tapehead.scenes.stage.squares import CommutingSquare
from tapehead.scenes.stage.tears import tear

from .pictures import CATTY, RATTY, WORDS, animal, plate, point_at, pulse

PUSH, ANSWER = SOFT, HIGHLIGHT
"""Circle and ellipse: what goes in, what comes out."""
LOUD, QUIET = HIGHLIGHT, "#6FA8FF"
STEPS_SHOWN = 4


class Singular(StageScene):
    """Eleven lines, and the end card."""

    def construct(self) -> None:
        self.loud, self.faces = self.result("loud"), self.result("faces")
        self.badge_for(self.loud.origin)
        self.tape.off()
        self.ask()
        self.circle()
        self.loudest()
        self.right()
        self.random()
        self.power()
        self.puppets()
        self.ghosts()
        self.rebuild()
        self.not_important()
        self.door()

    # -- four numbers ------------------------------------------------------------------------------

    def box(self) -> VGroup:
        """The matrix, in one colour: its columns belong to nobody yet."""
        rows = [self.loud.row("M", along="column", row=row) for row in ("first", "second")]
        return box_of(rows, ((INK, INK), (INK, INK)), TITLE)

    def ask(self) -> None:
        """Named arrows, then arrows without a name; the matrix."""
        here = np.array([0.0, -1.4, 0.0])
        ways = [np.array([np.cos(a), np.sin(a), 0]) for a in np.radians([63, 27, 118, 152, 5, 176, 90])]
        arrows = VGroup(
            *(
                Line(here, here + 3.6 * way).add_tip(tip_length=0.35).set_color(colour)
                for way, colour in zip(ways, (CATTY, RATTY, *[FAINT] * 5), strict=True)
            )
        ).set_stroke(width=9)
        tags = VGroup(
            Words("cat-like", size=BODY, color=CATTY).next_to(arrows[0].get_end(), UP, buff=0.15),
            Words("rat-like", size=BODY, color=RATTY).next_to(arrows[1].get_end(), RIGHT, buff=0.15),
        )
        marks = VGroup(
            *(Words("?", size=HUGE, color=SOFT).move_to(here + 4.25 * way) for way in (ways[2], ways[3], ways[5]))
        )
        self.matrix = self.box().move_to([-5.2, 2.6, 0])
        with self.say("singular.ask") as cue:
            self.play(FadeIn(arrows[:2]), run_time=0.6)
            cue.until("cat")
            self.play(FadeIn(tags[0]), run_time=0.4)
            cue.until("rat")
            self.play(FadeIn(tags[1]), run_time=0.4)
            cue.until("nobody")
            self.play(FadeIn(arrows[2:]), FadeIn(marks), arrows[:2].animate.set_opacity(0.3), run_time=0.8)
            self.play(FadeIn(self.matrix, scale=1.4), run_time=0.9)
        self.clear_stage(self.matrix, run_time=0.5)

    def planes(self) -> tuple[Plane, Plane]:
        """Pushes on the left, answers on the right."""
        left = bare((-4.35, -0.95), 1.75, (-1.25, 1.25), (-1.25, 1.25))
        right = bare((2.9, -0.1), 0.72, (-4.0, 4.6), (-5.2, 5.2))
        return left, right

    def circle(self) -> None:
        """All pushes of one length; all answers."""
        self.here, self.there = self.planes()
        self.ring = Circle(radius=self.here.unit).set_stroke(PUSH, 6).move_to(self.here.at((0, 0)))
        curve = self.loud["ellipse"]
        self.shape = VMobject().set_points_as_corners([self.there.at(p) for p in (*curve, curve[0])])
        self.shape.set_stroke(ANSWER, 6)
        heads = VGroup(
            Words("pushes", size=BODY, color=PUSH).move_to([-1.35, -2.85, 0]),
            Words("answers", size=BODY, color=ANSWER).move_to([5.7, -3.2, 0]),
        )
        with self.say("singular.circle") as cue:
            self.play(FadeIn(self.here), pulse(self.matrix, 1.1), run_time=0.7)
            cue.until("pushes")
            rays = VGroup(
                *(self.here.arrow((0, 0), p, PUSH, 5) for p in self.loud["circle"][:: len(self.loud["circle"]) // 24])
            )
            self.play(LaggedStart(*(GrowArrow(ray) for ray in rays), lag_ratio=0.06), run_time=1.4)
            cue.until("circle")
            self.play(Create(self.ring), FadeIn(heads[0]), run_time=0.8)
            cue.until("answers")
            self.play(FadeIn(self.there), FadeOut(rays), run_time=0.4)
            self.play(TransformFromCopy(self.ring, self.shape), FadeIn(heads[1]), run_time=1.4)
        self.heads = heads

    def loudest(self) -> None:
        """The two axes."""
        self.ins = VGroup(
            *(self.here.arrow((0, 0), p, c, 11) for p, c in zip(self.loud["input"], (LOUD, QUIET), strict=True))
        )
        self.outs = VGroup(
            *(self.there.arrow((0, 0), p, c, 11) for p, c in zip(self.loud["axis"], (LOUD, QUIET), strict=True))
        )
        self.sizes = VGroup(
            *(
                Words("× {x:.1f}", x=self.loud.read("sigma", rank=rank), size=TITLE, color=colour).move_to(at)
                for rank, colour, at in zip(("1", "2"), (LOUD, QUIET), ([0.5, 2.2, 0], [5.6, 0.75, 0]), strict=True)
            )
        )
        word = Words("singular directions", size=HEADING, color=INK).move_to([-1.45, 3.5, 0])
        with self.say("singular.loudest") as cue:
            for mark, n in (("loudest", 0), ("quietest", 1)):
                cue.until(mark)
                self.play(GrowArrow(self.ins[n]), run_time=0.5)
                self.play(TransformFromCopy(self.ins[n], self.outs[n]), run_time=0.8)
                self.play(FadeIn(self.sizes[n]), run_time=0.3)
            cue.until("singular")
            self.play(FadeIn(word, shift=0.2 * DOWN), run_time=0.5)
        self.word = word

    def right(self) -> None:
        """Right angles before and after; and a push that is turned least, but is."""
        u, v = self.loud["output"], self.loud["input"]
        corners = VGroup(
            self.here.right_angle((0, 0), v[0], v[1], 0.2, 6), self.there.right_angle((0, 0), u[0], u[1], 0.45, 6)
        )
        circle, ellipse = self.loud["circle"], self.loud["ellipse"]
        turn = np.abs(np.sum(circle * ellipse, axis=1)) / np.linalg.norm(ellipse, axis=1)
        best = int(np.argmax(turn))
        pair = VGroup(
            self.there.arrow((0, 0), 3.2 * circle[best], SOFT, 8), self.there.arrow((0, 0), ellipse[best], INK, 8)
        )
        by = Words("{x:.0f}°", x=self.loud.read("least_turn"), size=TITLE, color=INK)
        by.move_to(self.sizes[0])
        with self.say("singular.right") as cue:
            cue.until("pushes")
            self.play(Create(corners[0]), run_time=0.7)
            cue.until("answers")
            self.play(Create(corners[1]), run_time=0.7)
            cue.until("every")
            self.play(pulse(self.ins, 1.06), pulse(self.outs, 1.06), run_time=1.0)
            cue.until("keeps")
            self.play(
                self.outs.animate.set_opacity(0.25),
                FadeOut(self.sizes),
                FadeOut(corners[1]),
                GrowArrow(pair[0]),
                GrowArrow(pair[1]),
                run_time=0.8,
            )
            self.play(FadeIn(by), run_time=0.5)
        self.clear_stage(run_time=0.5)

    def random(self) -> None:
        """How loud random pushes are answered."""
        null = self.loud["null_stretch"]
        sigma = self.loud["sigma"]
        heap = Histogram(
            null, np.linspace(float(sigma[1]) - 1e-9, float(sigma[0]) + 1e-9, 31), width=11.4, height=4.3, colour=PUSH
        )
        heap.move_to([0.2, -2.1, 0], aligned_edge=DOWN)
        mean, best = self.loud.read("null_mean"), self.loud.read("sigma", rank="1")
        posts = VGroup(*(Line(heap.at(float(x)), heap.at(float(x)) + 4.7 * UP) for x in (mean, best)))
        posts[0].set_stroke(INK, 7)
        posts[1].set_stroke(LOUD, 9)
        words = VGroup(
            Words("on average {x:.1f}", x=mean, size=HEADING, color=INK).next_to(posts[0], UP, buff=0.2),
            Words("{x:.1f}", x=best, size=HEADING, color=LOUD).next_to(posts[1], UP, buff=0.2),
            Words("{x:.1f} %", x=self.loud.read("null_share"), size=HEADING, color=LOUD).move_to([4.1, 0.6, 0]),
        )
        bars = heap.grown(0.02)
        with self.say("singular.random") as cue:
            self.play(FadeIn(heap.floor), FadeIn(bars), Create(posts[1]), FadeIn(words[1]), run_time=0.6)
            cue.until("random")
            self.play(Transform(bars, heap.grown(0.3)), run_time=0.6)
            self.play(Transform(bars, heap.grown(1.0)), run_time=0.8)
            cue.until("average")
            self.play(Create(posts[0]), FadeIn(words[0]), run_time=0.6)
            cue.until("hair")
            last = bars[-1].copy().set_fill(LOUD)
            self.play(FadeIn(last), FadeIn(words[2]), run_time=0.6)
        self.clear_stage(run_time=0.5)

    def power(self) -> None:
        """A random push, its answer, and the way back, again and again."""
        walk, v = self.loud["power"], self.loud["input"][0]
        plane = bare((-3.4, -2.6), 5.3, (-0.25, 1.12), (-0.1, 1.15))
        ring = VMobject().set_points_smoothly(
            [plane.at((np.cos(a), np.sin(a))) for a in np.radians(np.linspace(-3, 100, 40))]
        )
        goal = Line(plane.at((0, 0)), plane.at(1.13 * v)).set_stroke(LOUD, 5, 0.6)
        pushes = [plane.arrow((0, 0), p, INK, 11) for p in walk[:STEPS_SHOWN]]
        numbers = VGroup(
            *(
                Words("{x:.1f}°", x=self.loud.read("power_angle", step=n), size=HUGE if n == 0 else TITLE, color=INK)
                for n in range(STEPS_SHOWN)
            )
        )
        numbers.arrange(DOWN, buff=0.55).move_to([4.9, 0.2, 0])
        loudest = Words("the loudest", size=SMALL, color=LOUD).next_to(goal.get_end(), RIGHT, buff=0.15)
        with self.say("singular.power") as cue:
            self.play(FadeIn(plane), Create(ring.set_stroke(PUSH, 5)), FadeIn(goal), FadeIn(loudest), run_time=0.7)
            cue.until("push")
            push = pushes[0].copy()
            self.play(GrowArrow(push), run_time=0.7)
            cue.until("answer")
            heard = self.loud["M"] @ walk[0]
            answer = plane.arrow((0, 0), heard / np.linalg.norm(heard), ANSWER, 9)
            self.play(TransformFromCopy(push, answer), run_time=0.8)
            cue.until("back")
            self.play(Transform(answer, plane.arrow((0, 0), walk[1], ANSWER, 9)), run_time=0.9)
            self.play(FadeOut(answer), run_time=0.4)
            for n, mark in enumerate(("start", "one", "two", "echo")):
                cue.until(mark)
                if n:
                    self.add(pushes[n - 1].copy().set_opacity(0.25))
                    self.sound("tick")
                    self.play(Transform(push, pushes[n]), run_time=0.7)
                self.play(FadeIn(numbers[n]), run_time=0.4)
        self.clear_stage(run_time=0.5)

    # -- puppets -----------------------------------------------------------------------------------

    def puppets(self) -> None:
        """A wall of puppets, one as numbers, the average, and the great matrix."""
        wall = Wall([picture(face) for face in self.faces["face"]], 6, 5.1).move_to([-2.95, 0.45, 0])
        count = Words("{n:.0f} puppets", n=self.faces.read("puppets"), size=HEADING, color=INK).move_to([4.8, 3.1, 0])
        numbers = Words("{n:,.0f} numbers each", n=self.faces.read("pixels"), size=BODY, color=SOFT)
        numbers.next_to(count, DOWN, buff=0.3)
        mean = Portrait(picture(self.faces["mean"]), 3.3, colour=INK).move_to([4.8, -0.55, 0])
        name = Words("the average", size=BODY, color=INK).next_to(mean, DOWN, buff=0.25)
        ask = Words("minus this, in one matrix", size=BODY, color=HIGHLIGHT).move_to([4.3, -3.3, 0])
        with self.say("singular.faces") as cue:
            self.play(FadeIn(wall), run_time=0.9)
            cue.until("puppets")
            self.play(FadeIn(count), run_time=0.5)
            cue.until("numbers")
            ring = wall.ring(8)
            self.play(FadeIn(numbers), Create(ring), run_time=0.7)
            cue.until("average")
            copies = Group(
                *(Portrait(picture(self.faces["face"][n]), 1.0).move_to(wall.place(n)) for n in (1, 8, 15, 22))
            )
            self.add(copies)
            self.play(FadeOut(ring), *(each.animate.move_to(mean).set_opacity(0.2) for each in copies), run_time=1.0)
            self.play(FadeOut(copies), FadeIn(mean), FadeIn(name), run_time=0.5)
            cue.until("ask")
            self.play(FadeOut(name), FadeIn(ask), pulse(wall, 1.02), run_time=0.9)
        self.clear_stage(run_time=0.5)

    def ghosts(self) -> None:
        """Eight directions: the average with less and with more of each; two find a name."""
        count = len(self.faces["plus"])
        low = arrange_row([picture(p) for p in self.faces["minus"]], 13.6, buff=0.14).move_to([0, 2.5, 0])
        high = arrange_row([picture(p) for p in self.faces["plus"]], 13.6, buff=0.14).move_to([0, 0.75, 0])
        tall = 1.25 / float(self.faces["explained"][0])
        shares = VGroup()
        for n in range(count):
            bar = Rectangle(width=0.8, height=tall * float(self.faces["explained"][n]), stroke_width=0)
            bar.set_fill(SOFT, 1).move_to([high[n].get_x(), -1.85, 0], aligned_edge=DOWN)
            value = Words("{x:.0f} %", x=self.faces.read("explained", component=n), size=SMALL, color=SOFT)
            shares.add(VGroup(bar, value.next_to(bar, DOWN, buff=0.12)))
        found = VGroup(
            *(
                Words(
                    "{name} {x:.0f} %",
                    name=name,
                    x=self.faces.read("told", component=n, attribute=key),
                    size=BODY,
                    color=LOUD,
                )
                for n, key, name in ((0, "background", "curtain"), (1, "hair", "hair"))
            )
        )
        found[0].move_to([-4.3, -3.1, 0])
        found[1].move_to([-0.6, -3.1, 0])
        none = Words("shuffled {x:.0f} %", x=self.faces.read("null_told"), size=BODY, color=SOFT).move_to(
            [4.6, -3.1, 0]
        )
        rings = VGroup(*(ring_round(low[n], high[n]) for n in (0, 1)))
        with self.say("singular.ghosts") as cue:
            cue.until("first")
            self.play(
                LaggedStart(*(FadeIn(a) for a in low), lag_ratio=0.1),
                LaggedStart(*(FadeIn(b) for b in high), lag_ratio=0.1),
                run_time=1.4,
            )
            cue.until("nobody")
            self.play(FadeIn(shares), run_time=0.7)
            cue.until("curtain")
            self.play(Create(rings[0]), FadeIn(found[0]), run_time=0.7)
            cue.until("hair")
            self.play(Create(rings[1]), FadeIn(found[1]), run_time=0.7)
            cue.until("shuffled")
            self.play(FadeIn(none), run_time=0.5)
        self.clear_stage(run_time=0.5)

    def rebuild(self) -> None:
        """A face that was not there, from the average on; what three kinds of directions leave."""
        target = Portrait(picture(self.faces["original"]), 3.7, colour=INK).move_to([-4.9, 1.1, 0])
        steps = [Portrait(picture(p), 3.7, colour=HIGHLIGHT).move_to([-0.8, 1.1, 0]) for p in self.faces["rebuilt"]]
        names = VGroup(
            Words("a new one", size=BODY, color=SOFT).next_to(target, DOWN, buff=0.25),
            Words("average + ghosts", size=BODY, color=HIGHLIGHT).next_to(steps[0], DOWN, buff=0.25),
        )
        last = len(steps) - 1
        bars = VGroup()
        for n, (array, name, colour) in enumerate(
            (("held_left", "ghosts", HIGHLIGHT), ("sample_left", "whole puppets", INK), ("random_left", "random", SOFT))
        ):
            value = self.faces.read(array, parts=last)
            y = 2.6 - 1.75 * n
            bar = Rectangle(width=max(3.0 * float(value) / 100, 0.03), height=0.55, stroke_width=0).set_fill(colour, 1)
            bar.move_to([2.6, y, 0], aligned_edge=LEFT)
            label = Words(name, size=BODY, color=colour).next_to(bar, UP, buff=0.15).align_to(bar, LEFT)
            number = Words("{x:.0f} %", x=value, size=BODY, color=colour).next_to(bar, RIGHT, buff=0.2)
            bars.add(VGroup(bar, label, number))
        left = Words("difference left", size=SMALL, color=SOFT).move_to([4.3, -2.3, 0])
        self.tape.on()
        self.tape.keep_clean(target, names, bars, left)
        self.tape.set("track.pos", 0.5 - target.get_y() / float(config.frame_height))
        with self.say("singular.rebuild") as cue:
            self.play(FadeIn(target), FadeIn(names[0]), run_time=0.5)
            cue.until("begin")
            # The picture is torn by what is still missing of it.
            tear(self, self.faces.read("held_left", parts=0), of=(0.0, 100.0))
            self.play(FadeIn(steps[0]), FadeIn(names[1]), run_time=0.5)
            pause = max(0.25, (cue.to("left") - 0.3) / last)
            for n in range(1, last + 1):
                tear(self, self.faces.read("held_left", parts=n), of=(0.0, 100.0), over=pause)
                self.play(FadeIn(steps[n]), run_time=pause)
                self.remove(steps[n - 1])
            cue.until("left")
            self.play(FadeIn(bars[0]), FadeIn(left), run_time=0.6)
            cue.until("whole")
            self.play(FadeIn(bars[1]), run_time=0.6)
            cue.until("random")
            self.play(FadeIn(bars[2]), run_time=0.6)
        self.clear_stage(run_time=0.5)
        self.tape.off()

    def not_important(self) -> None:
        """The curtain, loud because it is large; and a matrix that only a network has."""
        pair = Group(*(Portrait(picture(self.faces[way][0]), 4.6, colour=FAINT) for way in ("minus", "plus"))).arrange(
            RIGHT, buff=0.4
        )
        pair.move_to([-2.2, 0.3, 0])
        word = Words("loud ≠ important", size=TITLE, color=HIGHLIGHT).move_to([-2.2, 3.4, 0])
        own = RoundedRectangle(width=3.6, height=3.6, corner_radius=0.2).set_stroke(INK, 6).move_to([5.1, 0.3, 0])
        mark = Words("?", size=2.2 * HUGE, color=INK).move_to(own)
        name = Words("its own matrix", size=BODY, color=INK).next_to(own, DOWN, buff=0.25)
        with self.say("singular.loud") as cue:
            self.play(FadeIn(word), run_time=0.5)
            cue.until("curtain")
            self.play(FadeIn(pair), run_time=0.8)
            self.play(pulse(pair, 1.04), run_time=0.9)
            cue.until("notices")
            self.play(Create(own), FadeIn(mark), FadeIn(name), run_time=0.9)
            cue.until("paints")
            self.play(*(one.animate.set_opacity(0.25) for one in pair), run_time=0.9)
            cue.until("film")
            self.play(pulse(own, 1.08), pulse(mark, 1.2), run_time=0.9)
        self.clear_stage(run_time=0.5)

    def door(self) -> None:
        """The five plates, each with its plain word; the cat; the card."""
        self.badge_for(Origin.ILLUSTRATION)
        plates = VGroup(*(plate(word) for word in WORDS)).arrange(DOWN, buff=0.26).move_to([-3.4, 0.25, 0])
        plain = ("a language", "how much my way?", "a shadow", "a fence", "the loudest push")
        door = RoundedRectangle(width=7.0, height=7.3, corner_radius=0.2).set_stroke(SOFT, 6).move_to(plates)
        knob = point_at(door.get_right() + 0.18 * LEFT, SOFT, 0.14)
        answers = VGroup(
            *(
                Words(text, size=HEADING, color=HIGHLIGHT).next_to(each, RIGHT, buff=0.75)
                for text, each in zip(plain, plates, strict=True)
            )
        )
        cat = animal((0.5, 2.0), 1.6).move_to([4.9, -2.6, 0])
        with self.say("singular.end") as cue:
            self.play(FadeIn(door), FadeIn(knob), FadeIn(plates), run_time=0.6)
            for mark, answer, each in zip(
                ("basis", "dot", "projection", "hyperplane", "singular"), answers, plates, strict=True
            ):
                cue.until(mark)
                self.play(FadeIn(answer, shift=0.3 * RIGHT), each[0].animate.set_stroke(HIGHLIGHT, 6), run_time=0.5)
            cue.until("cat")
            self.play(FadeOut(answers[4]), FadeIn(cat, shift=0.5 * LEFT), run_time=0.7)
        card = EndCard(
            "Five words in the door",
            "A name, a rate, a shadow,\na fence, and an echo.",
            self.context.references,
            CommutingSquare(2.6, 1.3, radius=0.2, stroke=5),
        )
        self.clear_stage(run_time=0.5)
        self.play(FadeIn(card), run_time=0.9)
        self.hold(3.0)
        self.play(FadeOut(card), run_time=0.5)


def bare(zero: tuple[float, float], unit: float, across: tuple[float, float], up: tuple[float, float]) -> Plane:
    """A plane whose axes have no names: here they are sides of arrows, and nothing of an animal."""
    made = Plane(zero, unit, across, up, ("first", "second"), (FAINT, FAINT))
    made.remove(made.names)
    return made


def picture(values: np.ndarray) -> np.ndarray:
    """A picture of a result as a portrait takes it: floats (3, side, side)."""
    return np.asarray(values, dtype=float)


def ring_round(one: Group, other: Group) -> RoundedRectangle:
    """A frame round two portraits, one above the other."""
    both = Group(one, other)
    made = RoundedRectangle(width=both.width + 0.12, height=both.height + 0.12, corner_radius=0.08)
    return made.set_stroke(HIGHLIGHT, 7).move_to(both)
