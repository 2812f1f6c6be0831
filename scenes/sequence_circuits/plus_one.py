"""Eighth scene: a head that says the next one, a model that has none, and the wires that carry the sum instead."""

from __future__ import annotations

import itertools

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Arrow,
    Circle,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    ShowPassingFlash,
    Transform,
    VGroup,
    interpolate_color,
    there_and_back,
)
from manim.utils.color import ManimColor

from tapehead.analysis.results import Origin, Result
from tapehead.scenes.stage.base import Cue, StageScene
from tapehead.scenes.stage.circuits import MLP, Gauge, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, HUGE, SMALL, TITLE, Name, Words
from tapehead.scenes.stage.palette import GROUND, HIGHLIGHT, INK, NOSE, OUTPUT, PANEL, SOFT

TASK = "numerals"
NEXT, COPY = HIGHLIGHT, INK
WIDEST = 14
"""Stroke of the wire that is missed most; the others by what the meter loses without them."""
ROUTE = ("0.6 → MLP 0", "MLP 3 → final")
"""The two wires that are followed: from the reader on, and to the answer."""


class PlusOne(StageScene):
    """The published successor head; the small model's reader; one number on its way through the circuit."""

    def construct(self) -> None:
        self.grid()
        self.none()
        self.wires()
        self.turn()
        self.clear_stage(run_time=0.4)

    def badge(self, result: Result) -> None:
        self.badge_for(result.origin, result.model)

    # -- the big model ---------------------------------------------------------------------------------------------

    def grid(self) -> None:
        """Numbers go through head 9.1 and come out one later."""
        ov = self.result("paper_ov")
        self.badge(ov)
        box = RoundedRectangle(corner_radius=0.25, width=4.6, height=5.6).set_stroke(HIGHLIGHT, 5).set_fill(PANEL, 1)
        box.move_to([0, 0.35, 0])
        name = Words("{name}", name=Name("head 9.1"), size=TITLE, color=HIGHLIGHT).move_to(box)
        into, out, wires = VGroup(), VGroup(), VGroup()
        digits = sorted(self.result("ov").facts["task"]["numerals"]["members"], key=int)
        for i, (one, other) in enumerate(itertools.pairwise(digits[:5])):
            y = 2.35 - 1.35 * i
            a = Words("{x}", x=Name(one), size=HUGE, color=NOSE).move_to([-5.6, y, 0])
            b = Words("{x}", x=Name(other), size=HUGE, color=HIGHLIGHT).move_to([5.6, y, 0])
            into.add(a)
            out.add(b)
            wires.add(Arrow(a.get_right(), [-2.4, y, 0], buff=0.25, color=SOFT, stroke_width=7))
            wires.add(Arrow(np.array([2.4, y, 0]), b.get_left(), buff=0.25, color=SOFT, stroke_width=7))
        later, copy = (ov.read("score", target=target, layer="9", head="1") for target in ("next", "copy"))
        best = Words("among its {n} best:", n=ov.read("top"), size=BODY, color=SOFT)
        share = Words("the next one {x:.0f} %", x=later, size=HEADING, color=NEXT)
        other = Words("the same {x:.0f} %", x=copy, size=HEADING, color=COPY)
        VGroup(best, share, other).arrange(RIGHT, buff=0.5, aligned_edge=DOWN).move_to([0.9, -3.0, 0])
        with self.say("plus_one.grid") as cue:
            self.add(into[0])  # the scene does not begin in the dark
            self.play(LaggedStart(*(FadeIn(a, shift=0.4 * RIGHT) for a in into[1:]), lag_ratio=0.6), run_time=1.2)
            cue.until("who")
            self.play(FadeIn(box), run_time=0.6)
            # Somebody has to turn each of them into the next: they knock at the door, one after another.
            knock = [a.animate(rate_func=there_and_back).shift(2.0 * RIGHT) for a in into]
            self.play(LaggedStart(*knock, lag_ratio=0.5), run_time=max(1.0, min(4.4, cue.to("head") - 0.3)))
            cue.until("head")
            self.play(FadeIn(name), LaggedStart(*(FadeIn(w) for w in wires[::2]), lag_ratio=0.4), run_time=2.4)
            cue.until("points")
            self.play(
                LaggedStart(*(FadeIn(VGroup(wires[2 * i + 1], out[i])) for i in range(4)), lag_ratio=0.5), run_time=1.8
            )
            self.play(FadeIn(best, share), run_time=0.5)
            cue.until("same")
            self.play(FadeIn(other), run_time=0.5)
        self.clear_stage(run_time=0.4)

    # -- the small model -------------------------------------------------------------------------------------------

    def none(self) -> None:
        """The published test, and that the number itself passes it too; then which of the two is said first."""
        ov = self.result("ov")
        self.badge(ov)
        kinds = ov.quantity("score_top1").labels
        place = kinds["task"].index(TASK), kinds["target"].index("next")
        tests = [ov[score][place] for score in ("score", "score_top1")]
        tower = Tower(*tests[0].shape, width=7.4, height=4.8, lit=False)
        tower.workshops().set_opacity(0)
        heads = VGroup(*(tower.cell(*at) for at in np.ndindex(*tests[0].shape)))
        tower.shift(np.array([-3.0, 0.15, 0]) - heads.get_center())
        top = ov.read("top", task=TASK)
        titles = [
            Words("the next one among its {n} best", n=top, size=HEADING, color=NEXT),
            Words("the next one, said first", size=HEADING, color=NEXT),
        ]
        for title in titles:
            title.next_to(heads, UP, buff=0.3)
        scale = Words("bright: always", size=SMALL, color=SOFT).next_to(heads, DOWN, buff=0.25)
        at = {"task": TASK, "layer": "0", "head": "6"}
        same, later = ([ov.read(score, target=t, **at) for score in ("score", "score_top1")] for t in ("copy", "next"))
        meters, names = [], VGroup()
        for x, (reading, _), word, colour in ((3.0, same, "same", COPY), (5.5, later, "next", NEXT)):
            meter = Gauge(reading, height=3.6, width=1.5, colour=colour).move_to([x, -0.5, 0])
            meters.append(meter.filled())
            meter.column.stretch(0.001, 1, about_point=meter.frame.get_bottom())
            names.add(Words(word, size=BODY, color=colour).next_to(meter.frame, DOWN, buff=0.25))
        name = Words("{name}", name=Name("head 0.6"), size=HEADING, color=INK).move_to([4.25, 3.35, 0])
        tested = [Words("among its {n} best", n=top, size=BODY, color=SOFT), Words("said first", size=BODY, color=SOFT)]
        for what in tested:
            what.move_to([4.25, 2.6, 0])
        with self.say("plus_one.none") as cue:
            self.play(FadeIn(tower), FadeIn(titles[0]), FadeIn(scale), run_time=0.6)
            cue.until("look")
            self.play(*self.lit(tower, tests[0]), run_time=max(0.8, min(2.4, cue.to("passes") - 0.2)))
            cue.until("passes")
            ring = tower.ring(0, 6)
            self.play(FadeIn(ring, scale=1.5), FadeIn(name, tested[0], meters[1], names[1]), run_time=0.5)
            self.play(meters[1].read_out(), run_time=0.8)
            cue.until("too")
            self.play(FadeIn(meters[0], names[0]), run_time=0.4)
            self.play(meters[0].read_out(), run_time=0.8)
            cue.until("copies")
            # Another test: what the first one said goes with its name, and the second is read in the order it is told.
            bottom = meters[1].frame.get_bottom()
            empty = meters[1].column.animate.stretch(0.001, 1, about_point=bottom)
            dark = self.lit(tower, np.zeros_like(tests[0]))
            unread = meters[1].number.animate.set_opacity(0)
            self.play(FadeOut(tested[0], titles[0]), unread, empty, *dark, run_time=0.4)
            self.play(FadeIn(tested[1], titles[1]), meters[0].to(same[1]), run_time=1.0)
            cue.until("next")
            # The same fact twice, so at once: the column rises and the lights go up.
            self.play(meters[1].to(later[1]), *self.lit(tower, tests[1]), run_time=1.2)
            cue.until("none")
            others = [cell for where, cell in _heads(tower).items() if where != (0, 6)]
            swell = [cell.animate(rate_func=there_and_back).set_stroke(INK, 5) for cell in others]
            self.play(LaggedStart(*swell, lag_ratio=0.05), run_time=max(0.6, min(1.2, cue.left)))
        self.clear_stage(run_time=0.4)

    def lit(self, tower: Tower, shares: np.ndarray) -> list[Transform]:
        """The lights of a tower go to shares in per cent; by the root, so that an eighth can be seen."""
        shaded = tower.copy().shade(np.sqrt(shares / 100), NEXT)
        return [Transform(cell, shaded.cell(*place)) for place, cell in _heads(tower).items()]

    def graph(self) -> tuple[VGroup, VGroup, dict[str, Line]]:
        """The circuit by floor: heads left, workshop right, embedding below, answer above; strong edges as lines."""
        found, edges = self.result("circuits"), self.result("edges")
        which = found.quantity("heads").labels["task"].index(TASK)
        heads, mlps = found["heads"][which], found["mlps"][which]
        known = {name: name for name in found.facts["task"][TASK]["circuit"]}
        nodes, places = VGroup(), {}
        for layer in range(heads.shape[0]):
            y = -1.6 + 1.35 * layer
            row = [int(h) for h in np.flatnonzero(heads[layer])]
            for i, head in enumerate(row):
                places[layer, head] = np.array([-6.2 + 1.5 * i, y, 0])
            if mlps[layer]:
                places[layer, MLP] = np.array([2.3, y + 0.3, 0])
        self.start = np.array([-1.0, -3.15, 0])
        places[-2, -2] = self.start
        final = np.array([5.9, 2.65, 0])
        for end in (self.start, final):  # a place for what comes in and for what goes out: no wire ends in nothing
            nodes.add(RoundedRectangle(corner_radius=0.16, width=1.0, height=1.0).move_to(end))
            nodes[-1].set_stroke(SOFT, 3).set_fill(GROUND, 1)
        self.final = final
        for (layer, head), place in places.items():
            if layer == -2:
                nodes.add(Words("words come in", size=SMALL, color=SOFT).move_to(place + 2.1 * RIGHT))
                continue
            if head == MLP:
                node = RoundedRectangle(corner_radius=0.3, width=2.4, height=0.9)
                label = Words("{name}", name=Name(f"MLP {layer}"), size=BODY, color=INK)
            else:
                node = Circle(radius=0.56)
                label = Words("{name}", name=Name(known[f"{layer}.{head}"]), size=SMALL, color=INK)
            # Lit, as in the tower; opaque, since wires end behind it.
            node.set_stroke(HIGHLIGHT, 4).set_fill(interpolate_color(ManimColor(PANEL), ManimColor(HIGHLIGHT), 0.3), 1)
            nodes.add(VGroup(node, label).move_to(place))
        nodes.add(Words("answer", size=BODY, color=INK).move_to(final + 0.85 * UP))
        lines, named = VGroup(), {}
        labels, most = edges.quantity("drop").labels["edge"], float(edges["drop"].max())
        for i in np.argsort(edges["drop"]):
            if not edges["strong"][i]:
                continue
            start = places[int(edges["sender_layer"][i]), int(edges["sender_head"][i])]
            to_final = int(edges["receiver_layer"][i]) == -2
            end = final if to_final else places[int(edges["receiver_layer"][i]), int(edges["receiver_head"][i])]
            way = (end - start) / np.linalg.norm(end - start)
            line = Line(start + 0.55 * way, end - 0.6 * way)
            share = float(np.clip(edges["drop"][i] / most, 0, 1))  # a wire is as wide as it is missed
            line.set_stroke(SOFT, 2.5 + WIDEST * share, opacity=0.3 + 0.4 * share)
            lines.add(line)
            named[labels[i]] = line
        return nodes, lines, named

    def wires(self) -> None:
        """Path patching: one number on its way, along two strong edges; each wire is as wide as it is missed."""
        edges = self.result("edges")
        self.nodes, self.lines, self.named = self.graph()
        member = sorted(self.result("ov").facts["task"][TASK]["members"], key=int)[3]
        parcel = self.parcel_of(Words("{x}", x=Name(member), size=HEADING, color=HIGHLIGHT))
        parcel.move_to(self.start)
        self.nodes.set_z_index(2)  # wires are laid on top when they brighten, and no label lies under a wire
        with self.say("plus_one.wires") as cue:
            self.play(FadeIn(self.nodes), run_time=0.8)
            cue.until("follow")
            self.play(FadeIn(parcel, scale=1.5), run_time=0.5)
            self.add(self.lines)
            self.bring_to_front(self.nodes, parcel)  # before they are drawn: else they would grow over the names
            self.play(LaggedStart(*(Create(line) for line in self.lines), lag_ratio=0.06), run_time=1.8)
            cue.until("wires")
            self.send(list(self.lines)[::-1][:14], max(1.0, cue.to("first") - 0.2))
            self.notes = VGroup()
            for mark, label in zip(("first", "top"), ROUTE, strict=True):
                cue.until(mark)
                wire = self.named[label]
                note = self.note(Words("{x:.0f} points", x=edges.read("drop", edge=label), size=BODY, color=HIGHLIGHT))
                note.move_to(wire.get_center() + (0.75 * DOWN if mark == "first" else 0.85 * DOWN + 0.45 * RIGHT))
                self.notes.add(note)
                bright = wire.animate.set_stroke(HIGHLIGHT, max(12, wire.get_stroke_width()), opacity=1)
                if mark == "first":  # from beside the head, along the wire, and into the workshop
                    self.play(parcel.animate.move_to(self.along(wire, 0.6)), run_time=0.7)
                    self.play(bright, parcel.animate.move_to(self.along(wire, -1.5)), FadeIn(note), run_time=1.2)
                    door = self.along(wire, -0.6)
                    self.play(FadeOut(parcel, target_position=door, scale=0.2), run_time=0.4)
                    onwards = [line for name, line in self.named.items() if name.startswith("MLP 0 →")]
                    self.send(onwards, max(0.6, min(2.4, cue.to("top") - 0.2)))
                else:  # whether it is the next one by now, the wires do not say
                    parcel = self.parcel_of(Words("?", size=HEADING, color=HIGHLIGHT)).move_to(self.along(wire, 1.3))
                    door = self.along(wire, 0.6)
                    self.play(FadeIn(parcel, target_position=door, scale=0.2), run_time=0.5)
                    self.play(bright, parcel.animate.move_to(self.final), FadeIn(note), run_time=0.8)
        self.parcel, self.strong = parcel, VGroup(*(self.named[label] for label in ROUTE))

    def send(self, wires: list[Line], seconds: float) -> None:
        """A message runs along one wire after another."""
        runs = [ShowPassingFlash(wire.copy().set_stroke(INK, 9, opacity=1), time_width=0.6) for wire in wires]
        self.play(LaggedStart(*runs, lag_ratio=0.45), run_time=seconds)

    def note(self, words: Words) -> VGroup:
        """Lettering with nothing behind it: no wire runs through a number."""
        ground = Rectangle(width=words.width + 0.2, height=words.height + 0.16, stroke_width=0).set_fill(GROUND, 1)
        return VGroup(ground.move_to(words), words)

    def parcel_of(self, what: Words) -> VGroup:
        """A card that is sent along a wire, in front of all."""
        card = RoundedRectangle(corner_radius=0.16, width=1.0, height=1.0)
        return VGroup(card.set_fill(GROUND, 1).set_stroke(HIGHLIGHT, 5), what.move_to(card)).set_z_index(3)

    def along(self, wire: Line, far: float) -> np.ndarray:
        """The place on a wire so many frame units from its start; below zero, from its end."""
        start, end = wire.get_start(), wire.get_end()
        way = (end - start) / np.linalg.norm(end - start)
        place: np.ndarray = start + far * way if far >= 0 else end + far * way
        return place

    def turn(self) -> None:
        """The workshops glow; heads, the open question and the wires are pointed at; then both ways, side by side."""
        shops = VGroup(*(n for n in self.nodes if len(n) == 2 and isinstance(n[0], RoundedRectangle)))
        with self.say("plus_one.turn") as cue:
            first, last = (self.named[label] for label in ROUTE)
            between = [self.named[name] for name in ("MLP 0 → MLP 2", "MLP 2 → MLP 3") if name in self.named]
            self.send([first, *between, last], max(0.8, cue.to("workshops") - 0.1))
            cue.until("workshops")
            glow = interpolate_color(ManimColor(PANEL), ManimColor(OUTPUT), 0.45)  # opaque: wires end behind them
            self.play(*(shop[0].animate.set_fill(glow, 1).set_stroke(OUTPUT, 5) for shop in shops), run_time=0.8)
            cue.until("heads")
            heads = [n for n in self.nodes if len(n) == 2 and isinstance(n[0], Circle)]
            swell = [head.animate(rate_func=there_and_back).scale(1.2) for head in heads]
            self.play(LaggedStart(*swell, lag_ratio=0.15), run_time=1.4)
            cue.until("step")
            self.play(self.parcel.animate(rate_func=there_and_back).scale(1.3), run_time=1.0)
            cue.until("wires")
            swell = [wire.animate(rate_func=there_and_back).set_stroke(width=22) for wire in self.strong]
            self.play(*swell, run_time=1.2)  # no group of them: that would be laid over the nodes
            self.both_ways(shops, cue)

    def both_ways(self, shops: VGroup, cue: Cue) -> None:
        """One question and one answer for both machines, and what stands between: a drawing of what was measured."""
        digits = sorted(self.result("ov").facts["task"][TASK]["members"], key=int)
        names = VGroup(
            Words("{n}", n=Name("GPT-2 small"), size=BODY, color=SOFT).move_to([0, 3.3, 0]),
            Words("mini", size=BODY, color=SOFT).move_to([0, -0.35, 0]),
        )
        rows = (1.8, -1.85)
        asks, answers = (
            VGroup(*(Words("{x}", x=Name(digit), size=2 * HUGE, color=colour).move_to([x, y, 0]) for y in rows))
            for digit, colour, x in ((digits[3], NOSE, -6.0), (digits[4], HIGHLIGHT, 6.0))
        )
        box = RoundedRectangle(corner_radius=0.25, width=4.6, height=1.9).set_stroke(HIGHLIGHT, 5).set_fill(PANEL, 1)
        head = VGroup(box, Words("{name}", name=Name("head 9.1"), size=HEADING, color=HIGHLIGHT)).move_to([0, 1.8, 0])
        gone = [self.lines, self.notes, self.parcel, *(n for n in self.nodes if n not in shops)]
        spots = np.linspace(-3.2, 3.2, len(shops))
        cue.until("same")
        self.badge_for(Origin.ILLUSTRATION)
        self.remove(self.nodes)
        self.add(*self.nodes)
        self.play(*(FadeOut(thing) for thing in gone), run_time=0.4)  # first: workshops would move through the words
        self.play(
            *(shop.animate.move_to([x, rows[1], 0]) for shop, x in zip(shops, spots, strict=True)),
            FadeIn(names), FadeIn(asks, shift=0.4 * RIGHT), run_time=0.8,
        )  # fmt: skip
        cue.until("answers")
        self.play(FadeIn(answers, shift=0.4 * RIGHT), run_time=0.6)
        cue.until("another")
        steps = [[-5.3, -2.3], [2.3, 5.3]]
        stops = [-5.3, *(float(x) + side for x in spots for side in (-1.2, 1.2)), 5.3]
        ways = VGroup(*(Arrow([a, rows[0], 0], [b, rows[0], 0], buff=0.12, color=SOFT) for a, b in steps))
        dashes = VGroup(
            *(
                DashedLine([a + 0.1, rows[1], 0], [b - 0.1, rows[1], 0]).set_stroke(SOFT, 6)
                for a, b in zip(stops[::2], stops[1::2], strict=True)
            )
        )
        self.play(FadeIn(head, scale=1.2), FadeIn(ways), FadeIn(dashes), run_time=0.8)


def _heads(tower: Tower) -> dict[tuple[int, int], RoundedRectangle]:
    """A tower's heads by their places."""
    return {(layer, head): tower.cell(layer, head) for layer in range(tower.layers) for head in range(tower.heads)}
