"""Nodes and weighted edges, out of a square quantity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from manim import (
    AnimationGroup,
    Arrow,
    Create,
    FadeIn,
    FadeOut,
    GrowArrow,
    LaggedStart,
    Line,
    Mobject,
    VGroup,
    VMobject,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading, Result
from tapehead.scenes.stage.charts.chart import PALE, PALE_LETTERS, Box, Unaxed
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.lettering import SMALL, TINY, Words
from tapehead.scenes.stage.networks import disc
from tapehead.scenes.stage.palette import COOL, INK, SOFT, WARM

_MOST = 60
"""Nodes: each has its name."""
_THIN, _THICK = 2.0, 9.0


class NetworkChart(Unaxed):
    """Nodes are the labels of the square quantity ``edges`` (from, to), whose values are weights; 0 is no edge.

    They stand where ``places`` (node, 2) says, in whatever unit, or else on a ring.  ``size`` names a quantity of the
    nodes that their areas follow.  ``directed`` edges are arrows; undirected ones need a symmetric quantity.  Wide
    edges are strong ones; where weights have both signs, warm is plus and cool is minus.  Marks: one per node (disc
    and name); ``wires`` are the edges.

    Raises:
        EpisodeError: the quantity is not square, has no labels or too many; places or sizes do not fit it.
    """

    def __init__(
        self,
        result: Result,
        edges: str,
        *,
        places: str = "",
        size: str = "",
        where: Mapping[str, int | str] | None = None,
        title: str = "",
        directed: bool = False,
        colour: str = INK,
        box: Box = Box(),  # noqa: B008  (frozen)
    ) -> None:
        self._edges, self._where, self._directed, self._colour = edges, dict(where or {}), directed, colour
        self._places, self._size = places, size
        self.weights, self.nodes = self._read(result)
        self.result = result
        super().__init__((), title, box)

    def _read(self, result: Result) -> tuple[np.ndarray, tuple[Told, ...]]:
        quantity, called = result.quantity(self._edges), f"'{result.name}/{self._edges}'"
        left = [axis for axis in quantity.axes if axis not in self._where]
        if len(left) != 2:
            raise EpisodeError(
                f"a network of {called} needs two axes, from and to; left are {', '.join(left) or 'none'}"
            )
        at = quantity.index({**{a: w for a, w in self._where.items() if a in quantity.axes}, **dict.fromkeys(left, 0)})
        places = tuple(slice(None) if axis in left else n for axis, n in zip(quantity.axes, at, strict=True))
        weights = np.asarray(quantity.values[places], float)
        names = quantity.labels.get(left[0], ())
        if weights.shape[0] != weights.shape[1] or not names:
            raise EpisodeError(
                f"a network of {called} needs it square with labels for its nodes; it is {weights.shape}"
            )
        if len(names) > _MOST:
            raise EpisodeError(f"a network of {len(names)} nodes; {_MOST} are the most whose names can be read")
        if not np.isfinite(weights).all():
            raise EpisodeError(f"{called} has weights that are no numbers; 0 is no edge")
        if not self._directed and not np.allclose(weights, weights.T):
            raise EpisodeError(f"{called} is not symmetric; draw it with directed=True")
        return weights, tuple(Told(name, f"{result.name}/{self._edges}:{left[0]}") for name in names)

    def _of_nodes(self, name: str, *shape: int) -> np.ndarray:
        values = np.asarray(self.result[name], float)
        if values.shape != (len(self.nodes), *shape) or not np.isfinite(values).all():
            raise EpisodeError(
                f"'{self.result.name}/{name}' is {values.shape}; for this network it is {(len(self.nodes), *shape)}"
            )
        return values

    def _middles(self, margin: tuple[float, float]) -> np.ndarray:
        """Where the nodes stand: (node, 2), within the area but for a margin."""
        count = len(self.nodes)
        if self._places:
            given = self._of_nodes(self._places, 2)
        else:
            turn = np.pi / 2 - 2 * np.pi * np.arange(count) / count
            given = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        room = np.array([self.area.width, self.area.height]) - 2 * np.array(margin)
        if (room < 0.5).any():
            raise self._too_small(f"{count} nodes with their names")
        low, span = given.min(axis=0), np.ptp(given, axis=0)
        if not self._places and count > 2:  # a ring stays round
            room = np.minimum(room, 1.6 * room.min())
        share = np.where(span > 0, (given - low) / np.where(span > 0, span, 1), 0.5)
        return self.area.get_center()[:2] + (share - 0.5) * room

    def _marks(self) -> Iterator[Mobject]:
        words = [Words("{n}", n=name, size=SMALL, color=INK) for name in self.nodes]
        widest = max(float(each.width) for each in words)
        inside = widest < 0.9
        if not inside:
            words = [Words("{n}", n=name, size=TINY, color=INK) for name in self.nodes]
            widest = max(float(each.width) for each in words)
        usual = max(0.32, widest / 2 + 0.14) if inside else 0.2
        radii = np.full(len(words), usual)
        if self._size:
            sizes = self._of_nodes(self._size)
            if (sizes < 0).any() or not sizes.any():
                raise EpisodeError(f"'{self.result.name}/{self._size}': sizes of nodes are 0 or more, and not all 0")
            radii = usual * np.maximum(1.0 if inside else 0.5, 2.0 * np.sqrt(sizes / sizes.max()))
        most = float(radii.max())
        middles = self._middles((most, most) if inside else (max(most, widest / 2), most + 0.25))
        middle = self.area.get_center()
        self.discs = VGroup()
        for words_of, radius, place in zip(words, radii, middles, strict=True):
            node = disc(place, self._colour, float(radius), tint=0.12, width=4)
            self.discs.add(node)
            down = place[1] < middle[1] - 1e-6
            if inside:
                words_of.move_to(node)
            else:
                words_of.next_to(node, np.array([0.0, -1.0 if down else 1.0, 0.0]), buff=0.1)
        self.wires = VGroup(*self._wires())
        self.axes.add(self.wires)
        for node, words_of in zip(self.discs, words, strict=True):
            yield VGroup(node, words_of)

    def _wires(self) -> Iterator[VMobject]:
        most = float(np.abs(self.weights).max()) or 1.0
        both = self.weights.min() < 0 < self.weights.max()
        self._ends: list[tuple[int, int]] = []
        for start, end in np.argwhere(self.weights):
            if start == end or (not self._directed and start > end):
                continue
            weight = float(self.weights[start, end])
            a, b = self.discs[start].get_center(), self.discs[end].get_center()
            way = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
            a, b = a + self.discs[start].width / 2 * way, b - self.discs[end].width / 2 * way
            width = (
                _THIN + (_THICK - _THIN) * abs(weight) / most if both or np.ptp(self.weights[self.weights != 0]) else 4
            )
            colour = (WARM if weight > 0 else COOL) if both else SOFT
            made: VMobject
            if self._directed:
                made = Arrow(a, b, buff=0.04, stroke_width=width, color=colour, max_tip_length_to_length_ratio=0.25,
                             tip_length=0.22)  # fmt: skip
            else:
                made = Line(a, b).set_stroke(colour, width)
            self._ends.append((int(start), int(end)))
            yield made

    def reading(self, start: int | str, end: int | str) -> Reading:
        """The weight of one edge, to be shown as a number."""
        axes = [axis for axis in self.result.quantity(self._edges).axes if axis not in self._where]
        return self.result.read(
            self._edges, **{**self._where, axes[0]: self._number(start), axes[1]: self._number(end)}
        )

    def _number(self, node: int | str) -> int:
        if isinstance(node, str):
            if node not in self.nodes:
                raise EpisodeError(f"this network has no node '{node}'; it has {', '.join(self.nodes)}")
            return self.nodes.index(node)
        return node

    def edge(self, start: int | str, end: int | str) -> Mobject:
        """The line of one edge, by numbers or names.

        Raises:
            EpisodeError: there is no such edge.
        """
        pair = self._number(start), self._number(end)
        for ends in (pair, *([] if self._directed else [(pair[1], pair[0])])):
            if ends in self._ends:
                return self.wires[self._ends.index(ends)]
        raise EpisodeError(f"this network has no edge from {start} to {end}")

    def mark(self, index: int, series: int = 0) -> Mobject:
        """A node with its name."""
        if series or not -len(self.marks) <= index < len(self.marks):
            raise EpisodeError(f"this network has {len(self.marks)} nodes; asked for number {index}")
        return self.marks[index]

    def _own_reading(self, index: int, series: int) -> Reading:
        raise EpisodeError("a node has no number of its own; give the annotation x=result.read(...)")

    def highlight(self, index: int, series: int = 0, run_time: float = 0.6) -> AnimationGroup:
        """Let one node, its neighbours and the edges to them stand out."""
        self.mark(index, series)
        index %= len(self.marks)
        near = {index} | {n for ends in self._ends if index in ends for n in ends}
        moves = [self._shade(mark, n in near) for n, mark in enumerate(self.marks)]
        moves += [self._shade(wire, index in ends) for wire, ends in zip(self.wires, self._ends, strict=True)]
        return AnimationGroup(*moves, run_time=run_time)

    def plain(self, run_time: float = 0.6) -> AnimationGroup:
        """Take a highlight back."""
        return AnimationGroup(*(self._shade(each, True) for each in (*self.marks, *self.wires)), run_time=run_time)

    @staticmethod
    def _shade(part: Mobject, full: bool) -> Any:
        """Discs stay on the wires behind them: lines and letters grow pale, their ground does not."""
        made = part.copy()
        strength = 1.0 if full else PALE
        if isinstance(part, VGroup):
            made[0].set_stroke(opacity=strength)
            made[1].set_fill(opacity=1.0 if full else PALE_LETTERS)
        else:
            made.set_stroke(opacity=strength)
            made.get_family()[-1].set_fill(opacity=strength if isinstance(part, Arrow) else 0)
        return part.animate.become(made)

    def draw(self, run_time: float = 1.6) -> AnimationGroup:
        """Nodes first, then the edges between them."""
        half = run_time / 2
        grown = [GrowArrow(each) if isinstance(each, Arrow) else Create(each) for each in self.wires]
        parts = [FadeIn(self.titles, run_time=min(0.4, half))] if len(self.titles) else []
        nodes = LaggedStart(*(FadeIn(mark, scale=0.5) for mark in self.marks), lag_ratio=0.1, run_time=half)
        lines = LaggedStart(*grown, lag_ratio=0.1, run_time=half) if grown else AnimationGroup()
        return AnimationGroup(*parts, nodes, lines, lag_ratio=0.8, run_time=run_time)

    def update_to(self, *series: Any, run_time: float = 1.0) -> AnimationGroup:
        """Let the edges become those of another result with the same nodes; nodes stay where they are.

        Raises:
            EpisodeError: it is not one result, or its nodes are others.
        """
        if len(series) != 1 or not isinstance(series[0], Result):
            raise EpisodeError("a network becomes that of another result: update_to(result)")
        weights, nodes = self._read(series[0])
        if nodes != self.nodes:
            raise EpisodeError(f"'{series[0].name}' has other nodes than '{self.result.name}'")
        old, self.weights, self.result = self.wires, weights, series[0]
        new = VGroup(*self._wires())
        self.axes.submobjects = [new if part is old else part for part in self.axes.submobjects]
        self.wires = new
        return AnimationGroup(FadeOut(old), FadeIn(new), run_time=run_time)
