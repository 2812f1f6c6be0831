"""First scene: the recipe inside a network, the question why it should know anything, and the dream that answers it."""

from __future__ import annotations

import numpy as np
from manim import (
    DEGREES,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    Transform,
    VGroup,
    rate_functions,
    smooth,
    there_and_back,
)

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import CatPerson, Reader, put
from tapehead.scenes.stage.lettering import TITLE
from tapehead.scenes.stage.matrices import MatrixEquation, column, frame_round, row_frame, weights
from tapehead.scenes.stage.networks import disc
from tapehead.scenes.stage.palette import (
    EAR,
    EAR_TINT,
    FAINT,
    GROUND,
    HIGHLIGHT,
    INK,
    NOSE,
    NOSE_TINT,
    OUTPUT,
    OUTPUT_TINT,
)

from .hook_parts import (
    BAND,
    CLOSE,
    DX,
    DY,
    FAR,
    OUT,
    Lattice,
    beam,
    dozing_letters,
    dreamer,
    gate,
    hanging,
    plug,
    scribbles,
    slide,
    turned_page,
)
from .pictures import asked, chessboard


class Hook(StageScene):
    """Machine, wall of machines, face and sentence and cat, the equation, the doze, the giant cat."""

    def construct(self) -> None:
        self.badge_for(Origin.ILLUSTRATION)  # machines, faces and dreams are drawn; only the equation is computed
        self.recipe()
        self.why()
        self.equation()
        self.asleep()
        self.dream()
        self.clear_stage(run_time=0.4)

    def flow(self, run_time: float, *others: Animation, to: tuple[float, ...] | None = None) -> None:
        """The wave travels on through the wall, which may move meanwhile."""
        self.play(self.wall.wave(run_time, to), *others, run_time=run_time)

    def recipe(self) -> None:
        """Two bars are stretched on their way and become one; then the machine is one of very many."""
        upper, lower = OUT + np.array([-DX, DY / 2, 0.0]), OUT + np.array([-DX, -DY / 2, 0.0])
        discs = VGroup(disc(upper, NOSE), disc(lower, EAR), disc(OUT, OUTPUT))
        wires = VGroup(Line(upper, OUT), Line(lower, OUT), Line(OUT, OUT + 7 * RIGHT)).set_stroke(FAINT, 5)
        ends = ((upper, NOSE, NOSE_TINT, 2.0), (lower, EAR, EAR_TINT, 0.75))
        bars = [beam(start, OUT, 0.0, 0.01, colour) for start, colour, _, _ in ends]
        gates = VGroup(*(gate(start, OUT) for start, _, _, _ in ends))
        with self.say("hook.recipe") as cue:
            self.add(wires, discs)
            grow = LaggedStart(*(FadeIn(d, scale=0.3) for d in discs), lag_ratio=0.25)
            self.play(*(Create(wire) for wire in wires), grow, FadeIn(gates), run_time=0.9)
            VGroup(discs).set_z_index(2)
            self.add(*bars)
            out = [slide(b, s, OUT, (0.1, 0.5, c), (0.75, 1.0, c)) for b, (s, c, _, _) in zip(bars, ends, strict=True)]
            self.play(*out, run_time=max(0.6, cue.to("multiply")))
            cue.until("multiply")
            share = max(0.8, cue.to("add")) / 2
            for bar, ring, (start, colour, tint, length) in zip(bars, gates, ends, strict=True):
                self.sound("soft-pop")
                through = slide(bar, start, OUT, (0.75, 1.0, colour), (3.35, length, tint))
                glow = ring.animate(rate_func=there_and_back).scale(1.25).set_stroke(HIGHLIGHT)
                self.play(through, glow, run_time=share)
            cue.until("add")
            into = [
                slide(bar, start, OUT, (3.35, length, tint), (DX * 1.02, 0.02, tint))
                for bar, (start, _, tint, length) in zip(bars, ends, strict=True)
            ]
            self.play(*into, run_time=0.35)
            self.remove(*bars)
            first, second = Line(OUT, OUT + 0.01 * RIGHT), Line(OUT, OUT + 0.01 * RIGHT)
            answer = VGroup(second.set_stroke(EAR_TINT, 20), first.set_stroke(NOSE_TINT, 20))
            self.add(answer)
            ahead = OUT + 0.72 * RIGHT
            unit = self.shaped(1.0, upright=0.6)  # both by the same, so that one is still as long as the other says
            long = Line(ahead, ahead + 2 * unit * RIGHT).set_stroke(NOSE_TINT, 20)
            short = Line(ahead + 2 * unit * RIGHT, ahead + 2.75 * unit * RIGHT).set_stroke(EAR_TINT, 20)
            self.sound("chime")
            self.play(Transform(first, long), Transform(second, short), run_time=0.4)
            fused = answer.animate.set_stroke(OUTPUT_TINT)
            self.play(fused, discs[2].animate.set_fill(OUTPUT, 1), run_time=max(0.3, min(0.7, cue.to("again"))))
            cue.until("again")
            self.wall = Lattice(OUT)
            self.wall.show(CLOSE, 0.0)
            self.remove(wires)
            self.bring_to_back(self.wall)
            self.sound("whoosh")
            gone = [FadeOut(thing, run_time=0.3) for thing in (answer, gates, discs)]
            self.flow(min(2.0, max(1.4, cue.left)), *gone, to=FAR)
            self.flow(cue.left)

    def why(self) -> None:
        """A face, a sentence and a cat are wired to the wall; the wires come loose."""
        places = [np.array([self.narrowed(x), 1.75, 0.0]) for x in (-4.5, 0.0, 4.5)]
        face = put(CatPerson(0.8, 0.9, 0.3, human=1, height=2.2), places[0])
        words = scribbles().move_to(places[1])
        cat = put(CatPerson(1, 1, 0.5, tinted=True, height=2.0), places[2] + 0.1 * DOWN)
        tied = [VGroup(*(plug(p[0] + x, 0.4, -1.3) for x in (-0.5, 0.0, 0.5))) for p in places]
        with self.say("hook.why") as cue:
            self.flow(max(0.8, min(1.6, cue.to("face"))), to=BAND)
            self.flow(max(0.1, cue.to("face")))
            cue.until("face")
            shown = (FadeIn(face, scale=0.8), LaggedStart(*(Create(w) for w in words), lag_ratio=0.6), FadeIn(cat))
            for appear, wires, mark in zip(shown, tied, ("sentence", "cat", "why"), strict=True):
                time = min(0.9, max(0.5, cue.to(mark)))
                self.flow(time, appear, *(Create(wire) for wire in wires))
                if (rest := cue.to(mark)) > 0.1:
                    self.flow(rest)
                cue.until(mark)
            loose = [
                Transform(wire, hanging(wire, float(self.rng.uniform(-0.35, 0.35))), rate_func=rate_functions.rush_into)
                for wires in tied
                for wire in wires
            ]
            self.sound("soft-pop")
            questions = VGroup(*(asked(np.array([p[0], -1.0, 0.0]), TITLE) for p in places))
            dark = (BAND[0], BAND[1], BAND[2], BAND[3], BAND[4], 0.4)
            self.flow(0.5, *loose, to=dark)
            self.flow(0.5, LaggedStart(*(FadeIn(q, shift=0.25 * UP) for q in questions), lag_ratio=0.3))
            self.add(questions)  # as one: it leaves as one, behind whoever comes next
            self.flow(cue.left + 0.4)
        self.gone = [self.wall, face, words, cat, *tied, questions]

    def equation(self) -> None:
        """Somebody with a book; the box, the column and the answer rise from its pages."""
        numbers = self.result("map")
        self.badge_for(numbers.origin, numbers.model)
        size = self.shaped(1.25 * TITLE, upright=TITLE)
        self.formula = MatrixEquation(
            weights(numbers, size=size),
            column(numbers, "x", (NOSE, EAR), size=size, cat="Tom"),
            column(numbers, "a", (OUTPUT, OUTPUT), size=size, cat="Tom"),
            size=size,
            buff=0.22,
        ).move_to(self.shaped([2.7, 0.3, 0], upright=[0, 2.05, 0]))
        self.box, self.column, self.answer = self.formula.left, self.formula.right, self.formula.answer
        self.tall = self.shaped(4.6, upright=4.0)
        self.reader = Reader(0.0, height=self.tall).move_to(self.shaped([-4.85, -0.4, 0], upright=[0, -1.65, 0]))
        far = self.shaped(4.2, upright=7.0)
        with self.say("hook.equation") as cue:
            self.reader.shift(far * LEFT)
            self.add(self.reader)
            come = self.reader.animate.shift(far * RIGHT)
            gone = (FadeOut(thing) for thing in self.gone)
            self.play(*gone, come, run_time=max(0.9, min(1.2, cue.to("box"))))
            self.nod(cue.to("box"))
            for mark, thing, after in (("box", self.box, "column"), ("column", self.column, "gives")):
                cue.until(mark)
                self.sound("page")
                self.rise(thing, min(1.1, max(0.6, cue.to(after))))
            cue.until("gives")
            self.play(FadeIn(self.formula.equals), run_time=0.3)
            self.rise(self.answer, min(1.0, max(0.6, cue.left - 0.3)))

    def nod(self, seconds: float) -> None:
        """The reader's eyes rest on the book and its head breathes, for as long as there is time."""
        if seconds > 0.5:
            head = self.reader.head.animate(rate_func=there_and_back).shift(0.07 * DOWN)
            self.play(head, run_time=min(1.6, seconds))

    def rise(self, thing: VGroup, run_time: float) -> None:
        """Entries fly out of the page one after the other, then the bracket closes round them."""
        page = self.reader.book.get_top()
        entries = [entry for row in thing.rows for entry in row]
        flights = []
        for entry in entries:
            goal = entry.get_center()
            start = page + 0.35 * (goal - page)
            if thing is not self.box:  # no number flies over what stands already
                start = goal + 1.2 * DOWN
            flights.append(FadeIn(entry, target_position=start))
        self.play(LaggedStart(*flights, lag_ratio=0.2), FadeIn(thing.bracket), run_time=run_time)
        self.add(thing)

    def asleep(self) -> None:
        """One row is the machine of the first line; the pages turn, and the reader is gone."""
        frames = VGroup(row_frame(self.box, 0), frame_round(self.column.rows), frame_round(self.answer.rows[0]))
        with self.say("hook.asleep") as cue:
            cue.until("row")
            self.play(LaggedStart(*(Create(frame) for frame in frames), lag_ratio=0.3), run_time=0.9)
            for entry, part in zip(self.box.rows[0], self.column.rows, strict=True):
                grow = [thing.animate(rate_func=there_and_back).scale(1.22) for thing in (entry, part)]
                self.play(*grow, run_time=0.45)
            pulse = self.answer.rows[0].animate(rate_func=there_and_back).scale(1.22)
            self.play(pulse, run_time=0.45)
            self.nod(cue.to("pages") - 0.1)
            cue.until("pages")
            self.sound("page")
            pages = [turned_page(self.reader.book, 0.0) for _ in range(5)]
            turns = [Transform(page, turned_page(self.reader.book, 1.0), path_arc=1.3) for page in pages]
            self.add(*pages)
            time = max(1.0, min(1.8, cue.to("asleep")))
            self.play(LaggedStart(*turns, lag_ratio=0.3), FadeOut(frames), run_time=time)
            self.remove(*pages)
            cue.until("asleep")
            down = Reader(1.0, height=self.tall).move_to(self.reader.body, aligned_edge=DOWN)
            down.shift(self.reader.body.get_bottom() - down.body.get_bottom())
            tilt = (
                self.formula.animate.rotate(4 * DEGREES).scale(0.88).shift(0.25 * UP + 0.35 * RIGHT)
            )  # room for sleep
            self.play(Transform(self.reader, down), tilt, run_time=max(1.2, cue.left))
            self.play(self.formula.animate(rate_func=smooth).rotate(-6 * DEGREES).shift(0.15 * UP), run_time=0.55)

    def dream(self) -> None:
        """The formula drifts away; a chessboard opens; an enormous cat rises over its horizon."""
        horizon = -0.55
        self.badge_for(Origin.ILLUSTRATION)
        board = chessboard(horizon)
        flat = board.copy().stretch(0.01, 1, about_point=np.array([0.0, horizon, 0.0])).set_fill(opacity=0)
        night = Rectangle(width=15, height=4.6, stroke_width=0, fill_color=GROUND, fill_opacity=1)
        night.move_to([0, horizon, 0], aligned_edge=UP)
        tall, middle = self.shaped((4.7, 0.9), upright=(4.2, 0.6))
        cat = put(CatPerson(1, 1, 0.45, lids=0, tinted=True, height=tall), np.array([middle, 1.0, 0.0]))
        person = dreamer().move_to([self.shaped(-2.35, upright=-2.6), -1.75, 0])
        with self.say("hook.dream") as cue:
            parts = [*self.box.rows[0], *self.box.rows[1], *(r[0] for r in self.column.rows), self.formula.equals]
            parts += [row[0] for row in self.answer.rows]
            drift = [
                FadeOut(part, shift=np.array([self.rng.uniform(-1.2, 1.2), self.rng.uniform(0.9, 2.0), 0.0]))
                for part in parts
            ]
            drift += [FadeOut(box.bracket, shift=0.8 * UP) for box in (self.box, self.column, self.answer)]
            time = max(1.2, cue.to("floor"))
            self.play(LaggedStart(*drift, lag_ratio=0.08), run_time=0.6 * time)
            self.remove(self.formula)
            self.play(FadeOut(self.reader, scale=0.3, target_position=person), FadeIn(person), run_time=0.4 * time)
            cue.until("floor")
            self.sound("whoosh")
            self.add(night, flat)
            opening = Transform(flat, board, rate_func=rate_functions.ease_out_cubic)
            self.add(person)
            self.play(opening, run_time=max(0.8, min(1.3, cue.to("cat"))))
            cue.until("cat")
            cat.shift(5.6 * DOWN)
            self.add(cat, night, flat, person)
            rising = cat.animate(rate_func=rate_functions.ease_out_cubic).shift(5.6 * UP)
            self.play(rising, run_time=max(1.6, cue.left))
            letters = dozing_letters(np.array([self.shaped(4.25, upright=3.2), 1.75, 0.0]), INK)
            calm = cat.animate(rate_func=there_and_back).shift(0.12 * UP)
            sleep = LaggedStart(*(FadeIn(z, shift=0.2 * UP) for z in letters), lag_ratio=0.4)
            self.play(calm, sleep, run_time=1.5)
