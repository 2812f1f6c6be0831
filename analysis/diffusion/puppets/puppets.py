"""Faces of hand puppets, drawn from nine numbers: a world in which every attribute of a picture is known.

:func:`render` is differentiable in the attributes, so that the tangent of an attribute in the picture is exact.
Shapes are signed distances in units of half the picture (x to the right, y downwards, centre 0); a distance becomes
coverage through a logistic edge about one pixel wide, at every resolution.  The approximate distance to an ellipse is
Inigo Quilez' (iquilezles.org, "ellipses - distance").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from tapehead.analysis.errors import UsageError

ATTRIBUTES = ("skin", "hair", "age", "smile", "tilt", "eyes", "width", "background", "strings")
"""Order of the columns of every attribute table.  Each runs from -1 to 1."""

WORLD_VERSION = 1
"""Raise it whenever a picture or the distribution of the attributes changes: weights trained before are then old."""

_Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Palette:
    """Named colours along an attribute.

    The names share [-1, 1] evenly.  One more colour beyond either end keeps the picture changing up to the limits.
    """

    names: tuple[str, ...]
    colours: tuple[_Colour, ...]

    def position(self, values: Tensor) -> Tensor:
        """Position among the names: 0 is the middle of the first name's part, len - 1 the middle of the last one's."""
        return (values + 1) / 2 * len(self.names) - 0.5

    def value_of(self, name: str) -> float:
        """The attribute in the middle of a name's part."""
        return 2 * (self.names.index(name) + 0.5) / len(self.names) - 1

    def name_of(self, value: float) -> str:
        """Name of the part that ``value`` lies in."""
        place = math.floor((value + 1) / 2 * len(self.names))
        return self.names[min(max(place, 0), len(self.names) - 1)]

    def colour(self, values: Tensor) -> Tensor:
        """Colours (n, 3) at ``values`` (n,).

        Between two names the colour runs on, slowly near a name and fast half-way, so that most faces have a colour
        that one would call by the name.
        """
        table = torch.tensor(self.colours, dtype=values.dtype, device=values.device)
        place = self.position(values) + 1
        place = place - 0.8 * torch.sin(2 * math.pi * place) / (2 * math.pi)
        lower = place.detach().floor().clamp(0, len(self.colours) - 2).long()
        part = (place - lower).unsqueeze(-1)
        return table[lower] * (1 - part) + table[lower + 1] * part


SKIN = Palette(
    ("cream", "honey", "mint"),
    ((1.0, 0.93, 0.90), (0.99, 0.85, 0.73), (0.89, 0.65, 0.40), (0.64, 0.87, 0.66), (0.52, 0.82, 0.80)),
)
"""Felt, not people: three colours that no human skin is taken for."""
HAIR = Palette(
    ("red", "orange", "yellow", "green", "blue", "purple"),
    (
        (0.80, 0.10, 0.36),
        (0.86, 0.13, 0.14),
        (0.97, 0.51, 0.09),
        (0.99, 0.84, 0.25),
        (0.22, 0.66, 0.28),
        (0.16, 0.41, 0.86),
        (0.54, 0.22, 0.74),
        (0.80, 0.26, 0.66),
    ),
)
BACKGROUND = Palette(
    ("teal", "navy", "violet", "rose", "sand"),
    (
        (0.12, 0.50, 0.33),
        (0.07, 0.47, 0.48),
        (0.12, 0.20, 0.46),
        (0.42, 0.25, 0.58),
        (0.78, 0.38, 0.46),
        (0.86, 0.70, 0.45),
        (0.92, 0.84, 0.58),
    ),
)

_INK: _Colour = (0.13, 0.08, 0.10)
_CREAM: _Colour = (0.97, 0.94, 0.86)
_WOOD: _Colour = (0.62, 0.39, 0.19)
_COAT: _Colour = (0.55, 0.11, 0.16)
_GREY: _Colour = (0.86, 0.86, 0.88)


def sample_attributes(count: int, seed: int) -> Tensor:
    """Attributes (count, 9) of a random crowd, uniform in [-1, 1]; half of them hang on strings.

    ``strings`` keeps away from its middle (0.7 to 1 in size): half-transparent strings would be neither.
    """
    generator = torch.Generator().manual_seed(seed)
    values = torch.rand(count, len(ATTRIBUTES), generator=generator) * 2 - 1
    strings = values[:, ATTRIBUTES.index("strings")]
    values[:, ATTRIBUTES.index("strings")] = torch.sign(strings) * (0.7 + 0.3 * strings.abs())
    return values


