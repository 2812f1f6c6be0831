"""Eighth scene: a head that says the next one, a model that has none, and the wires that carry the sum instead."""

from __future__ import annotations

import itertools

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Arrow,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    RoundedRectangle,
    VGroup,
    interpolate_color,
    there_and_back,
)
from manim.utils.color import ManimColor

from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.circuits import MLP, Tower
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, Name, Words
from tapehead.scenes.stage.palette import GROUND, HIGHLIGHT, INK, NOSE, OUTPUT, PANEL, SOFT

TASK = "numerals"
NEXT, COPY = HIGHLIGHT, INK
ROUTE = ("0.6 → MLP 0", "MLP 3 → final")
"""The two wires that are followed."""


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
        box = RoundedRectangle(corner_radius=0.2, width=3.0, height=3.6).set_stroke(HIGHLIGHT, 4).set_fill(PANEL, 1)
        name = Words("{name}", name=Name("head 9.1"), size=HEADING, color=HIGHLIGHT).move_to(box)
        into, out, wires = VGroup(), VGroup(), VGroup()
        digits = sorted(self.result("ov").facts["task"]["numerals"]["members"], key=int)
        for i, (one, other) in enumerate(itertools.pairwise(digits[:5])):
            y = 1.35 - 0.9 * i
            a = Words("{x}", x=Name(one), size=HEADING, color=NOSE).move_to([-3.6, y, 0])
            b = Words("{x}", x=Name(other), size=HEADING, color=HIGHLIGHT).move_to([3.6, y, 0])
            into.add(a)
            out.add(b)
            wires.add(Arrow(a.get_right(), [-1.6, y, 0], buff=0.2, color=SOFT, stroke_width=5))
            wires.add(Arrow(np.array([1.6, y, 0]), b.get_left(), buff=0.2, color=SOFT, stroke_width=5))
        score = ov.read("score", target="next", layer="9", head="1")
        share = Words("the next one: {x:.0f} %", x=score, size=HEADING, color=HIGHLIGHT).move_to([0, -2.9, 0])
        with self.say("plus_one.grid") as cue:
            self.play(FadeIn(into), run_time=0.6)
            cue.until("who")
            self.play(FadeIn(box), run_time=0.6)
            cue.until("head")
            self.play(FadeIn(name), LaggedStart(*(FadeIn(w) for w in wires[::2]), lag_ratio=0.2), run_time=1.0)
            cue.until("points")
            self.play(
                LaggedStart(*(FadeIn(VGroup(wires[2 * i + 1], out[i])) for i in range(4)), lag_ratio=0.3), run_time=1.2
            )
            self.play(FadeIn(share), run_time=0.5)
        self.clear_stage(run_time=0.4)

    def bars(self, pairs: list[tuple[str, Reading, str]], unit: float) -> VGroup:
        """Bars with a name on the left and a value at the right; ``unit`` is the length of a hundred."""
        group = VGroup()
        for i, (label, value, colour) in enumerate(pairs):
            bar = Rectangle(width=max(unit * float(value) / 100, 0.02), height=0.5, stroke_width=0)
            bar.set_fill(colour, 1).move_to(0.78 * i * DOWN, aligned_edge=LEFT)
            name = Words(label, size=SMALL, color=colour).next_to(0.78 * i * DOWN, LEFT, buff=0.25)
            number = Words("{x:.0f} %", x=value, size=SMALL, color=colour).next_to(bar, RIGHT, buff=0.2)
            group.add(VGroup(bar, name, number))
        return group

    # -- the small model -------------------------------------------------------------------------------------------

    def none(self) -> None:
        """How often each head's most likely word is the next one, and what the front door says instead."""
        ov = self.result("ov")
        self.badge(ov)
        kinds = ov.quantity("score_top1").labels
        values = ov["score_top1"][kinds["task"].index(TASK), kinds["target"].index("next")]
        tower = Tower(*values.shape, width=5.0, height=3.4, lit=False).move_to([-3.5, 0.2, 0])
        tower.workshops().set_opacity(0)
        title = Words("says the next one", size=BODY, color=HIGHLIGHT).next_to(tower, UP, buff=0.35)
        scale = Words("bright: always", size=SMALL, color=SOFT).next_to(tower, DOWN, buff=0.35)
        at = {"task": TASK, "layer": "0", "head": "6"}
        copy, later = (ov.read("score_top1", target=target, **at) for target in ("copy", "next"))
        bars = self.bars([("same", copy, COPY), ("next", later, NEXT)], 3.2).move_to([3.7, 0.1, 0])
        name = Words("{name}", name=Name("head 0.6"), size=HEADING, color=INK).next_to(bars, UP, buff=0.5)
        with self.say("plus_one.none") as cue:
            self.play(FadeIn(tower), FadeIn(title), FadeIn(scale), run_time=0.6)
            cue.until("look")
            shaded = tower.copy().shade(np.sqrt(values / 100), HIGHLIGHT)  # the root: an eighth can be seen
            self.play(FadeIn(shaded), run_time=0.8)
            cue.until("copies")
            self.play(FadeIn(tower.ring(0, 6)), FadeIn(name), FadeIn(bars[0]), run_time=0.6)
            cue.until("next")
            self.play(FadeIn(bars[1]), run_time=0.6)
            cue.until("none")
            ring = RoundedRectangle(corner_radius=0.1, width=5.2, height=3.6).set_stroke(SOFT, 4)
            heads = VGroup(*(tower.cell(*at) for at in np.ndindex(*values.shape)))
            self.play(Create(ring.move_to(heads)), run_time=min(0.8, cue.left))
        self.clear_stage(run_time=0.4)

    def graph(self) -> tuple[VGroup, VGroup, dict[str, Line]]:
        """The circuit by floor: heads left, workshop right, embedding below, answer above; strong edges as lines."""
        found, edges = self.result("circuits"), self.result("edges")
        which = found.quantity("heads").labels["task"].index(TASK)
        heads, mlps = found["heads"][which], found["mlps"][which]
        known = {name: name for name in found.facts["task"][TASK]["circuit"]}
        nodes, places = VGroup(), {}
        for layer in range(heads.shape[0]):
            y = -1.75 + 1.3 * layer
            row = [int(h) for h in np.flatnonzero(heads[layer])]
            for i, head in enumerate(row):
                places[layer, head] = np.array([-4.6 + 1.25 * i, y, 0])
            if mlps[layer]:
                places[layer, MLP] = np.array([2.6, y + 0.35, 0])
        self.start = np.array([-1.2, -3.0, 0])
        places[-2, -2] = self.start
        final = np.array([5.3, 2.5, 0])
        for (layer, head), place in places.items():
            if layer == -2:
                nodes.add(Words("words come in", size=SMALL, color=SOFT).move_to(place + 2.2 * LEFT))
                continue
            if head == MLP:
                node = RoundedRectangle(corner_radius=0.24, width=1.7, height=0.62)
                label = Words("{name}", name=Name(f"MLP {layer}"), size=SMALL, color=INK)
            else:
                node = Circle(radius=0.38)
                label = Words("{name}", name=Name(known[f"{layer}.{head}"]), size=SMALL, color=INK)
            node.set_stroke(SOFT, 3).set_fill(PANEL, 1)
            nodes.add(VGroup(node, label).move_to(place))
        nodes.add(Words("answer", size=BODY, color=INK).move_to(final + 0.85 * UP))
        lines, named = VGroup(), {}
        labels = edges.quantity("drop").labels["edge"]
        for i in np.argsort(edges["drop"]):
            if not edges["strong"][i]:
                continue
            start = places[int(edges["sender_layer"][i]), int(edges["sender_head"][i])]
            to_final = int(edges["receiver_layer"][i]) == -2
            end = final if to_final else places[int(edges["receiver_layer"][i]), int(edges["receiver_head"][i])]
            way = (end - start) / np.linalg.norm(end - start)
            line = Line(start + 0.4 * way, end - 0.45 * way)
            line.set_stroke(SOFT, 2.5, opacity=0.15)
            lines.add(line)
            named[labels[i]] = line
        return nodes, lines, named

    def wires(self) -> None:
        """Path patching: one number on its way, along the two strongest edges; the other wires are faint."""
        edges = self.result("edges")
        self.nodes, self.lines, named = self.graph()
        member = sorted(self.result("ov").facts["task"][TASK]["members"], key=int)[3]
        parcel = self.parcel_of(Words("{x}", x=Name(member), size=BODY, color=HIGHLIGHT))
        parcel.move_to(self.start)
        self.nodes.set_z_index(2)  # wires are laid on top when they brighten, and no label lies under a wire
        with self.say("plus_one.wires") as cue:
            self.play(FadeIn(self.nodes), run_time=0.8)
            cue.until("follow")
            self.play(FadeIn(parcel, scale=1.5), run_time=0.5)
            self.play(LaggedStart(*(Create(line) for line in self.lines), lag_ratio=0.06), run_time=1.8)
            self.bring_to_front(self.nodes, parcel)
            self.notes = VGroup()
            for mark, label in zip(("first", "top"), ROUTE, strict=True):
                cue.until(mark)
                wire = named[label]
                note = Words("{x:.0f} points", x=edges.read("drop", edge=label), size=BODY, color=HIGHLIGHT)
                note.next_to(wire.get_center(), DOWN, buff=0.5 if mark == "first" else 0.35)
                self.notes.add(note)
                bright = wire.animate.set_stroke(HIGHLIGHT, 12, opacity=1)
                if mark == "first":  # from beside the head, along the wire, and into the workshop
                    self.play(parcel.animate.move_to(self.along(wire, 0.6)), run_time=0.7)
                    self.play(bright, parcel.animate.move_to(self.along(wire, -1.1)), FadeIn(note), run_time=1.0)
                    door = self.along(wire, -0.45)
                    self.play(FadeOut(parcel, target_position=door, scale=0.2), run_time=0.4)
                else:  # whether it is the next one by now, the wires do not say
                    parcel = self.parcel_of(Words("?", size=BODY, color=HIGHLIGHT)).move_to(self.along(wire, 0.95))
                    door = self.along(wire, 0.5)
                    self.play(FadeIn(parcel, target_position=door, scale=0.2), run_time=0.5)
                    self.play(bright, parcel.animate.move_to(wire.get_end() + 0.35 * RIGHT), FadeIn(note), run_time=0.8)
        self.parcel, self.strong = parcel, VGroup(*(named[label] for label in ROUTE))

    def parcel_of(self, what: Words) -> VGroup:
        """A card that is sent along a wire, in front of all."""
        card = RoundedRectangle(corner_radius=0.14, width=0.8, height=0.8)
        return VGroup(card.set_fill(GROUND, 1).set_stroke(HIGHLIGHT, 5), what.move_to(card)).set_z_index(3)

    def along(self, wire: Line, far: float) -> np.ndarray:
        """The place on a wire so many frame units from its start; below zero, from its end."""
        start, end = wire.get_start(), wire.get_end()
        way = (end - start) / np.linalg.norm(end - start)
        place: np.ndarray = start + far * way if far >= 0 else end + far * way
        return place

    def turn(self) -> None:
        """The workshops glow; heads, the open question and the wires are pointed at; then all but the workshops go."""
        shops = VGroup(*(n for n in self.nodes if len(n) == 2 and isinstance(n[0], RoundedRectangle)))
        with self.say("plus_one.turn") as cue:
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
            swell = [wire.animate(rate_func=there_and_back).set_stroke(width=20) for wire in self.strong]
            self.play(*swell, run_time=1.2)  # no group of them: that would be laid over the nodes
            ends = [n for n in self.nodes if isinstance(n, Words)]
            for mark, end in zip(("same", "answers"), ends, strict=True):
                cue.until(mark)
                self.play(end.animate(rate_func=there_and_back).scale(1.2), run_time=0.7)
            cue.until("another")
            gone = [FadeOut(self.lines), FadeOut(self.notes), FadeOut(self.parcel)]
            gone += [FadeOut(n) for n in self.nodes if n not in shops]
            self.play(
                *gone,
                *(shop.animate.scale(1.7).move_to([0, s.get_y(), 0]) for shop, s in zip(shops, shops, strict=True)),
            )
