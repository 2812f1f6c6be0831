"""Graphs that run from left to right: a network's layers, or a circuit's parts, with their weighted edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from manim import (
    AnimationGroup,
    ArcBetweenPoints,
    Arrow,
    Create,
    FadeIn,
    LaggedStart,
    Line,
    Mobject,
    RoundedRectangle,
    VGroup,
    VMobject,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.layered_graphs import GraphPart, bend_of, layered_graph, places_of
from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage.charts.chart import PALE, PALE_LETTERS, Box, Unaxed, tint
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.lettering import TINY, Words
from tapehead.scenes.stage.networks import disc
from tapehead.scenes.stage.palette import COOL, GROUND, INK, SOFT, WARM

_MOST_NAMES, _MOST_NODES = 60, 400
_THIN, _THICK = 1.5, 8.0
_TIP = 0.18
_RADIUS = 0.26
"""Frame units, of a node without a name where there is room."""


@dataclass(frozen=True)
class Edges:
    """Weights of a result: between two layers (``layers``: to, from), or of named nodes (from, to) or a list of edges.

    ``only`` names a quantity of a list that says which of its edges are shown: those where it is not zero.

    Raises:
        EpisodeError: a place to be fixed is none.
    """

    result: Result
    y: str
    layers: bool = False
    where: Mapping[str, int | str] = field(default_factory=dict)
    only: str = ""

    def part(self) -> GraphPart:
        """As :func:`~tapehead.analysis.layered_graphs.layered_graph` takes it."""
        values, axes = self._taken(self.y)
        labels = self.result.quantity(self.y).labels
        along = tuple(
            tuple(
                Told(name, f"{self.result.name}/{self.y}:{axis}") for name in labels.get(axis) or map(str, range(size))
            )
            for axis, size in zip(axes, values.shape, strict=True)
        )
        if not np.isfinite(values).all():
            raise EpisodeError(f"'{self.result.name}/{self.y}' has weights that are no numbers; 0 is no edge")
        shown = self._taken(self.only)[0] if self.only else None
        return GraphPart(self.y, self.layers, values, along, shown)

    def _taken(self, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
        quantity = self.result.quantity(name)
        fixed = {axis: place for axis, place in self.where.items() if axis in quantity.axes}
        left = tuple(axis for axis in quantity.axes if axis not in fixed)
        at = quantity.index({**fixed, **dict.fromkeys(left, 0)})
        place = tuple(slice(None) if axis in left else n for axis, n in zip(quantity.axes, at, strict=True))
        return np.asarray(quantity.values[place], float), left


class LayerChart(Unaxed):
    """Nodes in columns and edges from left to right: an edge is as thick as its weight is far from 0.

    Where weights have both signs, warm is plus and cool is minus.  Nodes of layers have no names; others have theirs in
    a frame.  Marks: one per node; ``wires`` are the edges,
    the strongest last.

    Raises:
        EpisodeError: there are no edges, or the box is too small for the nodes.
        ResultError: the edges run in a circle, or matrices do not fit together.
    """

    def __init__(self, *edges: Edges, title: str = "", name: str = "graph", box: Box = Box()) -> None:  # noqa: B008
        self.graph = layered_graph(name, [each.part() for each in edges])
        if not self.graph.number_of_edges():
            raise EpisodeError(f"'{name}' has no edge to show; where every weight is 0 there is no graph")
        self.nodes = list(self.graph)
        self._named = any(data["name"] for _, data in self.graph.nodes(data=True))
        if len(self.nodes) > (_MOST_NAMES if self._named else _MOST_NODES):
            raise EpisodeError(
                f"'{name}' has {len(self.nodes)} nodes; the most are {_MOST_NAMES} with names, {_MOST_NODES} without"
            )
        super().__init__((), title, box)

    def _marks(self) -> Iterator[Mobject]:
        places = places_of(self.graph)
        given = np.array([places[node] for node in self.nodes])
        words = [self._words(node) for node in self.nodes] if self._named else []
        wide = max((float(each.width) for each in words), default=0.0) + 0.3
        high = max((float(each.height) for each in words), default=0.0) + 0.24
        columns, rows = (len(np.unique(np.round(given[:, axis], 6))) for axis in (0, 1))
        tall = max(np.unique(np.round(given[:, 0], 6), return_counts=True)[1])
        if self._named:
            margin, least = np.array([wide, high]) / 2, np.array([wide + 0.25, high + 0.08])
        else:
            radius = min(_RADIUS, 0.4 * float(self.area.height) / max(tall, 1))
            margin, least = np.full(2, radius), np.array([2.6 * radius, 2.2 * radius])
        room = np.array([self.area.width, self.area.height]) - 2 * margin
        if (room < least * np.array([columns - 1, (tall if not self._named else min(rows, tall)) - 1])).any():
            raise self._too_small(f"{len(self.nodes)} nodes in {columns} columns")
        low, span = given.min(axis=0), np.ptp(given, axis=0)
        share = np.where(span > 0, (given - low) / np.where(span > 0, span, 1), 0.5)
        at = self.area.get_center()[:2] + (share - 0.5) * room
        self._at = {node: np.array([*place, 0.0]) for node, place in zip(self.nodes, at, strict=True)}
        made = []
        for number, node in enumerate(self.nodes):
            if self._named:
                text = words[number].move_to(self._at[node])
                frame = RoundedRectangle(0.12, width=float(text.width) + 0.3, height=high).move_to(text)
                made.append(VGroup(frame.set_stroke(INK, 2.5).set_fill(GROUND, 1), text))
            else:
                made.append(VGroup(disc(self._at[node], INK, radius, width=3)))
        self._boxes = dict(zip(self.nodes, made, strict=True))
        self.wires = VGroup(*self._wires())
        self.axes.add(self.wires)
        yield from made

    def _words(self, node: Any) -> Words:
        return Words("{n}", n=self.graph.nodes[node]["name"], size=TINY, color=INK)

    def _wires(self) -> Iterator[VMobject]:
        edges = sorted(self.graph.edges(data=True), key=lambda edge: abs(edge[2]["weight"]))
        weights = np.array([data["weight"] for _, _, data in edges])
        most, both = float(np.abs(weights).max()) or 1.0, weights.min() < 0 < weights.max()
        self._ends: list[tuple[Any, Any]] = []
        for start, end, data in edges:
            share = abs(data["weight"]) / most
            colour = (WARM if data["weight"] > 0 else COOL) if both else SOFT
            width = _THIN + (_THICK - _THIN) * share
            # Weak edges are many: they are pale, so that the strong ones are seen.
            yield self._wire(start, end, tint(colour, 0.35 + 0.65 * share), width)
            self._ends.append((start, end))

    def _wire(self, start: Any, end: Any, colour: str, width: float) -> VMobject:
        a, b = self._at[start], self._at[end]
        way = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
        a, b = a + way * _reach(self._boxes[start], way), b - way * (_reach(self._boxes[end], way) + 0.03)
        if not self._named:
            return Line(a, b).set_stroke(colour, width)
        if bend := bend_of(self.graph, start, end):
            arc = ArcBetweenPoints(a, b, angle=2 * np.arctan(2 * bend)).set_stroke(colour, width)
            return arc
        return Arrow(a, b, buff=0, stroke_width=width, color=colour, tip_length=_TIP,
                     max_tip_length_to_length_ratio=0.4, max_stroke_width_to_length_ratio=30)  # fmt: skip

    def mark(self, index: int, series: int = 0) -> Mobject:
        """A node.

        Raises:
            EpisodeError: there is none of that number.
        """
        if series or not -len(self.marks) <= index < len(self.marks):
            raise EpisodeError(f"this graph has {len(self.marks)} nodes; asked for number {index}")
        return self.marks[index]

    def node(self, name: str) -> int:
        """The number of the node of that name.

        Raises:
            EpisodeError: there is none.
        """
        names = [str(self.graph.nodes[each]["name"]) for each in self.nodes]
        if name not in names:
            raise EpisodeError(
                f"this graph has no node '{name}'; it has {', '.join(filter(None, names)) or 'no names'}"
            )
        return names.index(name)

    def _own_reading(self, index: int, series: int) -> Reading:
        raise EpisodeError("a node has no number of its own; give the annotation x=result.read(...)")

    def highlight(self, index: int, series: int = 0, run_time: float = 0.6) -> AnimationGroup:
        """Let one node, its neighbours and the edges to them stand out."""
        self.mark(index, series)
        node = self.nodes[index % len(self.nodes)]
        near = {node, *self.graph.predecessors(node), *self.graph.successors(node)}
        moves = [_shaded(mark, each in near) for each, mark in zip(self.nodes, self.marks, strict=True)]
        moves += [_shaded(wire, node in ends) for wire, ends in zip(self.wires, self._ends, strict=True)]
        return AnimationGroup(*moves, run_time=run_time)

    def plain(self, run_time: float = 0.6) -> AnimationGroup:
        """Take a highlight back."""
        return AnimationGroup(*(_shaded(each, True) for each in (*self.marks, *self.wires)), run_time=run_time)

    def draw(self, run_time: float = 1.6) -> AnimationGroup:
        """Nodes first, from left to right, then the edges, the weak ones first."""
        half = run_time / 2
        order = sorted(range(len(self.nodes)), key=lambda n: float(self.marks[n].get_x()))
        parts = [FadeIn(self.titles, run_time=min(0.4, half))] if len(self.titles) else []
        nodes = LaggedStart(*(FadeIn(self.marks[n], scale=0.5) for n in order), lag_ratio=0.1, run_time=half)
        lines = LaggedStart(*(Create(each) for each in self.wires), lag_ratio=0.05, run_time=half)
        return AnimationGroup(*parts, nodes, lines, lag_ratio=0.8, run_time=run_time)

    def update_to(self, *series: Any, run_time: float = 1.0) -> AnimationGroup:
        """A graph's nodes stay what they are.

        Raises:
            EpisodeError: always.
        """
        raise EpisodeError("a graph does not become another one; draw a second one with within(...), and swap them")


def _reach(node: Mobject, way: np.ndarray) -> float:
    """From the middle of a node to its rim in a direction, in frame units."""
    frame = node[0]
    half = np.array([float(frame.width), float(frame.height)]) / 2
    if isinstance(frame, RoundedRectangle):
        return float(np.min(half / np.maximum(np.abs(way[:2]), 1e-9)))
    return float(half[0])


def _shaded(part: Mobject, full: bool) -> Any:
    """Frames and discs keep their ground, which hides the wires behind them; lines and letters grow pale."""
    made, strength = part.copy(), 1.0 if full else PALE
    if isinstance(part, VGroup) and not isinstance(part, Arrow):
        made[0].set_stroke(opacity=strength)
        for each in made[1:]:
            each.set_fill(opacity=1.0 if full else PALE_LETTERS)
    else:
        made.set_stroke(opacity=strength)
        if isinstance(part, Arrow):
            made.tip.set_fill(opacity=strength)
    return part.animate.become(made)