def attributes_of(**named: float) -> Tensor:
    """One face (9,): the named attributes, the others 0.

    Raises:
        UsageError: there is no such attribute.
    """
    if unknown := sorted(set(named) - set(ATTRIBUTES)):
        raise UsageError(f"puppets have no attribute '{unknown[0]}'; there are {', '.join(ATTRIBUTES)}")
    return torch.tensor([float(named.get(name, 0.0)) for name in ATTRIBUTES])


def render(attributes: Tensor, size: int = 64) -> Tensor:
    """Draw faces.

    Args:
        attributes: (..., 9), each in [-1, 1]; beyond that the drawing goes on, but is not looked at.
        size: pixels along each side.

    Returns:
        Pictures (..., 3, size, size) with values in [0, 1], differentiable in ``attributes``.

    Raises:
        UsageError: another number of attributes, or fewer than 8 pixels.
    """
    if attributes.ndim < 1 or attributes.shape[-1] != len(ATTRIBUTES):
        raise UsageError(f"a puppet has {len(ATTRIBUTES)} attributes; the table has shape {tuple(attributes.shape)}")
    if size < 8:
        raise UsageError(f"a face needs at least 8 pixels along each side; asked for {size}")
    flat = attributes.reshape(-1, len(ATTRIBUTES))
    return _Face(flat, size).draw().reshape(*attributes.shape[:-1], 3, size, size)


def render_bytes(attributes: Tensor, size: int = 64, block: int = 64) -> Tensor:
    """As :func:`render`, in blocks and as uint8 (n, 3, size, size): what a training set is kept as."""
    pictures = torch.empty(len(attributes), 3, size, size, dtype=torch.uint8)
    with torch.no_grad():
        for start in range(0, len(attributes), block):
            part = render(attributes[start : start + block], size)
            pictures[start : start + block] = (part * 255).round().to(torch.uint8)
    return pictures


