"""Text round the stage, set by typst: as large as its room allows, and never larger than it looks well.

Pictures are on the film's ground, so that text is readable over whatever the scenes show beside it.
"""

from __future__ import annotations

import functools
import io
import json
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.palette import GROUND, HIGHLIGHT, INK, SOFT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    """``(height, width, 3)``, RGB."""

SMALLEST = 0.026
"""Of the shorter side of the picture: what is smaller cannot be read on a telephone."""
_WIDE = 0.62
"""Em of a bold letter's width, with some to spare: a word as long as its room must not leave it."""
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Pen:
    """Colours and letters."""

    ground: str = GROUND
    ink: str = INK
    soft: str = SOFT
    highlight: str = HIGHLIGHT
    font: str = "Libertinus Serif"
    files: tuple[str, ...] = ()
    """Folders of fonts besides those of typst itself."""


def quoted(words: str) -> str:
    """Words as a string of typst: nothing in them is markup."""
    return json.dumps(_SPACE.sub(" ", words).strip(), ensure_ascii=False)


@functools.lru_cache(maxsize=8)
def compiler(files: tuple[str, ...]) -> object:
    """A typst with the fonts of its wheel and those of some folders; the system's are ignored."""
    import typst

    return typst.Compiler(font_paths=list(files), ignore_system_fonts=True)


def typeset(pen: Pen, width: int, height: int, body: str, size: float, align: str = "center + horizon") -> list[bytes]:
    """PNG pictures of a text in a room, one a page: a second page holds what the first had no room for."""
    source = (
        f'#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: rgb("{pen.ground}"))\n'
        f'#set text(size: {size:.2f}pt, font: ("{pen.font}", "Libertinus Serif"), fill: rgb("{pen.ink}"))\n'
        "#set text(hyphenate: false)\n"
        '#set text(top-edge: "ascender", bottom-edge: "descender")\n'  # no letter leaves its room
        f"#set par(leading: 0.15em)\n#set align({align})\n{body}\n"
    )
    made = compiler(pen.files).compile(source.encode("utf-8"), format="png", ppi=72.0)  # type: ignore[attr-defined]
    return made if isinstance(made, list) else [made]


@functools.lru_cache(maxsize=4096)
def fitted(pen: Pen, width: int, height: int, words: str, mark: int, most: float, least: float) -> tuple[float, bytes]:
    """A text in its room: the size that it got, in pixels, and the picture.

    Args:
        pen: colours and letters.
        width: of the room, in pixels.
        height: likewise.
        words: the text; a line break in it stays one.
        mark: which word is marked, counted from 0; none with -1.
        most: the largest size, in pixels.
        least: the smallest.

    Raises:
        EpisodeError: it does not fit at the smallest size.
    """
    body, size = body_of(pen, words, mark), _fitting(width, words, most)
    while size >= least:
        pages = typeset(pen, width, height, body, size)
        if len(pages) == 1:
            return size, pages[0]
        size *= 0.92
    raise EpisodeError(
        f"'{_SPACE.sub(' ', words)[:80]}' does not fit into its {width}x{height} pixels in letters that can be read; "
        "say it shorter"
    )


def size_for(pen: Pen, width: int, height: int, texts: tuple[str, ...], most: float, least: float) -> float:
    """The largest size at which all of some texts fit, so that they do not change their size from one to the next.

    Raises:
        EpisodeError: one does not fit at the smallest size.
    """
    return min((fitted(pen, width, height, text, -1, most, least)[0] for text in set(texts)), default=most)


def balanced(words: str, width: float, size: float) -> str:
    """A title in as few lines as it takes at this size, of lengths as equal as they can be; both in pixels."""
    parts = words.split()
    for count in range(1, min(5, len(parts)) + 1):
        best = _evenly(parts, count)
        if max(map(len, best)) * size * 0.5 <= width:
            return "\n".join(best)
    return words


def kept_or_even(pen: Pen, lines: tuple[str, ...], width: int, size: float) -> str:
    """Lines as they are where each fits into the width; else the same words in more lines that do, as even as can be.

    Left to itself, a line that is a word too long leaves that word alone on a line of its own.
    """
    if max(_length(pen, line, size) for line in lines) <= width:
        return "\n".join(lines)
    parts = " ".join(lines).split()
    for count in range(len(lines), len(parts)):
        best = _evenly(parts, count)
        if max(_length(pen, line, size) for line in best) <= width:
            return "\n".join(best)
    return "\n".join(parts)


@functools.lru_cache(maxsize=4096)
def _length(pen: Pen, line: str, size: float) -> float:
    """How long a line is in its letters, in pixels: the width of a page that is no wider than it."""
    source = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#set text(size: {size:.2f}pt, font: ("{pen.font}", "Libertinus Serif"))\n{body_of(pen, line, -1)}\n'
    )
    made = compiler(pen.files).compile(source.encode("utf-8"), format="png", ppi=72.0)  # type: ignore[attr-defined]
    return float(pixels(made if isinstance(made, bytes) else made[0]).shape[1])


def _evenly(parts: list[str], count: int) -> list[str]:
    """Words in at most so many lines, the longest of which is as short as can be."""
    most = max(map(len, parts))
    while len(lines := textwrap.wrap(" ".join(parts), most, break_long_words=False, break_on_hyphens=False)) > count:
        most += 1
    return lines


def body_of(pen: Pen, words: str, mark: int) -> str:
    """The text as typst; the marked word has the colour of what is pointed at and a line below, so not colour alone."""
    parts, number = [], 0
    for line in words.split("\n"):
        row = []
        for word in line.split():
            text = f"text({quoted(word)})"
            if number == mark:
                text = f'underline(stroke: 0.06em, offset: 0.16em, text(fill: rgb("{pen.highlight}"), {quoted(word)}))'
            row.append("#" + text)
            number += 1
        parts.append(" ".join(row))
    return '#set text(weight: "bold")\n' + " \\\n".join(parts)


def pixels(data: bytes) -> Picture:
    """A PNG picture as an array."""
    import numpy as np
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _fitting(width: int, words: str, most: float) -> float:
    longest = max((len(word) for word in words.split()), default=1)
    return min(most, width / (_WIDE * longest))
