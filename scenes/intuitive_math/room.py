"""A room drawn from its corner: a block of cubes in the middle, and on three walls what it throws there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Line, Polygon, VGroup, VMobject

from tapehead.scenes.stage.palette import FAINT, GROUND
from tapehead.scenes.stage.planes import Pair

X, Y, Z = np.array([0.47, -0.2, 0.0]), np.array([-0.47, -0.2, 0.0]), np.array([0.0, 0.54, 0.0])
"""Where one step to the right, toward the viewer and up is drawn, for a room that is seen from above one corner."""


class Room:
    """Places of a room in the frame: ``at((x, y, z))`` with ``corner`` where the three walls meet."""

    def __init__(self, corner: Pair, scale: float = 1.0, size: int = 5) -> None:
        self.corner, self.scale, self.size = np.array([corner[0], corner[1], 0.0]), scale, size

    def at(self, place: Pair) -> np.ndarray:
        """Where a place of the room is drawn."""
        x, y, z = place
        return self.corner + self.scale * (x * X + y * Y + z * Z)

    def panes(self, far: float) -> VGroup:
        """The side wall, the floor and the back wall, ``far`` steps wide, with their nets."""
        made = VGroup()
        for one, other in (((0, 1, 0), (0, 0, 1)), ((1, 0, 0), (0, 1, 0)), ((1, 0, 0), (0, 0, 1))):
            a, b = np.array(one) * far, np.array(other) * far
            made.add(Polygon(*(self.at(p) for p in (0 * a, a, a + b, b))).set_stroke(FAINT, 3).set_fill(FAINT, 0.18))
        return made

    def shadow(self, wall: str, dark: np.ndarray, offset: float, colour: str) -> VMobject:
        """Dark squares on a wall as one path; ``dark`` is as the analysis has it: (z, y), (y, x) or (z, x)."""
        made = VMobject()
        for row, column in zip(*np.nonzero(dark), strict=True):
            r, c = row + offset, column + offset
            corners = [(c, r), (c + 1, r), (c + 1, r + 1), (c, r + 1)]
            places = {
                "side": [(0.0, u, v) for u, v in corners],
                "floor": [(u, v, 0.0) for u, v in corners],
                "back": [(u, 0.0, v) for u, v in corners],
            }[wall]
            path = [self.at(place) for place in places]
            made.start_new_path(path[0])
            made.add_points_as_corners([*path[1:], path[0]])
        return made.set_stroke(colour, 2).set_fill(colour, 0.85)

    def cubes(self, block: np.ndarray, offset: float, colours: Sequence[str]) -> VGroup:
        """The block (x, y, z), hidden cubes behind those before them; ``colours`` are those of right, front and top."""
        made = VGroup()
        order = sorted(zip(*(each.tolist() for each in np.nonzero(block)), strict=True), key=sum)
        for x, y, z in order:
            a = np.array([x, y, z], dtype=float) + offset
            faces = (
                ((1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 0, 1)),
                ((0, 1, 0), (1, 1, 0), (1, 1, 1), (0, 1, 1)),
                ((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)),
            )
            made.add(
                VGroup(
                    *(
                        Polygon(*(self.at(a + np.array(corner)) for corner in face))
                        .set_stroke(GROUND, 2)
                        .set_fill(colour, 1)
                        for face, colour in zip(faces, colours, strict=True)
                    )
                )
            )
        return made

    def rays(self, wall: str, offset: float, colour: str) -> VGroup:
        """Light that passes along one direction of the room onto a wall."""
        far, low = offset + self.size + 2.6, 0.2
        steps = np.linspace(offset + 0.5, offset + self.size - 0.5, 3)
        ends = {
            "side": [((far, u, v), (low, u, v)) for u in steps for v in steps],
            "floor": [((u, v, far), (u, v, low)) for u in steps for v in steps],
            "back": [((u, far, v), (u, low, v)) for u in steps for v in steps],
        }[wall]
        return VGroup(*(Line(self.at(a), self.at(b)).set_stroke(colour, 2, 0.5) for a, b in ends))