def contact_sheet(pictures: Tensor, columns: int, scale: int = 1) -> Any:
    """A PIL image of ``pictures`` (n, 3, s, s) in [0, 1], row by row, each pixel ``scale`` wide."""
    from PIL import Image

    count, _, size, _ = pictures.shape
    rows = -(-count // columns)
    sheet = torch.zeros(3, rows * size, columns * size)
    for i, picture in enumerate(pictures.detach().float().cpu().clamp(0, 1)):
        top, left = i // columns * size, i % columns * size
        sheet[:, top : top + size, left : left + size] = picture
    image = Image.fromarray((sheet * 255).round().to(torch.uint8).permute(1, 2, 0).numpy())
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


class _Face:
    """One drawing in progress: pictures (n, 3, size, size) that coverages are laid over."""

    def __init__(self, attributes: Tensor, size: int) -> None:
        self.values = dict(zip(ATTRIBUTES, attributes.unbind(-1), strict=True))
        self.pixel = 2 / size
        line = (torch.arange(size, dtype=attributes.dtype, device=attributes.device) + 0.5) * self.pixel - 1
        self.x, self.y = line.view(1, 1, size), line.view(1, size, 1)
        self.picture = attributes.new_zeros(len(attributes), 3, size, size)
        # The head turns about the neck.
        angle = 0.26 * self.at("tilt")
        self.cos, self.sin = torch.cos(angle), torch.sin(angle)
        self.neck = 0.62
        dx, dy = self.x, self.y - self.neck
        self.hx = self.cos * dx + self.sin * dy
        self.hy = -self.sin * dx + self.cos * dy + self.neck
        # A ghost of 1 % stays when a puppet is off its strings: a sharper switch would leave nothing of the tangent.
        self.hung = torch.sigmoid(4.5 * self.at("strings"))
        self.old = torch.sigmoid(3.5 * (self.at("age") - 0.15))

    def at(self, name: str) -> Tensor:
        """An attribute, shaped to meet pixels: (n, 1, 1)."""
        return self.values[name].view(-1, 1, 1)

    def world(self, x: Tensor | float, y: float) -> tuple[Tensor, Tensor]:
        """Where a point of the head is in the picture."""
        dy = y - self.neck
        return self.cos * x - self.sin * dy, self.sin * x + self.cos * dy + self.neck

    def cover(self, distance: Tensor, soft: float = 1.0) -> Tensor:
        """Coverage from signed distance; the edge is ``soft`` pixels wide."""
        return torch.sigmoid(-4 * distance / (self.pixel * soft))

    def lay(self, coverage: Tensor, colour: Tensor | _Colour, shade: Tensor | None = None) -> None:
        """Lay ``colour`` (n, 3), a constant, or (n, 3, size, size) over the picture where ``coverage`` says."""
        if not isinstance(colour, Tensor):
            colour = self.picture.new_tensor(colour).expand(len(self.picture), 3)
        if colour.ndim == 2:
            colour = colour[:, :, None, None]
        if shade is not None:
            colour = colour * shade.unsqueeze(1)
        self.picture = torch.lerp(self.picture, colour.expand_as(self.picture), coverage.unsqueeze(1))

    def line(self, xa: Any, ya: Any, xb: Any, yb: Any, head: bool = True) -> Tensor:
        """Distance to a line from a to b."""
        x, y = (self.hx, self.hy) if head else (self.x, self.y)
        vx, vy = xb - xa, yb - ya
        along = (((x - xa) * vx + (y - ya) * vy) / (vx * vx + vy * vy)).clamp(0, 1)
        return ((x - xa - along * vx).square() + (y - ya - along * vy).square() + 1e-8).sqrt()

    def ellipse(self, x: Any, y: Any, rx: Any, ry: Any, head: bool = True) -> Tensor:
        """Signed distance to an ellipse, negative inside."""
        px, py = (self.hx, self.hy) if head else (self.x, self.y)
        px, py = px - x, py - y
        near = ((px / rx).square() + (py / ry).square() + 1e-8).sqrt()
        slope = ((px / (rx * rx)).square() + (py / (ry * ry)).square() + 1e-8).sqrt()
        return near * (near - 1) / slope

    def thin(self, distance: Tensor, width: float) -> Tensor:
        """Coverage of a line ``width`` wide; one thinner than a pixel fades instead of vanishing."""
        half = max(width / 2, 0.4 * self.pixel)
        return self.cover(distance - half) * min(1.0, width / (0.8 * self.pixel))

    def draw(self) -> Tensor:
        """The whole picture, back to front."""
        self._colours()
        self._curtain()
        self._hand_strings()
        self._hair_behind()
        self._body()
        self._head()
        self._wrinkles()
        self._mouth()
        self._nose()
        self._eyes()
        self._hair_before()
        self._brows()
        self._crossbar()
        return self.picture.clamp(0, 1)

    def _colours(self) -> None:
        self.skin = SKIN.colour(self.values["skin"])
        dye = HAIR.colour(self.values["hair"])
        grey = dye.new_tensor(_GREY)
        old = self.old.view(-1, 1)
        # The crown keeps most of its colour, or "an old puppet with red hair" would name a colour that is not there.
        self.crown = torch.lerp(dye, grey, 0.35 * old)
        self.temples = torch.lerp(dye, grey, 0.95 * old)
        self.brow = torch.lerp(dye * 0.55, grey, 0.9 * old)
        self.face = 0.42 * (1 + 0.20 * self.at("width"))

    def _curtain(self) -> None:
        colour = BACKGROUND.colour(self.values["background"])
        folds = 1 + 0.11 * torch.cos(self.x * math.pi * 4.5 + 0.5 * torch.sin(self.y * 2.0))
        lamp = 1.12 - 0.34 * (self.x.square() + (self.y + 0.15).square())
        self.lay(torch.ones_like(folds * lamp).expand(len(self.picture), -1, -1), colour, (folds * lamp))

    def _hand_strings(self) -> None:
        for side in (-1.0, 1.0):
            self.lay(self.hung * self.thin(self.line(0.70 * side, -0.80, 0.86 * side, 1.1, head=False), 0.03), _CREAM)

    def _bobble(self, x: Any, y: Any, radius: float, colour: Tensor) -> None:
        """A ball of wool: dark rim, light from the upper left."""
        distance = self.ellipse(x, y, radius, radius)
        self.lay(self.cover(distance - 0.018), colour * 0.50)
        light = 1.0 - 0.9 * ((self.hx - x) + 1.3 * (self.hy - y))
        self.lay(self.cover(distance), colour, light.clamp(0.72, 1.28))

    def _hair_behind(self) -> None:
        # Temples low at the sides, then upwards to the crown.
        for out, y, radius in ((0.05, 0.22, 0.14), (0.09, 0.02, 0.16)):
            for side in (-1.0, 1.0):
                self._bobble(side * (self.face + out), y, radius, self.temples)
        self.lay(self.cover(self.ellipse(0.0, -0.20, self.face + 0.06, 0.40)), self.crown * 0.8)

    def _hair_before(self) -> None:
        for place, y, radius in ((1.04, -0.18, 0.16), (0.88, -0.37, 0.17), (0.48, -0.50, 0.18)):
            for side in (-1.0, 1.0):
                self._bobble(side * place * self.face, y, radius, self.crown)
        self._bobble(0.0, -0.53, 0.19, self.crown)
        lift = 0.09 * self.old  # the hairline goes up with age and bares the forehead
        for place, y, radius in ((0.42, -0.36, 0.12), (0.0, -0.37, 0.13)):
            for side in (-1.0, 1.0) if place else (1.0,):
                self._bobble(side * place * self.face, y - lift, radius, self.crown)

    def _body(self) -> None:
        coat = self.ellipse(0.0, 1.16, 0.74, 0.46, head=False)
        self.lay(self.cover(coat - 0.02), _INK)
        self.lay(self.cover(coat), _COAT, 1.15 - 0.5 * self.x.abs() + 0 * self.y)
        angle = torch.atan2((self.y - 0.74) * 2.4, self.x + 0 * self.y)
        ruff = self.ellipse(0.0, 0.74, 0.47, 0.155, head=False) - 0.022 * torch.cos(13 * angle)
        self.lay(self.cover(ruff - 0.018), _INK)
        self.lay(self.cover(ruff), _CREAM, 0.90 + 0.13 * torch.cos(13 * angle))

    def _head(self) -> None:
        for side in (-1.0, 1.0):
            ear = self.ellipse(side * (self.face + 0.01), 0.10, 0.085, 0.11)
            self.lay(self.cover(ear - 0.018), self.skin * 0.45)
            self.lay(self.cover(ear), self.skin * 0.93)
            self.lay(self.cover(ear + 0.045), self.skin * 0.70)
        self.skull = self.ellipse(0.0, 0.08, self.face, 0.53)
        self.lay(self.cover(self.skull - 0.018), self.skin * 0.42)
        light = 1.05 - 0.16 * (self.hx + self.hy) - 0.26 * torch.exp(self.skull / 0.07)
        self.lay(self.cover(self.skull), self.skin, light)
        rose = torch.lerp(self.skin, self.skin.new_tensor((0.93, 0.38, 0.42)), 0.68)
        for side in (-1.0, 1.0):
            cheek = self.ellipse(side * 0.63 * self.face, 0.275, 0.105, 0.09)
            self.lay(0.80 * self.cover(cheek, 1.5) * self.cover(self.skull), rose)
        # The hinges of the jaw: what tells a puppet from a child.
        for side in (-1.0, 1.0):
            hinge = self.line(side * 0.56 * self.face, 0.40, side * 0.48 * self.face, 0.62)
            self.lay(0.90 * self.thin(hinge, 0.034) * self.cover(self.skull), self.skin * 0.42)

    def _wrinkles(self) -> None:
        ink = self.skin * 0.45
        lines = []
        for side in (-1.0, 1.0):
            # Folds from the nose to the mouth, bags under the eyes, crow's feet.
            lines.append((side * 0.30 * self.face, 0.25, side * 0.54 * self.face, 0.36))
            lines.append((side * 0.24 * self.face, 0.20, side * 0.58 * self.face, 0.20))
            for rise in (-0.07, 0.0, 0.07):
                lines.append((side * 0.80 * self.face, 0.00 + 0.4 * rise, side * 0.95 * self.face, 0.00 + rise))
        for level, half in ((-0.225, 0.42), (-0.30, 0.30)):
            lines.append((-half * self.face, level, half * self.face, level))
        for line in lines:
            self.lay(self.old * 0.90 * self.thin(self.line(*line), 0.030) * self.cover(self.skull), ink)

    def _mouth(self) -> None:
        smile = self.at("smile")
        half = 0.50 * self.face * (1 + 0.10 * smile)
        u = self.hx / half
        bend = 0.105 * smile
        open_by = 0.020 + 0.075 * torch.nn.functional.softplus(4 * smile) / 4
        middle = 0.40 + bend * (0.5 - u.square())
        thick = open_by * (1 - u.square()).clamp(min=0)
        ends = (u.abs() - 1) * half
        distance = torch.maximum((self.hy - middle).abs() - thick, ends)
        self.lay(self.cover(distance - 0.020), self.skin * self.skin.new_tensor((0.52, 0.34, 0.34)))
        self.lay(self.cover(distance), (0.26, 0.04, 0.07))
        teeth = torch.maximum(distance + 0.008, self.hy - middle - 0.1 * thick)
        self.lay(torch.sigmoid(8 * (smile - 0.15)) * self.cover(teeth), _CREAM)

    def _nose(self) -> None:
        nose = self.ellipse(0.0, 0.215, 0.085, 0.08)
        self.lay(self.cover(nose - 0.016), self.skin * 0.45)
        self.lay(self.cover(nose), torch.lerp(self.skin, self.skin.new_tensor((0.92, 0.28, 0.27)), 0.72))
        self.lay(0.8 * self.cover(self.ellipse(-0.025, 0.19, 0.024, 0.022)), (1.0, 0.95, 0.92))

    def _eyes(self) -> None:
        radius = 0.118 * (1 + 0.30 * self.at("eyes"))
        y = 0.03
        for side in (-1.0, 1.0):
            x = side * (0.170 + 0.030 * self.at("width"))
            white = self.ellipse(x, y, radius * 0.95, radius * 1.12)
            self.lay(self.cover(white - 0.020), _INK)
            self.lay(self.cover(white), (1.0, 1.0, 0.98))
            inside = self.cover(white)
            iris_y = y + 0.12 * radius
            iris_x = x - side * 0.10 * radius
            self.lay(
                inside * self.cover(self.ellipse(iris_x, iris_y, 0.60 * radius, 0.62 * radius)), (0.16, 0.36, 0.42)
            )
            self.lay(
                inside * self.cover(self.ellipse(iris_x, iris_y, 0.36 * radius, 0.38 * radius)), (0.04, 0.03, 0.05)
            )
            glint = self.ellipse(iris_x - 0.22 * radius, iris_y - 0.26 * radius, 0.20 * radius, 0.20 * radius)
            self.lay(self.cover(glint), (1.0, 1.0, 1.0))
            # The lid: lower when the puppet is sad or old.
            drop = 0.78 - 0.16 * self.old + 0.13 * self.at("smile")
            lid = torch.maximum(white, self.hy - (y - drop * radius))
            self.lay(self.cover(lid), self.skin * 0.80)

    def _brows(self) -> None:
        radius = 0.118 * (1 + 0.30 * self.at("eyes"))
        level = 0.03 - 1.12 * radius - 0.085
        slope = 0.050 * self.at("smile")
        for side in (-1.0, 1.0):
            inner, outer = side * 0.20 * self.face, side * 0.62 * self.face
            brow = self.line(inner, level + slope - 0.01, outer, level - slope + 0.02)
            self.lay(self.cover(brow - 0.026 - 0.012 * self.old), self.brow)

    def _crossbar(self) -> None:
        top = -0.87
        for side in (-1.0, 1.0):
            x, y = self.world(side * 0.88 * self.face, -0.44)
            self.lay(self.hung * self.thin(self.line(side * 0.36, top, x, y, head=False), 0.03), _CREAM)
            knot = self.ellipse(x, y, 0.035, 0.035, head=False)
            self.lay(self.hung * self.cover(knot - 0.016), _INK)
            self.lay(self.hung * self.cover(knot), _CREAM)
        for xa, ya, xb, yb, half in ((-0.74, top, 0.74, top, 0.045), (-0.13, top - 0.06, 0.13, top + 0.06, 0.055)):
            bar = self.line(xa, ya, xb, yb, head=False) - half
            self.lay(self.hung * self.cover(bar - 0.02), _INK)
            self.lay(self.hung * self.cover(bar), _WOOD, 1.25 - 4.0 * (self.y - ya + half) + 0 * self.x)


def steps_along(name: str, values: Sequence[float], base: Tensor | None = None) -> Tensor:
    """Attributes (len(values), 9) that differ from ``base`` (all 0 if not given) in one attribute only."""
    table = (base if base is not None else torch.zeros(len(ATTRIBUTES))).repeat(len(values), 1)
    table[:, ATTRIBUTES.index(name)] = torch.tensor(list(values), dtype=table.dtype)
    return table
