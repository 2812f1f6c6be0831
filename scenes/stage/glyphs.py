"""Outlines that were cut from a text go on knowing which text: of Manim's own classes and of our letterings.

A text of Manim's is checked on stage by what it says (:mod:`tapehead.scenes.stage.record`).  Its glyphs are plain
outlines that say nothing: ``Text("5")[0]`` shown alone, or a square that becomes it, would carry a number past the
check.  So the constructors of Manim's texts leave the text in every glyph of a text with a number in it
(``cut_from``), and ``become`` takes such marks, and the readings of letterings (``shown_in``), along with the outlines.

Points that a scene copies by hand (``set_points``), pictures and paths in a file remain what they are: drawings.
"""

from __future__ import annotations

import functools
import html
import re
from typing import Any

from manim import DecimalNumber, MarkupText, MathTypst, Mobject, Paragraph, SingleStringMathTex, Text, Typst
from manim.mobject.text.tex_mobject import MathTexPart

from tapehead.scenes.stage.lettering import holds_number

TEXTS = (Text, MarkupText, SingleStringMathTex, Typst)
"""Manim's classes that set a text, each once: their subclasses call these constructors (``Paragraph`` holds a Text,
``DecimalNumber`` one text a digit)."""

MARKS = ("cut_from", "shown_in")

_TEX_LENGTHS = re.compile(r"\\[hv]space\*?\{[^{}]*\}|\\\\\[[^\]]*\]|\\(?:text)?color(?:\[[^\]]*\])?\{[^{}]*\}")
_TEX_SYMBOLS = re.compile(r"[_^](?:\{[^{}]*\}|\w)|\\[A-Za-z]+")

_taken_on = 0


def taken_on() -> int:
    """How often in this process a mobject has taken on or lost marks by ``become``: the same mobjects, other words."""
    return _taken_on


def text_of(mobject: Mobject) -> str:
    """What a text of Manim's own classes says, without markup and names of symbols; empty for what is no text.

    For an outline that was cut from a text with a number in it: that whole text.
    """
    if isinstance(mobject, DecimalNumber):
        return str(mobject.number)
    if isinstance(mobject, MarkupText):
        return html.unescape(re.sub(r"<[^>]*>", "", mobject.original_text))
    if isinstance(mobject, Text):
        return str(mobject.original_text)
    if isinstance(mobject, Paragraph):  # its lines are groups of glyphs, the text lies beside them
        return str(mobject.lines_text.original_text)
    if isinstance(mobject, SingleStringMathTex | MathTexPart):
        return _TEX_SYMBOLS.sub(" ", _TEX_LENGTHS.sub(" ", mobject.tex_string))
    if isinstance(mobject, MathTypst | Typst):
        return str(mobject.typst_code)
    return str(getattr(mobject, "cut_from", ""))


def _mark(text: Mobject) -> None:
    if holds_number(words := text_of(text)):
        for member in text.get_family()[1:]:
            member.cut_from = words


def _marks(mobject: Mobject) -> dict[str, Any]:
    marks = {name: value for name in MARKS if (value := getattr(mobject, name, None))}
    if "cut_from" not in marks and holds_number(words := text_of(mobject)):
        marks["cut_from"] = words
    return marks


def _take_marks(taker: Mobject, given: Mobject) -> None:
    global _taken_on
    for mine, other in zip(taker.get_family(), given.get_family(), strict=False):
        marks = _marks(other)
        for name in MARKS:
            if getattr(mine, name, None) is marks.get(name):
                continue
            _taken_on += 1
            if name in marks:
                setattr(mine, name, marks[name])
            else:
                delattr(mine, name)


def _remember() -> None:
    """Wrap the constructors of Manim's texts and ``Mobject.become``, once in a process."""

    def constructor(kind: type[Mobject]) -> Any:
        original = kind.__init__

        @functools.wraps(original)
        def init(self: Mobject, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            _mark(self)

        return init

    for kind in TEXTS:
        setattr(kind, "__init__", constructor(kind))  # noqa: B010 - mypy forbids the assignment to a method

    become = Mobject.become

    @functools.wraps(become)
    def becoming(self: Mobject, mobject: Mobject, *args: Any, **kwargs: Any) -> Any:
        made = become(self, mobject, *args, **kwargs)
        _take_marks(self, mobject)
        return made

    setattr(Mobject, "become", becoming)  # noqa: B010


if not hasattr(Mobject.become, "__wrapped__"):
    _remember()
