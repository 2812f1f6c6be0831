"""Seventh scene: one ruler fails on twins, a second one stands up, and a control says that ears were the thing."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    PI,
    RIGHT,
    UP,
    Create,
    DashedLine,
    Dot,
    FadeIn,
    FadeOut,
    GrowArrow,
    GrowFromEdge,
    LaggedStart,
    Line,
    ReplacementTransform,
    Rotate,
    Transform,
    ValueTracker,
    VGroup,
    VMobject,
    always_redraw,
)

from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.cats import CatPerson
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TITLE, Words
from tapehead.scenes.stage.networks import disc
from tapehead.scenes.stage.palette import EAR, EAR_TINT, HIGHLIGHT, INK, NAP, NOSE, NOSE_TINT, SOFT
from tapehead.scenes.stage.planes import Plane
from tapehead.scenes.stage.rulers import bar, value, value_bar

from .pictures import (
    axis,
    envelope,
    heap,
    hop,
    left_plane,
    nap_neuron,
    nap_ruler,
    portrait,
    rate_chart,
    rings_of,
    small_face,
)

CORNER = np.array([-6.0, -2.4, 0.0])
"""Zero of the scatter, and later of the plane of nose and ear."""
UNIT = 1.85
"""Frame units per unit of nose and of ear."""
NAP_UNIT = 0.82
"""Frame units per nap in the scatter."""
SIZE = 2.65
"""Length of the plane's axes, in units."""
LOST = 0.8
"""Typical miss, in naps, at which the tape has lost its track altogether."""
NUMBERS = (0.55, -4.0, 7.2, 4.0)
"""The right half, where the numbers stand: left, bottom, right, top.  The tape leaves it alone."""


