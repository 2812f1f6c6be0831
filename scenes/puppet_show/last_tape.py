"""Twelfth scene: after the treatment; the album, the average in focus, and those who kept their strings."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    Group,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    Square,
    VGroup,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, Words
from tapehead.scenes.stage.palette import FAINT, INK, PANEL, SOFT
from tapehead.scenes.stage.portraits import Monitor, Portrait, Wall, arrange_row

from .ghosts import FOCUS
from .method_parts import chance_of, count_of, pictures, slip_with, upright, wall_of
from .roles import ALBUM, CHANCE, PATIENT, STRINGS, calm, out_of_focus, slip

LIMITS = ("one small model", "one noise level", "one seed")
LEVELS, NOISIEST = 10, 1000
"""Ticks on the rail of noise levels, and the level at its end: that of nothing but noise."""
SPREAD = 8
"""Portraits on a spread of the album."""
WALL, COUNT = np.array([-2.2, 0.45, 0.0]), np.array([5.0, 0.6, 0.0])
COLUMNS, TALL = 12, 6.0
SHARPER = 12
"""Pictures from out of focus to in focus."""


def hourglass(tall: float) -> VGroup:
    """A network in small, not lit: layers, the narrow one in the middle."""
    layers = (Rectangle(width=0.09 * tall, height=share * tall) for share in (1.0, 0.65, 0.3, 0.65, 1.0))
    return VGroup(*layers).arrange(RIGHT, buff=0.05 * tall).set_stroke(FAINT, 4)


class LastTape(StageScene):
    """After the treatment."""

    def construct(self) -> None:
        self.wall()
        self.counted()
        self.first()
        self.small()
        self.prompt()
        self.album()
        self.because()
        self.sharp()
        self.four()

    def wall(self) -> None:
        """The wall as it was, and the tape as it was."""
        found = self.result("erasure")
        self.old, self.rings = wall_of(found, "unedited", COLUMNS, TALL, WALL)
        self.before = count_of(found, "unedited", "before", COUNT)
        self.note = Words("half of them are shown", size=SMALL, color=SOFT).move_to([5.0, -2.2, 0])
        self.tape.keep_clean(self.old, self.before, self.note)
        self.add(self.old, self.note)
        slip_with(self, found, "unedited", over=0.5)
        with self.say("last_tape.wall") as cue:
            cue.until("wall")
            self.play(LaggedStart(*(Create(ring) for ring in self.rings), lag_ratio=0.04), run_time=1.0)
            self.add(self.rings)
            cue.until("before")
            self.play(FadeIn(self.before), run_time=0.4)

    def counted(self) -> None:
        """The wall as it is, and the tape settles with it."""
        found = self.result("erasure")
        new, rings = wall_of(found, "both", COLUMNS, TALL, WALL)
        after = count_of(found, "both", "after", COUNT)
        self.tape.keep_clean(new, after)
        with self.say("last_tape.count") as cue:
            cue.until("now")
            slip_with(self, found, "both", over=1.2)
            self.play(
                FadeOut(self.rings), FadeOut(self.before), FadeOut(self.old), FadeIn(new), FadeIn(rings), run_time=0.6
            )
            self.play(FadeIn(after, scale=1.15), run_time=0.5)
        self.gone = Group(new, rings, after, self.note)

    def first(self) -> None:
        """The portraits of the intake, painted again from their prompt, before and after the same cure."""
        found = self.result("cured")
        methods = found.quantity("picture").labels["method"]
        walls, parts = Group(), VGroup()
        for x, method, name in ((-3.6, "unedited", "first day"), (3.6, "both", "after")):
            at = methods.index(method)
            wall = Wall(upright(found["picture"][at]), 4, 4.6).move_to([x, 1.1, 0])
            hung = np.flatnonzero(found["score"][at][: wall.count] > 0)
            rings = VGroup(*(wall.ring(int(n), STRINGS).set_stroke(STRINGS, 7) for n in hung))
            words = Words(
                "{x} of {n}", x=found.read("scored", method=method), n=found.read("count"), size=HUGE, color=STRINGS
            ).move_to([x, -2.0, 0])
            head = Words(name, size=BODY, color=SOFT).move_to([x, -2.85, 0])
            walls.add(Group(wall, rings))
            parts.add(VGroup(words, head))
        test = chance_of(found.read("p", method="unedited", other="both")).move_to([0, -2.0, 0])
        left = found.read("scored", method="random")
        control = Words("a random arrow leaves {x}", x=left, size=SMALL, color=CHANCE).move_to([3.6, -3.5, 0])
        self.tape.keep_clean(walls, parts, test, control)
        with self.say("last_tape.first") as cue:
            cue.until("first")
            slip(self, found.read("scored", method="unedited"), of=(0.0, float(found["count"])), over=0.5)
            alone = Group(walls[0], parts[0]).shift(3.6 * RIGHT)  # in the middle, until there is an after
            self.play(FadeOut(self.gone), run_time=0.25)
            self.play(FadeIn(walls[0][0]), FadeIn(parts[0][1]), run_time=0.35)
            cue.until("hung")
            self.play(FadeIn(walls[0][1]), FadeIn(parts[0][0]), run_time=0.4)
            self.hold(max(0.1, cue.to("now") - 0.5))
            self.play(alone.animate.shift(3.6 * LEFT), run_time=0.5)
            cue.until("now")
            slip(self, found.read("scored", method="both"), of=(0.0, float(found["count"])), over=0.8)
            self.play(FadeIn(walls[1]), FadeIn(parts[1]), FadeIn(test), run_time=0.6)
            self.play(FadeIn(control), run_time=0.4)
        self.clear_stage(run_time=0.4)

    def limits(self) -> tuple[VGroup, list[VGroup]]:
        """Of networks by size, noise levels and seeds: the dark ones, and the one that is lit with its name."""
        dark, lit = VGroup(), []
        sizes = VGroup(*(hourglass(size) for size in (1.1, 1.7, 2.5)))
        sizes.arrange(RIGHT, buff=0.25, aligned_edge=DOWN).move_to([-4.7, 0.9, 0])
        rail = Line([-1.9, 0, 0], [1.9, 0, 0]).set_stroke(FAINT, 5)
        levels = VGroup(*(Line(0.4 * DOWN, 0.4 * UP).set_stroke(FAINT, 5) for _ in range(LEVELS + 1)))
        for k, level in enumerate(levels):
            level.move_to(rail.point_from_proportion(k / LEVELS))
        share = float(self.result("erasure")["t"]) / NOISIEST
        level = Line(0.9 * DOWN, 0.9 * UP).set_stroke(PATIENT, 14).move_to(rail.point_from_proportion(share))
        VGroup(rail, levels, level).move_to([0, 0.9, 0])
        seeds = VGroup(
            *(RoundedRectangle(corner_radius=0.12, width=1.1, height=1.1).set_stroke(FAINT, 4) for _ in range(6))
        )
        seeds.arrange_in_grid(2, 3, buff=0.25).move_to([4.7, 0.9, 0])
        grain = VGroup(
            *(
                Square(0.16, stroke_width=0)
                .set_fill(PATIENT, 0.15 + 0.85 * float(self.rng.random()))
                .move_to(seeds[0].get_center() + 0.17 * ((i - 2) * RIGHT + (j - 2) * UP))
                for i in range(5)
                for j in range(5)
            )
        )
        frame = seeds[0].copy().set_stroke(PATIENT, 7)
        dark.add(*sizes[1:], rail, levels, *seeds[1:])
        for x, picture, text in zip((-4.7, 0.0, 4.7), (sizes[0], level, VGroup(grain, frame)), LIMITS, strict=True):
            words = Words(text, size=HEADING, color=INK).move_to([x, -1.5, 0])
            lit.append(VGroup(picture.set_stroke(PATIENT) if picture is sizes[0] else picture, words))
        return dark, lit

    def small(self) -> None:
        """What was looked at, one of many; then the album's ghost, which does better."""
        found = self.result("erasure")
        dark, lit = self.limits()
        walls, parts = Group(), VGroup()
        for x, method, name, colour in (
            (-3.5, "both", "the two arrows", PATIENT),
            (3.5, "eigenface", "the album’s ghost", ALBUM),
        ):
            walls.add(Group(*wall_of(found, method, COLUMNS, 4.3, np.array([x, 1.35, 0]))))
            scored, of = found.read("scored", method=method), found.read("count")
            head = Words(name, size=BODY, color=colour).move_to([x, -1.35, 0])
            told = Words("{x} of {n}", size=HUGE, color=STRINGS, x=scored, n=of).move_to([x, -2.3, 0])
            parts.add(VGroup(head, told))
        test = chance_of(found.read("p", method="both", other="eigenface")).move_to([0, -2.3, 0])
        note = Words("half of them are shown", size=SMALL, color=SOFT).move_to([0, -3.3, 0])
        self.tape.keep_clean(dark, *lit, walls, parts, test, note)
        with self.say("last_tape.small") as cue:
            self.play(FadeIn(dark), run_time=0.5)
            cue.until("small")
            for one in lit:
                self.play(FadeIn(one, scale=1.2), run_time=0.9)
            cue.until("album")
            self.play(
                *(FadeOut(part) for part in (dark, *lit)),
                *(FadeIn(part) for part in (walls[0], parts[0], parts[1][0], note)),
                run_time=0.5,
            )
            cue.until("zero")
            slip_with(self, found, "eigenface", over=0.6)
            self.play(FadeIn(walls[1]), FadeIn(parts[1][1]), FadeIn(test), run_time=0.6)
            self.hold(max(0.1, cue.left - 1.4))
            self.play(Indicate(parts[1][1], color=STRINGS, scale_factor=1.2), run_time=0.9)
        self.clear_stage(run_time=0.4)

    def prompt(self) -> None:
        """The patient and an empty prompt."""
        monitor = Monitor(pictures(self.result("erasure"), "both")[0], 6.0).move_to([-3.3, 0.3, 0])
        note = RoundedRectangle(corner_radius=0.15, width=5.4, height=4.6).set_fill(PANEL, 1).set_stroke(SOFT, 3)
        note.move_to([3.7, 0.3, 0])
        rules = VGroup(*(Line([1.6, y, 0], [5.8, y, 0]).set_stroke(FAINT, 4) for y in (0.4, -0.5, -1.4)))
        head = Words("prompt", size=HEADING, color=SOFT).move_to([3.7, 1.7, 0])
        self.tape.keep_clean(monitor.screen, note, head)
        with self.say("last_tape.prompt") as cue:
            self.play(FadeIn(monitor), monitor.lamp.animate.set_fill(PATIENT), FadeIn(note), FadeIn(head), run_time=0.5)
            self.play(LaggedStart(*(Create(rule) for rule in rules), lag_ratio=0.4), run_time=max(0.6, cue.left - 0.2))
        self.clear_stage(run_time=0.4)

    def album(self) -> None:
        """The album itself, spread by spread; the tape slips with each page that hangs."""
        found = self.result("album")
        pages, hung = upright(found["page"]), found["page_hung"]
        spreads = [Wall(pages[n : n + SPREAD], 4, 6.6).move_to([0, 0.35, 0]) for n in range(0, len(pages), SPREAD)]
        self.tape.keep_clean(*spreads)
        here = spreads[0]
        with self.say("last_tape.album") as cue:
            slip(self, found.read("hung"), of=(0.0, 100.0), over=0.8)
            self.play(FadeIn(here), run_time=0.6)
            cue.until("leaf")
            for spread in spreads[1:]:
                self.play(FadeOut(here, shift=3 * LEFT), FadeIn(spread, shift=3 * LEFT), run_time=0.55)
                here = spread
        self.spread, self.hung = here, hung
        self.pages = pages

    def because(self) -> None:
        """Many pages at once: those that hang are ringed, and taken out for an album that nobody has tried."""
        found = self.result("album")
        wall = Wall(self.pages, 8, 6.4).move_to([-1.6, 0.4, 0])
        rings = VGroup(*(wall.ring(int(n), STRINGS).set_stroke(STRINGS, 7) for n in np.flatnonzero(self.hung)))
        share = Words("{x:.0f} %", x=found.read("hung"), size=1.4 * HUGE, color=STRINGS, bold=True)
        share.move_to([5.3, 1.2, 0])
        of = Words("of {n}", n=found.read("faces"), size=BODY, color=SOFT).next_to(share, DOWN, buff=0.25)
        label = Words("in the prompt:\nnothing", size=BODY, color=SOFT, align="center").move_to([5.3, -1.6, 0])
        empty = VGroup(*(wall.ring(int(n), FAINT).set_fill(PANEL, 1) for n in np.flatnonzero(self.hung)))
        never = Words("not tried", size=HEADING, color=INK).move_to([5.3, -0.5, 0])
        self.tape.keep_clean(wall, share, of, label, empty, never)
        with self.say("last_tape.because") as cue:
            self.play(FadeOut(self.spread), FadeIn(wall), run_time=0.4)
            cue.until("half")
            self.play(LaggedStart(*(Create(r) for r in rings), lag_ratio=0.05), FadeIn(share), FadeIn(of), run_time=1.0)
            cue.until("nobody")
            self.play(FadeIn(label), run_time=0.6)
            cue.until("words")
            self.play(Indicate(label, color=INK, scale_factor=1.15), run_time=0.8)
            cue.until("seen")
            self.play(rings.animate.set_stroke(width=10), run_time=0.6)
            cue.until("brother")
            self.play(FadeOut(share), FadeOut(of), FadeOut(label), FadeIn(never), run_time=0.6)
            cue.until("without")
            calm(self, over=0.8)
            self.play(FadeOut(rings), LaggedStart(*(FadeIn(e) for e in empty), lag_ratio=0.06), run_time=1.2)
        self.clear_stage(run_time=0.4)

    def sharp(self) -> None:
        """The average of the third scene comes into focus, as large as the frame leaves room above the badge."""
        mean = self.result("album")["mean"]
        widths = FOCUS * np.linspace(1, 0, SHARPER + 1) ** 1.5
        steps = [Portrait(out_of_focus(mean, float(w)), 7.0, colour=ALBUM).shift(0.42 * UP) for w in widths]
        self.tape.keep_clean(*steps)
        here = steps[0]
        with self.say("last_tape.sharp") as cue:
            self.play(FadeIn(here), run_time=0.6)
            cue.until("sharp")
            for step in steps[1:]:
                self.play(FadeIn(step), run_time=max(0.12, 2.6 / SHARPER))
                self.remove(here)
                here = step
        self.clear_stage(run_time=0.6)

    def four(self) -> None:
        """The portraits that kept their strings: the last picture."""
        found = self.result("erasure")
        kept = np.flatnonzero(found["survivor_score"] > 0)
        after = upright(found["survivor_picture"][found.quantity("survivor_picture").labels["way"].index("after")])
        faces = [after[k] for k in kept] or [after[0]]  # where none kept them: the one that came nearest
        few = len(faces) <= 5
        row = arrange_row(faces, 13.4, tallest=5.4) if few else Wall(faces, -(-len(faces) // 3), 7.0)
        row.move_to([0, 0.2, 0])
        self.tape.keep_clean(row)
        with self.say("last_tape.four") as cue:
            cue.until("four")
            slip(self, found.read("survivor_score", place=0), over=1.5)
            self.play(FadeIn(row), run_time=1.2)
        self.hold(0.8)
        calm(self, over=0.8)
        self.clear_stage(run_time=1.2, at_once=True)
