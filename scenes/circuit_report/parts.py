"""What several scenes of the report draw: texts of any length, towers of any size, names of components."""

from __future__ import annotations

import difflib
import re
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Rectangle, VGroup

from tapehead.analysis.errors import ResultError
from tapehead.analysis.results import Result
from tapehead.scenes.stage.circuits import MLP, Tower, base_line
from tapehead.scenes.stage.lettering import BODY, HEADING, SMALL, TINY, UNITS_PER_POINT, Name, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, INK

_COMPONENT = re.compile(r"(?P<layer>\d+)\.(?P<head>\d+)|MLP (?P<mlp>\d+)")


def component(name: str) -> tuple[int, int]:
    """``9.1`` as (9, 1), ``MLP 3`` as (3, :data:`MLP`).

    Raises:
        ResultError: it is no component's name.
    """
    found = _COMPONENT.fullmatch(name)
    if found is None:
        raise ResultError(f"'{name}' names no component; names are like 9.1 and MLP 3")
    return (int(found["mlp"]), MLP) if found["mlp"] else (int(found["layer"]), int(found["head"]))


def first(value: Any) -> str:
    """A fact that is a text, or the first of several; it still knows where it was read."""
    while not isinstance(value, str):
        value = value[0]
    stripped: str = value.strip()
    return stripped


def tower_of(prompts: Result, *, width: float, height: float, lit: bool = True) -> Tower:
    """The model as a tower that fits a box; cells are at most 0.9 frame units wide and high."""
    layers, heads = int(prompts["layers"]), int(prompts["heads"])
    return Tower(layers, heads, width=min(width, 0.9 * heads), height=min(height, 0.9 * layers), lit=lit)


def standing(words: Words, place: tuple[float, float]) -> Words:
    """Centred at x, with the foot of its letters at y: names in a row stand on one line."""
    words.move_to([place[0], place[1], 0])
    return words.shift((place[1] - base_line(words)) * UP)


def shaded(tower: Tower, heads: np.ndarray, mlps: np.ndarray | None, colour: str, *, least: float = 1e-9) -> Tower:
    """Colour heads, and workshops if given, by a value from 0 to the largest there is; negative ones stay dark.

    ``least`` is the smallest value that may have the full colour.
    """
    largest = max(float(heads.max()), float(mlps.max()) if mlps is not None else 0.0, least)
    tower.shade(heads, colour, 0.0, largest)
    for layer in range(tower.layers):
        value = 0.0 if mlps is None else float(np.clip(mlps[layer] / largest, 0, 1))
        shop = tower.cell(layer, MLP)
        shop.set_fill(tower.cell(0, 0).get_fill_color() if mlps is None else colour, value if mlps is not None else 0)
    return tower


class Flow(VGroup):
    """A text word by word, in lines of a width and as large as its height allows; a long one loses its beginning.

    ``words`` are its words in order, those that are shown.
    """

    def __init__(self, text: str, *, width: float, height: float, colour: str = INK) -> None:
        super().__init__()
        pieces = text.split()
        for size in (HEADING, BODY, SMALL, TINY):
            rows = _rows(pieces, size, width, colour)
            if len(rows) * _leading(size) <= height:
                break
        while len(rows) * _leading(size) > height:
            rows = rows[1:]
        for number, row in enumerate(rows):
            for word, x in row:
                word.move_to(x * RIGHT, aligned_edge=LEFT)
                word.shift((-number * _leading(size) - base_line(word)) * UP)
                self.add(word)
        self.words: list[Words] = [word for row in rows for word, _ in row]
        self.pieces = pieces[len(pieces) - len(self.words) :]
        self.size = size
        self.center()

    def gap(self) -> Rectangle:
        """Where the next word would stand: behind the last one, on its line."""
        last = self.words[-1]
        box = Rectangle(width=1.3, height=0.85 * _leading(self.size)).set_stroke(HIGHLIGHT, 4)
        return box.next_to(last, RIGHT, buff=0.25).set_y(last.get_y())

    def changed(self, other: Flow) -> tuple[list[Words], list[Words]]:
        """The words that the two texts do not share, in each of them."""
        matcher = difflib.SequenceMatcher(None, self.pieces, other.pieces, autojunk=False)
        here, there = list[Words](), list[Words]()
        for kind, i1, i2, j1, j2 in matcher.get_opcodes():
            if kind != "equal":
                here += self.words[i1:i2]
                there += other.words[j1:j2]
        return here, there


def _rows(pieces: list[str], size: float, width: float, colour: str) -> list[list[tuple[Words, float]]]:
    space = 0.28 * size * UNITS_PER_POINT
    rows: list[list[tuple[Words, float]]] = [[]]
    x = 0.0
    for piece in pieces:
        word = Words("{w}", w=Name(piece), size=size, color=colour)
        if rows[-1] and x + word.width > width:
            rows.append([])
            x = 0.0
        rows[-1].append((word, x))
        x += word.width + space
    return rows


def _leading(size: float) -> float:
    return 1.45 * size * UNITS_PER_POINT


def underlined(words: list[Words]) -> VGroup:
    """A bar below each of these words."""
    bars = (
        Rectangle(width=word.width, height=0.07, stroke_width=0).set_fill(HIGHLIGHT, 1).next_to(word, DOWN, buff=0.06)
        for word in words
    )
    return VGroup(*bars)
