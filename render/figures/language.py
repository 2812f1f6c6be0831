"""Figures in another language: ``figures.<language>.toml`` beside the declaration, and numbers as it writes them.

::

    language = "de"
    [words]
    "odd number" = "ungerade Zahl"

The keys are the words of the figures' declarations: titles, axes, series, first sentences of captions, labels, units.
A word without a translation stays as it is, and those of the declarations are listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.figures import Figure
from tapehead.analysis.outside_files import read_toml, shown
from tapehead.scenes.number_words import in_digits

ORIGINAL = "en"
_NUMBER = re.compile(r"[-\N{MINUS SIGN}]?\d[\d,]*(\.\d+)?%?")
_WITH_UNIT = re.compile(r"(.+) \(([^()]+)\)", re.DOTALL)


@dataclass(frozen=True)
class Language:
    """Words by the declaration's words; in the original language there are none."""

    name: str = ORIGINAL
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def other(self) -> bool:
        """Whether anything is written otherwise than it was declared."""
        return self.name != ORIGINAL

    def text(self, text: str) -> str:
        """A text of a figure: a number in the language's digits, words by the table, parts of them where need be."""
        if not self.other or not text.strip():
            return text
        plain = " ".join(text.split())
        if plain in self.words:
            return self.words[plain]
        if _NUMBER.fullmatch(plain):
            return in_digits(plain.replace(",", "").replace("\N{MINUS SIGN}", "-"), self.name)
        if found := _WITH_UNIT.fullmatch(plain):
            return f"{self.text(found[1])} ({self.words.get(found[2], found[2])})"
        for known in sorted(self.words, key=len, reverse=True):
            if plain.startswith(f"{known} "):  # a series and the label of one of its curves
                return f"{self.words[known]} {self.text(plain[len(known) + 1 :])}"
        return text

    def missing(self, figures: Sequence[Figure]) -> list[str]:
        """Words of declarations that have no translation."""
        if not self.other:
            return []
        said = dict.fromkeys(word for figure in figures for word in _said(figure) if word)
        return [word for word in said if " ".join(word.split()) not in self.words]


def _said(figure: Figure) -> Iterator[str]:
    yield from (figure.title, figure.x.label, figure.y.label, figure.shows, figure.control)
    if figure.kind == "matrix":
        yield figure.value
    yield from (series.label for series in figure.series)


ENGLISH = Language()


def language_of(folder: Path, name: str) -> Language:
    """The language of an episode's figures.

    Raises:
        UnknownNameError: the episode has no words in it; the message names the file that would hold them.
        UsageError: the file is malformed.
    """
    if name in ("", ORIGINAL):
        return ENGLISH
    there = {path.name.split(".")[1]: path for path in sorted(folder.glob("figures.*.toml"))}
    if name not in there:
        place = folder / f"figures.{shown(name, 20).strip(chr(39))}.toml"
        raise UnknownNameError(
            "language of figures", name, [ORIGINAL, *there], f"{place} would hold its [words], from English to it."
        )
    path = there[name]
    data = read_toml(path)
    words = data.get("words")
    if set(data) - {"language", "words"} or not isinstance(words, dict):
        raise UsageError(f"{path} holds language and a table [words]; it has {', '.join(data) or 'nothing'}")
    if data.get("language", name) != name:
        raise UsageError(f"{path} says that its language is {shown(data['language'])}")
    for word, other in words.items():
        if not isinstance(other, str) or not other.strip():
            raise UsageError(f"{path}: {shown(word)} has no words on its right side; it has {shown(other)}")
    return Language(name, {" ".join(word.split()): other for word, other in words.items()})


def translate(canvas: Any, language: Language) -> None:
    """Put every text of a drawn canvas into a language, numbers at ticks included."""
    if not language.other:
        return
    from matplotlib.text import Text
    from matplotlib.ticker import FixedFormatter, Formatter

    class Translated(Formatter):
        """Asks another formatter, and says it in the language."""

        def __init__(self, inner: Formatter) -> None:
            self.inner = inner

        def __call__(self, value: float, place: int | None = None) -> str:
            return language.text(self.inner(value, place))

        def format_ticks(self, values: Sequence[float]) -> list[str]:
            return [language.text(text) for text in self.inner.format_ticks(list(values))]

        def get_offset(self) -> str:
            return language.text(self.inner.get_offset())

    for axes in canvas.axes:
        for axis in (axes.xaxis, axes.yaxis):
            inner = axis.get_major_formatter()
            if isinstance(inner, FixedFormatter):
                inner.seq = [language.text(text) for text in inner.seq]
            else:
                axis.set_major_formatter(Translated(inner))
    for text in canvas.findobj(Text):
        text.set_text(language.text(text.get_text()))
