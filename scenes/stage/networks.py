"""Discs and wires: one neuron, a drawn network of any shape, and the bend that may sit on a wire."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    Line,
    ManimColor,
    Square,
    VGroup,
    VMobject,
    interpolate_color,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.palette import COOL, GROUND, INK, SOFT, WARM


def disc(
    place: Sequence[float] | np.ndarray, colour: str, radius: float = 0.5, *, tint: float = 0.0, width: float = 5
) -> Circle:
    """A disc of a neuron: it hides the wires under it, and ``tint`` (0 to 1) lets its colour into its inside."""
    inside = ManimColor(GROUND).interpolate(ManimColor(colour), tint)
    made = Circle(radius=radius, stroke_color=colour, stroke_width=width, fill_color=inside, fill_opacity=1)
    return made.move_to(np.array([place[0], place[1], 0.0]))


def wire(start: Circle, end: Circle, colour: str, width: float = 6) -> Line:
    """A wire from the rim of one disc to the rim of another."""
    a, b = start.get_center(), end.get_center()
    way = (b - a) / np.linalg.norm(b - a)
    line = Line(a + start.width / 2 * way, b - end.width / 2 * way)
    return line.set_stroke(colour, width)


class Neuron(VGroup):
    """Discs of inputs, each with its wire to one disc of output.  Parts: ``wires``, ``inputs``, ``output``.

    ``inputs`` and ``output`` are places; there is one colour per input for its disc and one for its wire.

    Raises:
        EpisodeError: there is no input, or not one colour per input.
    """

    def __init__(
        self,
        inputs: Sequence[np.ndarray],
        output: np.ndarray,
        colours: Sequence[str],
        wires: Sequence[str],
        into: str,
        *,
        radius: float = 0.5,
        tint: float = 0.0,
        width: float = 6,
    ) -> None:
        if not inputs or not len(inputs) == len(colours) == len(wires):
            raise EpisodeError(
                f"a neuron of {len(inputs)} inputs was given {len(colours)} colours and {len(wires)} for its wires"
            )
        self.inputs = VGroup(
            *(disc(place, colour, radius, tint=tint) for place, colour in zip(inputs, colours, strict=True))
        )
        self.output = disc(output, into, radius, tint=tint)
        self.wires = VGroup(*(wire(a, self.output, c, width) for a, c in zip(self.inputs, wires, strict=True)))
        super().__init__(self.wires, self.inputs, self.output)


class Network(VGroup):
    """Layers of discs from left to right, every disc wired to every disc of the next layer.

    ``weights`` holds one array (outputs × inputs, −1 to 1) per pair of layers: a wire's colour runs from blue to
    orange with its weight, its thickness with the size of it.  Without weights all wires look alike.  ``width`` is
    from the first layer's centres to the last's, ``gap`` between the centres of a layer.
    Parts: ``layers`` and ``wires``, lists of one group per layer and per pair of layers; wire ``i`` of a pair leads
    from input ``i % inputs`` to output ``i // inputs``.

    Raises:
        EpisodeError: there are fewer than two layers, an empty one, or weights of another shape.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        weights: Sequence[np.ndarray] | None = None,
        *,
        centre: np.ndarray | Sequence[float] = (0.0, 0.0),
        width: float = 10.6,
        gap: float = 1.25,
        radius: float = 0.32,
    ) -> None:
        if len(sizes) < 2 or min(sizes) < 1:
            raise EpisodeError(f"a network needs two layers or more, none of them empty; got {list(sizes)}")
        pairs = list(itertools.pairwise(sizes))
        wanted = [(after, before) for before, after in pairs]
        if weights is not None and (found := [np.shape(array) for array in weights]) != wanted:
            raise EpisodeError(f"layers of {list(sizes)} need weights of the shapes {wanted}; got {found}")
        across = centre[0] + np.linspace(-width / 2, width / 2, len(sizes))
        self.layers = [
            VGroup(*(disc((x, centre[1] + ((size - 1) / 2 - n) * gap), INK, radius, width=4) for n in range(size)))
            for x, size in zip(across, sizes, strict=True)
        ]
        self.wires = []
        for k, (before, after) in enumerate(itertools.pairwise(self.layers)):
            wires = VGroup()
            for (to, end), (start, begin) in itertools.product(enumerate(after), enumerate(before)):
                if weights is None:
                    wires.add(wire(begin, end, SOFT, 4))
                else:
                    wires.add(wire(begin, end, *look_of(float(weights[k][to][start]))))
            self.wires.append(wires)
        super().__init__(*self.wires, *self.layers)

    def between(self) -> list[np.ndarray]:
        """The middles of the gaps between neighbouring layers."""
        return [(a.get_center() + b.get_center()) / 2 for a, b in itertools.pairwise(self.layers)]


def look_of(weight: float) -> tuple[str, float]:
    """Colour and thickness of a wire by its weight."""
    colour = interpolate_color(ManimColor(COOL), ManimColor(WARM), (float(np.clip(weight, -1, 1)) + 1) / 2)
    return colour.to_hex(), 1.5 + 3 * abs(weight)


def bend(centre: np.ndarray, bent: float, size: float = 1.2, colour: str = INK) -> VGroup:
    """A small graph of what goes in and what comes out: straight for 0, cut off below zero for 1."""
    half = size / 2
    frame = Square(side_length=size, color=INK, stroke_width=3).set_fill(GROUND, 1).move_to(centre)
    axes = VGroup(
        Line(centre + 0.8 * half * LEFT, centre + 0.8 * half * RIGHT, color=SOFT, stroke_width=2),
        Line(centre + 0.8 * half * DOWN, centre + 0.8 * half * UP, color=SOFT, stroke_width=2),
    )
    reach = 0.72 * half
    corners = [centre + reach * (LEFT + (1 - bent) * DOWN), centre, centre + reach * (RIGHT + UP)]
    return VGroup(frame, axes, VMobject(color=colour, stroke_width=7).set_points_as_corners(corners))
