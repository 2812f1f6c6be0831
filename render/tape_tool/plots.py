"""The measurements as a picture: response curves, the luma edge and the vectorscope."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tapehead.analysis.store import part_beside
from tapehead.render.encoding.container import writing
from tapehead.render.tape.settings import Settings
from tapehead.render.tape.systems import SYSTEMS
from tapehead.render.tape_tool import measure

_WIDTH, _HEIGHT, _MARGIN = 640, 480, 64
_PAPER, _GRID, _INK, _ACCENT, _SECOND = "#101418", "#303840", "#E8E8E8", "#56B4E9", "#E69F00"


class _Chart:
    """One panel with axes."""

    def __init__(self, title: str, x: tuple[float, float], y: tuple[float, float], labels: tuple[str, str]) -> None:
        self.image = Image.new("RGB", (_WIDTH, _HEIGHT), _PAPER)
        self.pen = ImageDraw.Draw(self.image)
        self.font = ImageFont.load_default(size=16)
        self.x, self.y = x, y
        self.pen.text((_MARGIN, 14), title, font=ImageFont.load_default(size=20), fill=_INK)
        self.pen.text((_WIDTH - 20, _HEIGHT - 12), labels[0], font=self.font, fill=_INK, anchor="rs")
        self.pen.text((8, _MARGIN - 16), labels[1], font=self.font, fill=_INK)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point lies."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return (_MARGIN + across * (_WIDTH - 2 * _MARGIN), _HEIGHT - _MARGIN - up * (_HEIGHT - 2 * _MARGIN))

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        """Lines with their values."""
        for x in xs:
            self.pen.line([self.at(x, self.y[0]), self.at(x, self.y[1])], fill=_GRID)
            place = self.at(x, self.y[0])
            self.pen.text((place[0], place[1] + 6), f"{x:g}", font=self.font, fill=_INK, anchor="mt")
        for y in ys:
            self.pen.line([self.at(self.x[0], y), self.at(self.x[1], y)], fill=_GRID)
            place = self.at(self.x[0], y)
            self.pen.text((place[0] - 8, place[1]), f"{y:g}", font=self.font, fill=_INK, anchor="rm")

    def curve(self, x: Any, y: Any, colour: str) -> None:
        """A line through points, as far as the panel goes."""
        inside = [
            (a, b) for a, b in zip(x, y, strict=True) if self.x[0] <= a <= self.x[1] and self.y[0] <= b <= self.y[1]
        ]
        self.pen.line([self.at(a, b) for a, b in inside], fill=colour, width=3)


def plot_measurements(settings: Settings, out: Path, title: str) -> None:
    """Write the picture.

    Raises:
        OutputError: the place cannot be written.
    """
    panels = [_response(settings), _edge(settings), _vectorscope(settings)]
    sheet = Image.new("RGB", (_WIDTH * len(panels), _HEIGHT + 40), _PAPER)
    ImageDraw.Draw(sheet).text((24, 10), title, font=ImageFont.load_default(size=24), fill=_INK)
    for number, panel in enumerate(panels):
        sheet.paste(panel, (number * _WIDTH, 40))
    part = part_beside(out)
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            sheet.save(part, format="PNG")
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)


def _response(settings: Settings) -> Image.Image:
    chart = _Chart("Response: luma blue, chroma orange", (0, 5), (-30, 6), ("MHz", "dB"))
    chart.grid(range(6), range(-30, 7, 6))
    chart.curve([0, 5], [-3, -3], "#808890")
    found = (
        (measure.luma_response(settings), _ACCENT),
        (measure.chroma_response(settings), _SECOND),
        (measure.chroma_response(settings, axis=2), _SECOND),
    )
    for response, colour in found:
        chart.curve(response.megahertz, response.decibel, colour)
    return chart.image


def _edge(settings: Settings) -> Image.Image:
    line = measure.luma_edge(settings)
    step = measure.pixel_us(SYSTEMS[settings["system"]], len(line))
    chart = _Chart("Luma edge", (-0.5, 1.5), (-0.2, 1.4), ("microseconds", ""))
    chart.grid((-0.5, 0, 0.5, 1, 1.5), (0, 0.5, 1))
    chart.curve((np.arange(len(line)) - len(line) // 2 + 0.5) * step, line, _ACCENT)
    return chart.image


def _vectorscope(settings: Settings) -> Image.Image:
    names = ("I", "Q") if settings["system"] == "NTSC" else ("U", "V")
    chart = _Chart("75 % bars: rings are the targets", (-160, 160), (-120, 120), names)
    chart.grid((-100, 0, 100), (-100, 0, 100))
    for bar in measure.colour_bars(settings):
        for place, size, colour, width in ((bar.before, 9, _INK, 2), (bar.after, 4, _SECOND, 4)):
            x, y = chart.at(place[1], place[2])
            chart.pen.ellipse((x - size, y - size, x + size, y + size), outline=colour, width=width)
        x, y = chart.at(bar.before[1], bar.before[2])
        if bar.name not in ("white", "black"):
            chart.pen.text((x + 12, y), bar.name, font=chart.font, fill=_INK, anchor="lm")
    return chart.image
