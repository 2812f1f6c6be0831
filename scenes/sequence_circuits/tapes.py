"""First scene: three tapes without an end, the machine that fills the gaps, and the question how many habits it has."""

from __future__ import annotations

import itertools

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Create,
    FadeIn,
    FadeOut,
    GrowFromEdge,
    Indicate,
    LaggedStart,
    Line,
    Rectangle,
    Restore,
    Rotate,
    Transform,
    VGroup,
    linear,
    rate_functions,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import Cue, StageScene
from tapehead.scenes.stage.circuits import DARK, MLP, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import EAR, FAINT, GROUND, HIGHLIGHT, INK, LUCK, NOSE, PANEL, SOFT

from .tapes_parts import CASE_X, GAP, TORN, WIDE, Tape, jumbled, moon, stars

KINDS = {"numerals": ("digits", NOSE), "words": ("words", EAR), "months": ("months", LUCK)}
ROWS = (2.4, 0.25, -1.9)
MIDDLE = ROWS[1]
LEFT_END = CASE_X + WIDE / 2


class Tapes(StageScene):
    """Tapes, answers, one question or three, and a tower of lights at night."""

    def construct(self) -> None:
        self.three()
        self.answers()
        self.habit()
        self.night()
        self.clear_stage(run_time=0.4)

    def spin(self, seconds: float, *others: Animation) -> None:
        """The reels turn for a while, and the noise flickers, each time it has somewhere to be."""
        if seconds < 0.12:
            return
        turning = [
            Rotate(reel, -0.9 * seconds, about_point=reel.get_center(), rate_func=linear)
            for tape in self.shown
            for reel in tape.cassette.reels
        ]
        rustle = [
            Transform(tape.noise, jumbled(tape.noise, self.rng), rate_func=rate_functions.ease_in_out_quad)
            for tape in self.shown
            if tape.noisy
        ]
        self.play(*turning, *rustle, *others, run_time=seconds)

    def three(self) -> None:
        """Each cassette slides in, its tape runs out member by member and breaks off."""
        task = self.result("says").facts["task"]
        self.tapes = [
            Tape(title, colour, task[kind]["members"], task[kind]["answer"], y, self.rng)
            for (kind, (title, colour)), y in zip(KINDS.items(), ROWS, strict=True)
        ]
        self.shown: list[Tape] = []
        with self.say("tapes.three") as cue:
            self.sound("whoosh")
            cases = [VGroup(t.cassette, t.title).save_state() for t in self.tapes]
            for case, x in zip(cases, (-4.6, 0.0, 4.6), strict=True):
                case.scale(1.8).move_to([x, 0.3, 0])
            self.add(cases[0].shift(1.5 * LEFT))  # the film does not begin in the dark
            arrive = [cases[0].animate.shift(1.5 * RIGHT), *(FadeIn(case, shift=1.5 * RIGHT) for case in cases[1:])]
            self.play(LaggedStart(*arrive, lag_ratio=0.25), run_time=min(1.4, 0.5 * cue.to("digits")))
            for tape in self.tapes:
                self.add(tape.cassette, tape.title)
            self.shown = list(self.tapes)
            self.spin(cue.to("digits") - 0.9)
            self.play(*(Restore(case) for case in cases), run_time=min(0.9, cue.to("digits")))
            marks = ("digits", "words", "months")
            for n, (tape, mark) in enumerate(zip(self.tapes, marks, strict=True)):
                if mark != "words":  # too little is said of the words for a whole tape: theirs starts a little early
                    self.spin(cue.to(mark))
                    cue.until(mark)
                self.sound("tick")
                self.run_out(tape, cue, mark, marks[n + 1 : n + 2])
            self.spin(cue.left)

    def run_out(self, tape: Tape, cue: Cue, mark: str, following: tuple[str, ...]) -> None:
        """The tape comes out of its case; the members are on it; then noise."""
        if mark == "words":
            self.spin(cue.to(mark) - 1.2)
        seconds = min(2.0, cue.to(mark) + 0.7 if mark == "words" else cue.to(following[0]) if following else cue.left)
        self.bring_to_back(tape.ribbon)
        full = tape.ribbon.copy()
        tape.ribbon.stretch(0.01, 0, about_point=tape.ribbon.get_left())
        words = LaggedStart(*(FadeIn(word, shift=0.3 * RIGHT) for word in tape.members), lag_ratio=0.6)
        pull = Transform(tape.ribbon, full, rate_func=rate_functions.ease_out_cubic)
        self.play(
            pull, words, run_time=min(0.7 * seconds, max(0.3, cue.to(mark))) if mark == "words" else 0.7 * seconds
        )
        if mark == "words":
            cue.until(mark)
        self.play(FadeIn(tape.noise), run_time=0.25 * seconds)
        tape.noisy = True

    def answers(self) -> None:
        """The gaps are filled, and bars say how sure the machine was."""
        says = self.result("says")
        with self.say("tapes.answer") as cue:
            self.spin(cue.to("five"))
            cue.until("five")
            share = min(0.7, 0.5 * cue.to("may"))
            for n, tape in enumerate(self.tapes):
                if n == 2:
                    self.spin(cue.to("may"))
                    cue.until("may")
                self.sound("soft-pop")
                tape.noisy = False
                self.play(FadeOut(tape.noise, run_time=0.4 * share), run_time=0.3 * share)
                self.play(FadeIn(tape.patch), FadeIn(tape.answer, scale=1.3), run_time=0.7 * share)
            self.spin(cue.to("sure"))
            cue.until("sure")
            self.bars, self.numbers = VGroup(), VGroup()
            for kind, tape in zip(KINDS, self.tapes, strict=True):
                p = says.read("p_answer", task=kind)
                left = np.array([LEFT_END + 0.12, tape.y, 0])
                bar = Rectangle(width=(TORN - 0.25 - left[0]) * p / 100, height=0.56, stroke_width=0)
                self.bars.add(bar.set_fill(HIGHLIGHT, 1).move_to(left, aligned_edge=LEFT))
                number = Words("{p:.0f} %", p=p, size=BODY, color=GROUND, bold=True)
                self.numbers.add(number.move_to(bar))
            self.caption = Words(
                "how sure, mean of {n:.0f} prompts each",
                n=says.read("prompts", task="numerals"),
                size=SMALL,
                color=SOFT,
            ).move_to([2.0, -3.45, 0])
            # The members have been read: their place on the tape is the rail of the bar.
            self.play(*(FadeOut(tape.members) for tape in self.tapes), run_time=0.3)
            grow = LaggedStart(*(GrowFromEdge(bar, LEFT) for bar in self.bars), lag_ratio=0.2)
            self.play(grow, FadeIn(self.caption), run_time=min(1.3, 0.6 * cue.left))
            self.play(LaggedStart(*(FadeIn(n) for n in self.numbers), lag_ratio=0.2), run_time=0.5)
            self.spin(cue.left)

    def habit(self) -> None:
        """The three lie on top of each other as one question; then they part, and have no symbol in common."""
        letters = [VGroup(t.title, t.members, t.answer) for t in self.tapes]
        with self.say("tapes.habit") as cue:
            gone = [FadeOut(thing) for thing in (self.bars, self.numbers, self.caption)]
            self.spin(min(0.8, cue.to("one")), *gone)
            cue.until("one")
            self.play(*(FadeOut(VGroup(t.title, t.answer)) for t in self.tapes), run_time=0.3)
            self.sound("whoosh")
            together = [
                thing.animate.shift((MIDDLE - t.y) * UP)
                for t in self.tapes
                for thing in (t.ribbon, t.patch, t.cassette)
            ]
            self.play(*together, run_time=0.8)
            question = Words("what comes next?", size=HEADING, color=INK).move_to([0, MIDDLE, 0])
            mark = Words("?", size=HEADING, color=HIGHLIGHT).move_to([GAP, MIDDLE, 0])
            plain = [t.cassette.label.animate.set_fill(SOFT) for t in self.tapes]
            self.play(FadeIn(question), FadeIn(mark), *plain, run_time=0.4)
            self.spin(cue.to("symbol") - 1.0)
            own = [t.cassette.label.animate.set_fill(t.colour) for t in self.tapes]
            self.play(FadeOut(question), FadeOut(mark), *own, run_time=0.25)
            apart = [
                thing.animate.shift((t.y - MIDDLE) * UP)
                for t in self.tapes
                for thing in (t.ribbon, t.patch, t.cassette)
            ]
            self.play(*apart, run_time=max(0.4, cue.to("symbol")))
            self.play(*(FadeIn(group) for group in letters), run_time=0.3)
            cue.until("symbol")
            frames = [tape.tokens() for tape in self.tapes]
            for tape, frame in zip(self.tapes, frames, strict=True):
                tape.members.generate_target()
                coloured = tape.members.target.set_color(tape.colour)
                assert coloured is not None
                shown = LaggedStart(*(Create(f) for f in frame), lag_ratio=0.15)
                self.play(shown, Transform(tape.members, coloured), run_time=min(0.7, max(0.3, cue.to("habits") / 3)))
            self.spin(cue.to("habits"))
            cue.until("habits")
            self.ask(frames, cue.left + 0.3)

    def ask(self, frames: list[VGroup], seconds: float) -> None:
        """Three question marks, and then a single one."""
        marks = [Words("?", size=TITLE, color=t.colour, bold=True).move_to([6.3, t.y, 0]) for t in self.tapes]
        self.sound("soft-pop")
        pop = LaggedStart(*(FadeIn(m, scale=0.4) for m in marks), lag_ratio=0.25)
        self.play(pop, run_time=0.35 * seconds)
        # The cases stay: three questions come together beside them, and are one.
        gone = [FadeOut(thing) for t in self.tapes for thing in (t.ribbon, t.members, t.answer, t.patch, t.title)]
        gone += [FadeOut(frame) for frame in frames]
        self.play(*gone, run_time=0.12 * seconds)  # first: the marks would cross them
        centre = np.array([1.2, 0.3, 0.0])
        self.play(
            *(m.animate.scale(2).move_to(centre + 2.6 * k * RIGHT) for k, m in zip((-1, 0, 1), marks, strict=True)),
            run_time=0.28 * seconds,
        )
        one = Words("?", size=4 * HUGE, color=HIGHLIGHT, bold=True).move_to(centre)
        self.sound("chime")
        merge = [FadeOut(m, target_position=centre) for m in marks]
        self.play(*merge, FadeIn(one, scale=0.6), run_time=0.25 * seconds)
        self.one = one

    def night(self) -> None:
        """A tower at night counts aloud while its lights go out one by one, until there is only noise."""
        sky, crescent = stars(self.rng), moon().move_to([5.4, 2.75, 0])
        tower = Tower(4, 8, width=5.0, height=4.2)
        tower.move_to([-2.4, 0.35, 0])
        wall = Rectangle(width=tower.width + 0.5, height=tower.height + 0.3).set_stroke(SOFT, 3).set_fill(GROUND, 1)
        wall.move_to(tower)
        ground = Line(7.2 * LEFT, 7.2 * RIGHT).set_stroke(FAINT, 3).set_y(wall.get_bottom()[1])
        house = VGroup(ground, wall, tower)
        with self.say("tapes.night") as cue:
            cue.until("guess")
            self.play(Indicate(self.one, scale_factor=1.15, color=HIGHLIGHT), run_time=0.9)
            self.badge_for(Origin.ILLUSTRATION)
            dusk = LaggedStart(*(FadeIn(s) for s in sky), lag_ratio=0.02)
            rise = house.copy()
            house.shift(0.6 * DOWN).fade(0.6)
            takes = max(0.5, 0.5 * cue.to("night"))
            gone = [FadeOut(tape.cassette) for tape in self.tapes]
            self.play(FadeOut(self.one, shift=0.6 * UP), *gone, dusk, FadeIn(house), run_time=takes)
            self.play(Transform(house, rise), FadeIn(crescent, shift=0.4 * UP), run_time=max(0.5, cue.to("night")))
            self.remove(house)
            self.add(ground, wall, tower)
            cue.until("night")
            self.count(tower, cue.to("lights"), cue.left + 0.4, lambda: cue.until("lights"))

    def count(self, tower: Tower, before: float, after: float, at_lights: object) -> None:
        """Members tick past beside the tower; lights go with each; with some still on there is only noise."""
        task = self.result("says").facts["task"]["numerals"]
        place, edge = np.array([4.0, 0.5, 0.0]), tower.get_right()[0] + 0.25
        frame = Rectangle(width=2.6, height=1.8).set_stroke(HIGHLIGHT, 3).set_fill(PANEL, 1).move_to(place)
        said = [Words("{m}", m=Name(m), size=HUGE, color=HIGHLIGHT).move_to(place) for m in task["members"]]
        specks = VGroup()
        for _ in range(180):
            speck = Rectangle(width=float(self.rng.uniform(0.05, 0.16)), height=0.05, stroke_width=0)
            speck.set_fill(str(self.rng.choice([FAINT, SOFT, INK])), float(self.rng.uniform(0.3, 0.9)))
            specks.add(speck.move_to(place + np.array([self.rng.uniform(-1.2, 1.2), self.rng.uniform(-0.8, 0.8), 0])))
        wire = Line([edge, place[1], 0], frame.get_left()).set_stroke(SOFT, 3)
        self.play(Create(wire), FadeIn(frame), FadeIn(said[0]), run_time=max(0.4, before))
        assert callable(at_lights)
        at_lights()
        cells = [(layer, head) for layer in range(4) for head in [*range(8), MLP]]
        order = [cells[n] for n in self.rng.permutation(len(cells))]
        step = after / 6
        now: VGroup = said[0]
        bounds = np.linspace(0, len(order), 6).round().astype(int)
        for n, (low, high) in enumerate(itertools.pairwise(bounds)):
            out = LaggedStart(*(tower.turn([at], DARK) for at in order[low:high]), lag_ratio=0.5)
            self.sound("tick")
            if n + 1 < len(said):
                self.remove(now)
                now = said[n + 1]
                self.add(now)
                self.play(out, run_time=step)
                continue
            if now is not specks:  # the member that was next does not come, and that is how it is seen to stop
                self.remove(now)
                now = specks
                self.add(specks)
            noise = Transform(specks, jumbled(specks, self.rng))
            self.play(out, noise, frame.animate.set_stroke(FAINT), run_time=step)
        self.play(Transform(specks, jumbled(specks, self.rng)), run_time=step)