class SecondRuler(StageScene):
    """Twins, the best single rate, the plane, two rates, the shuffled control."""

    def construct(self) -> None:
        self.cats, self.fit, self.map = self.result("cats"), self.result("fit"), self.result("map")
        self.names = ("Tom", "Mia")
        self.tape.off()
        self.twins()
        self.stuck()
        self.best()
        self.upright()
        self.walk()
        self.fit_both()
        self.control()
        self.rates()

    def twin(self, name: str, height: float, *, smile: bool = False, blue: bool = True) -> CatPerson:
        """A twin's face from the table, with the nap as its smile if it is known."""
        nose, ear = (self.map.read("x", cat=name, input=key) for key in ("nose", "ear"))
        nap = float(self.cats.read("nap", cat=name)) if smile else 0.0
        return portrait((nose, ear), nap, height, collar=name == "Mia", blue_ears=blue)

    # -- one nose, two naps ------------------------------------------------------------------------

    def twins(self) -> None:
        """Two cats with one nose walk in; their naps drop on the nap line."""
        homes = {"Tom": np.array([-5.1, 0.55, 0]), "Mia": np.array([-1.4, 0.55, 0])}
        self.homes = homes
        self.line = nap_ruler(self.result("ruler"), 0, 4, (3.6, -2.7), 1.35, upright=True)
        self.add(self.line)
        with self.say("second_ruler.twins") as cue:
            cue.until("walk")
            self.faces = {name: self.twin(name, 2.2, blue=False).shift(homes[name]) for name in self.names}
            away = {"Tom": 5 * LEFT, "Mia": 10 * RIGHT}
            walks = []
            for name, face in self.faces.items():
                centre = face.get_center()
                walks.append(hop(face, centre + away[name], centre, 3 if name == "Tom" else 5))
            self.play(*walks, run_time=min(1.9, max(1.2, cue.to("nose") - 0.5)))
            self.tags = VGroup(*(Words(name, size=BODY).move_to(homes[name] + 1.85 * DOWN) for name in self.names))
            self.play(FadeIn(self.tags), run_time=0.4)
            cue.until("nose")
            width = 1.35
            self.bars = VGroup(
                *(bar(home + np.array([-width / 2, -2.35, 0]), width, NOSE, 0.26) for home in homes.values())
            )
            nose = self.cats.read("nose", cat="Tom")
            self.same = Words("nose {n}", n=nose, size=BODY, color=NOSE).move_to([-3.25, -2.45, 0])
            sources = [face.nose.copy() for face in self.faces.values()]
            self.play(
                *(ReplacementTransform(source, made) for source, made in zip(sources, self.bars, strict=True)),
                FadeIn(self.same),
                run_time=0.9,
            )
            for name, mark in (("Tom", "tom"), ("Mia", "mia")):
                cue.until(mark)
                self.drop_nap(name)

    def drop_nap(self, name: str) -> None:
        """A smile widens to its nap, and the nap lands on the nap line."""
        nap = self.cats.read("nap", cat=name)
        smiling = self.twin(name, 2.2, smile=True, blue=False).shift(self.homes[name])
        tick = self.line.tick(nap)
        drop = Dot(self.faces[name].mouth.get_center(), radius=0.16, color=NAP)
        label = Words(f"{name} {{n}}", n=nap, size=BODY, color=NAP).next_to(tick, RIGHT, buff=0.25)
        self.play(Transform(self.faces[name], smiling), drop.animate.move_to(self.line.at(nap)), run_time=0.9)
        self.play(ReplacementTransform(drop, tick), FadeIn(label), run_time=0.35)
        self.sound("tick")

    def stuck(self) -> None:
        """One wire can only point at one nap: closing one gap opens the other."""
        start = np.array([0.6, -2.0, 0])
        guess = ValueTracker(float(self.fit.read("predicted", model="nose", cat="Tom")))
        low, high = (float(self.cats.read("nap", cat=name)) for name in self.names)
        at = self.line.at
        wire = always_redraw(lambda: Line(start, at(guess.get_value())).set_stroke(INK, 5))
        tip = always_redraw(lambda: Dot(at(guess.get_value()), radius=0.15, color=INK))

        def gap(nap: float) -> Line:
            shift = 0.85 * LEFT
            here = guess.get_value()
            return Line(at(here) + shift, at(nap + 1e-4) + shift).set_stroke(HIGHLIGHT, 10)

        with self.say("second_ruler.stuck") as cue:
            joined = disc(start, NOSE, 0.4).set_fill(NOSE, 1)
            threads = VGroup(*(Line(made.get_right(), start) for made in self.bars)).set_stroke(NOSE, 4)
            threads[0].become(Line(self.bars[0].get_right(), self.bars[1].get_left()).set_stroke(NOSE, 4))
            self.play(Create(threads), FadeIn(joined), run_time=0.8)
            self.play(Create(wire), FadeIn(tip), run_time=0.5)
            self.play(guess.animate.set_value(1.0), run_time=max(0.5, (cue.to("same") - 0.1) / 2))
            self.play(guess.animate.set_value(3.9), run_time=max(0.5, cue.to("same")))
            self.play(guess.animate.set_value(low), run_time=max(0.6, cue.to("wrong") - 0.3))
            label, other = (
                Words("{who} off by {g}", who=who, g=self.fit.read("twin_gap"), size=SMALL, color=HIGHLIGHT)
                for who in ("Mia", "Tom")
            )
            for each in (label, other):
                each.move_to([2.5, 1.55, 0], RIGHT)
            gaps = VGroup(always_redraw(lambda: gap(low)), always_redraw(lambda: gap(high)))
            self.play(FadeIn(gaps), FadeIn(label), run_time=0.4)
            cue.until("wrong")
            self.play(guess.animate.set_value(high), FadeOut(label), run_time=0.8)
            label = other
            self.play(FadeIn(label), run_time=0.3)

    def best(self) -> None:
        """Swing a line through all cats; trace how far it misses; stop at the least."""
        self.nose, self.ear, nap = self.cats["nose"], self.cats["ear"], self.cats["nap"]
        grid, miss = self.fit["sweep_w"], self.fit["sweep_rms"]
        best = self.fit.read("weight_nose", feature="nose")
        rate, reach = ValueTracker(1.0), ValueTracker(1.01)
        base, right, up = np.array([1.3, -2.2, 0]), 1.28, 1.45

        def chart(w: float) -> np.ndarray:
            return base + np.array([right * w, up * float(np.interp(w, grid, miss)), 0])

        def through_zero(w: float) -> Line:
            reach_x = min(2.45, 7.4 / w)
            return Line(CORNER, CORNER + reach_x * np.array([UNIT, NAP_UNIT * w, 0])).set_stroke(NOSE_TINT, 6)

        def trace() -> VMobject:
            ends = (1.0, reach.get_value())
            return VMobject().set_points_as_corners([chart(w) for w in np.linspace(*ends, 50)]).set_stroke(HIGHLIGHT, 6)

        with self.say("second_ruler.best") as cue:
            self.clear_stage(run_time=0.4)
            self.flat = VGroup(
                Line(CORNER, CORNER + UNIT * SIZE * RIGHT).set_stroke(NOSE, 5),
                Words("nose", size=SMALL, color=NOSE).next_to(CORNER + UNIT * SIZE * RIGHT, RIGHT, buff=0.15),
            )
            upright = Line(CORNER, CORNER + 6.1 * NAP_UNIT * UP).set_stroke(NAP, 5)
            nap_title = Words("nap", size=SMALL, color=NAP).next_to(upright, UP, buff=0.12)
            self.dots = VGroup(
                *(
                    Dot(CORNER + np.array([UNIT * x, NAP_UNIT * y, 0]), radius=0.085, color=INK)
                    for x, y in zip(self.nose, nap, strict=True)
                )
            )
            note = Words("{n} invented cats", n=self.cats.read("cats"), size=SMALL, color=SOFT).move_to([0, -3.4, 0])
            self.play(FadeIn(self.flat, upright, nap_title, note), run_time=0.4)
            self.play(LaggedStart(*(FadeIn(dot, scale=3) for dot in self.dots), lag_ratio=0.03), run_time=0.8)
            fitted = always_redraw(lambda: through_zero(rate.get_value()))
            frame, titles = rate_chart(base)
            curve, runner = (
                always_redraw(trace),
                always_redraw(lambda: Dot(chart(rate.get_value()), radius=0.16, color=HIGHLIGHT)),
            )
            self.tape.on()
            self.tape.tracking(None, place=0.5, height=56.0)
            kept = self.tape.keep_clean(self.standing_badge, note, NUMBERS)
            self.tape.follow(
                "track.error",
                lambda: float(np.interp(rate.get_value(), grid, miss)),
                of=(0.0, LOST),
                to=(0.0, 1.0),
                named="fit/sweep_rms",
            )
            self.play(FadeIn(frame, titles, fitted, runner), run_time=0.4)
            self.add(curve, runner)
            self.play(rate.animate.set_value(3.7), reach.animate.set_value(3.7), run_time=max(1.2, cue.to("rate")))
            self.play(rate.animate.set_value(float(best)), run_time=max(0.9, (cue.to("misses")) * 0.6))
            least = chart(float(best))
            stem = DashedLine(least, [least[0], base[1], 0], dash_length=0.12).set_stroke(NOSE_TINT, 4)
            number = value(best, NOSE_TINT, BODY, ".1f").next_to([least[0], base[1], 0], DOWN, buff=0.2)
            self.play(Create(stem), FadeIn(number), run_time=0.4)
            cue.until("misses")
            predicted = self.fit["predicted"][0]
            self.misses = VGroup(
                *(
                    Line(dot.get_center(), CORNER + np.array([UNIT * x, NAP_UNIT * p, 0])).set_stroke(HIGHLIGHT, 5)
                    for dot, x, p in zip(self.dots, self.nose, predicted, strict=True)
                )
            )
            size = value(self.fit.read("rms", model="nose"), HIGHLIGHT, BODY, ".1f").next_to(least, UP, buff=0.35)
            self.play(Create(self.misses), FadeIn(size), run_time=0.9)
            cue.until("tears")
            self.play(self.misses.animate.set_stroke(width=9), size.animate.scale(1.2), run_time=0.8)
        self.tape.off()
        kept.release()
        self.charts = VGroup(upright, nap_title, fitted, frame, titles, curve, runner, stem, number, size, note)

    # -- a second ruler ----------------------------------------------------------------------------

    def upright(self) -> None:
        """The scatter folds onto the nose line; a blue ruler lies down on it and stands up."""
        self.sheet = Plane(CORNER, UNIT, (0, SIZE), (0, SIZE), beside=True)
        with self.say("second_ruler.upright") as cue:
            self.charts.clear_updaters()
            self.play(FadeOut(self.charts, self.misses), run_time=0.4)
            folds = [dot.animate.move_to([dot.get_x(), CORNER[1], 0]).set_color(SOFT) for dot in self.dots]
            self.play(*folds, run_time=max(0.7, cue.to("enough")))
            self.homes = {"Tom": np.array([2.1, 0.2, 0]), "Mia": np.array([5.3, 0.2, 0])}
            self.faces = {
                name: self.twin(name, 1.8, smile=True, blue=False).shift(home) for name, home in self.homes.items()
            }
            self.tags = VGroup(*(Words(n, size=BODY).move_to(h + 1.5 * DOWN) for n, h in self.homes.items()))
            self.play(FadeIn(*self.faces.values(), self.tags), run_time=0.5)
            cue.until("ears")
            blue = {name: self.twin(name, 1.8, smile=True).shift(self.homes[name]) for name in self.names}
            labels = VGroup()
            for name, home in self.homes.items():
                ear = self.map.read("x", cat=name, input="ear")
                labels.add(Words("ear {e}", e=ear, size=BODY, color=EAR).move_to(home + 2.75 * DOWN))
            self.play(*(Transform(self.faces[n], blue[n]) for n in self.names), FadeIn(labels), run_time=0.7)
            self.labels = labels
            second = Line(CORNER, CORNER + UNIT * SIZE * RIGHT).set_stroke(EAR, 6)
            self.play(Create(second), run_time=max(0.5, cue.to("upright") - 0.1))
            cue.until("upright")
            self.sound("whoosh", -8)
            self.play(Rotate(second, PI / 2, about_point=CORNER), run_time=0.9)
            self.play(Create(self.sheet.grid), FadeIn(self.sheet.names[1]), run_time=0.6)
            self.remove(second, self.flat)
            self.add(self.sheet)
            self.bring_to_front(self.dots)

    def walk(self) -> None:
        """Across, then up: the twins part."""
        sheet, x = self.sheet, self.map
        noses, ears = ({name: float(x.read("x", cat=name, input=k)) for name in self.names} for k in ("nose", "ear"))
        places = {name: (noses[name], ears[name]) for name in self.names}
        self.orders = VGroup()
        with self.say("second_ruler.walk") as cue:
            self.play(FadeOut(self.dots), run_time=0.5)
            cue.until("tom")
            tom, mia = places["Tom"], places["Mia"]
            across = sheet.arrow((0, 0), (tom[0], 0), NOSE)
            one = value(x.read("x", cat="Tom", input="nose"), NOSE, BODY).next_to(across, DOWN, buff=0.15)
            self.play(GrowArrow(across), FadeIn(one), self.instruct("Tom"), run_time=max(0.6, cue.to("up") - 0.1))
            cue.until("up")
            rise = sheet.arrow((tom[0], 0), tom, EAR)
            step = value(x.read("x", cat="Tom", input="ear"), EAR, BODY).next_to(rise, LEFT, buff=0.15)
            self.play(GrowArrow(rise), FadeIn(step), run_time=0.6)
            self.play(self.land("Tom", tom), run_time=0.7)
            cue.until("mia")
            self.play(across.animate.set_stroke(width=14), self.instruct("Mia"), run_time=0.3)
            self.play(across.animate.set_stroke(width=8), run_time=0.3)
            higher = sheet.arrow((mia[0], 0), mia, EAR)
            steps = value(x.read("x", cat="Mia", input="ear"), EAR, BODY).next_to(sheet.at(mia), LEFT, buff=0.25)
            self.play(ReplacementTransform(rise, higher), FadeIn(steps), run_time=0.6)
            self.play(self.land("Mia", mia), run_time=0.6)
            cue.until("apart")
            low, high = sheet.at(tom), sheet.at(mia)
            spread = Line(low, high).set_stroke(HIGHLIGHT, 14)
            self.play(Create(spread), run_time=0.5)
            self.play(spread.animate.set_stroke(width=20), run_time=0.3)
            self.play(spread.animate.set_stroke(width=10), run_time=0.3)
        twins = VGroup(*self.faces.values(), self.tags, self.labels, self.orders)
        self.walked = VGroup(across, one, step, higher, steps, spread, *self.landed, twins)

    def land(self, name: str, place: tuple[float, float]) -> FadeIn:
        """A copy of a twin flies to its point of the plane."""
        face = small_face(*place, self.sheet.at(place) + np.array([0.85, 0.0, 0]), 0.85, collar=name == "Mia")
        dot = Dot(self.sheet.at(place), radius=0.13, color=INK)
        self.landed = [*getattr(self, "landed", []), face, dot]
        return FadeIn(VGroup(face, dot), target_position=self.homes[name], scale=2)

    def instruct(self, name: str) -> FadeIn:
        """Under a twin: how far across."""
        nose = self.map.read("x", cat=name, input="nose")
        self.orders.add(Words("nose {n}", n=nose, size=BODY, color=NOSE).move_to(self.homes[name] + 2.15 * DOWN))
        return FadeIn(self.orders[-1])

    # -- both rates, and a control -----------------------------------------------------------------

    def places(self, ears: np.ndarray) -> list[np.ndarray]:
        """Where the cats stand on the plane, with these ears."""
        return [self.sheet.at((x, y)) for x, y in zip(self.nose, ears, strict=True)]

    def fit_both(self) -> None:
        """Two rates grow; the misses shrink."""
        fit, left = self.fit, 2.9
        rows = {"nose": 2.3, "ear": 1.4, "nose alone": -0.9, "with ear": -1.8}
        with self.say("second_ruler.fit") as cue:
            names = VGroup(*(Words(text, size=BODY).move_to([left - 0.2, y, 0], RIGHT) for text, y in rows.items()))
            names[0].set_color(NOSE_TINT)
            names[1].set_color(EAR_TINT)
            head = Words("typical miss", size=BODY, color=HIGHLIGHT).move_to([left, 0.0, 0], LEFT)
            wide = Words("fit through zero", size=SMALL, color=SOFT).move_to([0.4, -3.4, 0])
            # First what stands there goes; each name then comes with its bar.
            self.play(FadeOut(self.walked), run_time=0.2)
            self.play(FadeIn(head, wide), run_time=0.3)
            ups = [
                dot.animate.move_to(place).set_color(INK)
                for dot, place in zip(self.dots, self.places(self.ear), strict=True)
            ]
            self.play(FadeIn(self.dots), run_time=0.3)
            old = value_bar([left, rows["nose alone"], 0], fit.read("rms", model="nose"), HIGHLIGHT, 3.6)
            self.play(*ups, run_time=0.8)
            rings = rings_of(self.dots, self.fit["residual"][0])
            self.tape.on()
            self.tape.keep_clean(self.standing_badge, wide, NUMBERS)
            # The tape is as far off as the model on screen.
            self.tape.follow("track.error", fit.read("rms", model="nose"), of=(0.0, LOST), to=(0.0, 1.0))
            self.play(FadeIn(names[2]), FadeIn(old, rings), run_time=0.4)
            parts = VGroup(names, head, wide, old)
            for row, name, colour in zip(names, ("nose", "ear"), (NOSE_TINT, EAR_TINT), strict=False):
                cue.until(name)
                made = value_bar([left, rows[name], 0], fit.read("weight_both", feature=name), colour, 1.25)
                self.play(FadeIn(row), GrowFromEdge(made[0], LEFT), FadeIn(made[1]), run_time=0.8)
                parts.add(made)
            falls = value_bar([left, rows["with ear"], 0], fit.read("rms", model="nose and ear"), HIGHLIGHT, 3.6)
            cue.until("falls")
            both = fit.read("rms", model="nose and ear")
            self.tape.follow("track.error", both, of=(0.0, LOST), to=(0.0, 1.0), over=1.2)
            self.play(
                ReplacementTransform(old[0].copy(), falls[0]),
                Transform(rings, rings_of(self.dots, self.fit["residual"][1])),
                FadeIn(names[3]),
                FadeIn(falls[1]),
                run_time=1.2,
            )
        self.tape.off()
        self.table = VGroup(parts, falls, rings)

    def control(self) -> None:
        """Shuffle the ears: a heap of misses far from the real one."""
        fit, null = self.fit, self.fit["null_rms"]
        base, right = np.array([1.2, -2.0, 0]), 7.6
        with self.say("second_ruler.control") as cue:
            frame = axis(base, base + 5.3 * RIGHT)
            title = Words("typical miss", size=SMALL, color=HIGHLIGHT).next_to(frame, DOWN, buff=0.85)
            self.play(FadeOut(self.table), run_time=0.25)  # first: the axis comes where the last bar stands
            self.play(FadeIn(frame, title), run_time=0.3)
            cue.until("shuffle")
            bars = heap(null, 0, base, right)
            self.add(bars)
            head = Words("{n} shuffles of the ears", n=fit.read("shuffles"), size=SMALL, color=EAR).move_to(
                [3.9, 2.6, 0]
            )
            self.play(FadeIn(head), self.dots.animate.set_color(EAR), run_time=0.3)
            rounds, total = 4, max(2.4, cue.to("none") - 0.2)
            for turn in range(rounds):
                mixed = self.places(self.rng.permutation(self.ear))
                moves = [dot.animate.move_to(place) for dot, place in zip(self.dots, mixed, strict=True)]
                share = ((turn + 1) / rounds) ** 2
                self.play(*moves, Transform(bars, heap(null, share, base, right)), run_time=total / rounds)
            cue.until("none")
            real = fit.read("rms", model="nose and ear")
            mark = Line(0 * UP, 1.9 * UP).shift(base + right * float(real) * RIGHT).set_stroke(HIGHLIGHT, 8)
            name = VGroup(
                Words("real ears", size=SMALL, color=HIGHLIGHT),
                Words("{k} of {n} as low", k=fit.read("null_count"), n=fit.read("shuffles"), size=SMALL),
            )
            name.arrange(DOWN, buff=0.12).next_to(mark, UP, buff=0.15)
            number = value(real, HIGHLIGHT, SMALL, ".2f").next_to(mark, DOWN, buff=0.2)
            home = [
                dot.animate.move_to(place).set_color(INK)
                for dot, place in zip(self.dots, self.places(self.ear), strict=True)
            ]
            self.play(*home, Create(mark), FadeIn(name[0], number), run_time=0.7)
            self.play(FadeIn(name[1]), run_time=0.3)
            cue.until("best")
            luckiest = fit.read("null_quantiles", quantile="0%")
            place = base + right * float(luckiest) * RIGHT
            edge = Line(place, place + 0.9 * UP).set_stroke(INK, 6)
            low = value(luckiest, INK, SMALL, ".1f").next_to(edge, DOWN, buff=0.2)
            self.play(Create(edge), FadeIn(low), run_time=0.5)
            arrow = DashedLine(mark.get_start() + 0.7 * UP, place + 0.7 * UP, dash_length=0.14).set_stroke(SOFT, 4)
            self.play(Create(arrow), run_time=0.5)

    # -- keep the rates ----------------------------------------------------------------------------

    def rates(self) -> None:
        """Two wires into one disc, the sealed truth opened, and a question left over."""
        keys, colours = ("nose", "ear"), {"nose": (NOSE, NOSE_TINT), "ear": (EAR, EAR_TINT)}
        spots = {"nose": np.array([0.9, 3.1, 0]), "ear": np.array([0.9, 1.55, 0])}
        target = np.array([4.7, 2.35, 0])
        letter = np.array([3.4, -1.3, 0])
        plane, ruler = left_plane(), nap_ruler(self.result("ruler"))
        with self.say("second_ruler.rates") as cue:
            self.clear_stage(self.sheet, self.dots, run_time=0.4)
            moves = (
                dot.animate.move_to(plane.at((x, y))) for dot, x, y in zip(self.dots, self.nose, self.ear, strict=True)
            )
            # The same plane, with room for less than nothing.
            self.play(*self.sheet.into(plane), *moves, run_time=0.8)
            self.add(plane, self.dots)
            neuron, names = nap_neuron(spots, target)
            fitted = VGroup(
                *(
                    value(self.fit.read("weight_both", feature=key), colours[key][1], BODY, ".2f").move_to(
                        (spots[key] + target) / 2 + (0.45 if key == "nose" else -0.45) * UP
                    )
                    for key in keys
                )
            )
            self.play(FadeIn(neuron, names), run_time=0.4)
            self.play(LaggedStart(*(FadeIn(n, shift=3 * LEFT) for n in fitted), lag_ratio=0.3), run_time=0.9)
            back, front = envelope(letter, 2.8)
            self.play(FadeIn(back, front, shift=DOWN), run_time=max(0.4, cue.to("hid") - 0.5))
            cue.until("hid")
            planted = VGroup(
                *(value(self.cats.read("planted", input=key), colours[key][1], HEADING) for key in keys)
            ).arrange(RIGHT, buff=0.7)
            planted.move_to(letter)
            self.sound("page", -6)
            self.play(front.animate.shift(1.6 * DOWN), back.animate.shift(1.6 * DOWN), FadeIn(planted), run_time=0.7)
            kept = VGroup(
                *(
                    value(self.cats.read("planted", input=key), colours[key][1], HEADING).move_to(old)
                    for key, old in zip(keys, fitted, strict=True)
                )
            )
            self.play(planted.animate.shift(0.1 * UP), run_time=0.6)
            self.play(FadeOut(fitted), run_time=0.25)
            self.play(
                *(FadeIn(new, target_position=old) for new, old in zip(kept, planted, strict=True)),
                FadeOut(planted, back, front),
                run_time=0.7,
            )
            hover = VGroup()
            for key, lift in (("nose", 0.5), ("ear", 1.1)):
                length = ruler.unit * float(self.cats.read("planted", input=key))
                hover.add(bar(ruler.at(0) + lift * UP, length, colours[key][1], 0.36))
            ask = Words("?", size=TITLE, color=HIGHLIGHT).move_to([6.4, 0.1, 0])
            self.play(FadeIn(ruler), FadeIn(hover, shift=0.6 * DOWN), run_time=0.6)
            cue.until("agree")
            self.play(
                FadeIn(ask), hover[0].animate.shift(0.9 * RIGHT), hover[1].animate.shift(1.8 * RIGHT), run_time=0.7
            )
            self.play(hover[0].animate.shift(0.9 * LEFT), hover[1].animate.shift(1.1 * LEFT), run_time=0.7)
        self.play(
            FadeOut(neuron, names, kept, hover, ask, self.dots), run_time=0.35
        )  # plane and ruler go on in the next scene
