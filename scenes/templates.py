"""Texts with numbers to be filled in: ``The circuit has {circuit.heads} heads and keeps {circuit.score:.0%}.``

In braces stands a field of a result (:mod:`tapehead.scenes.fields`) and, after a colon, how it is rounded
(:mod:`tapehead.scenes.number_words`); ``{{`` and ``}}`` are braces.  A place in the text as it is written, such as that
of a mark, has its place in the text as it is filled, whatever the numbers are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.fields import Field
from tapehead.scenes.number_words import FORMATS, is_format

_PIECES = re.compile(r"\{\{|\}\}|\{(?P<inside>[^{}]*)\}|[{}]")


@dataclass(frozen=True)
class Placeholder:
    """One field to be filled in, how, and where it stands: ``text[start:end]``, the braces included.

    ``opens`` says whether a sentence starts with it.
    """

    field: Field
    form: str
    start: int
    end: int
    opens: bool


@dataclass(frozen=True)
class Template:
    """A text as written, cut into pieces: ``(start, end, what)`` with what stands for ``text[start:end]``."""

    text: str
    pieces: tuple[tuple[int, int, str | Placeholder], ...]

    @classmethod
    def of(cls, text: str) -> Template:
        """Cut a text into pieces.

        Raises:
            EpisodeError: a brace stands alone, or what stands in braces is no field or has no format that fits.
        """
        pieces: list[tuple[int, int, str | Placeholder]] = []
        at = 0
        for match in _PIECES.finditer(text):
            if match.start() > at:
                pieces.append((at, match.start(), text[at : match.start()]))
            at = match.end()
            if match.group() in ("{{", "}}"):
                pieces.append((match.start(), at, match.group()[0]))
            elif match["inside"] is None:
                raise EpisodeError(f"'{match.group()}' stands alone; write it twice for a brace that is said")
            else:
                pieces.append((match.start(), at, _placeholder(match, text)))
        if at < len(text):
            pieces.append((at, len(text), text[at:]))
        return cls(text, tuple(pieces))

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """All fields to be filled in, in order."""
        return tuple(what for _, _, what in self.pieces if isinstance(what, Placeholder))

    def filled(self, shown: Callable[[Placeholder], str]) -> Filled:
        """The text with every field as ``shown`` has it."""
        out: list[str] = []
        starts: list[tuple[int, int, bool]] = []
        length = 0
        for start, _, what in self.pieces:
            starts.append((start, length, isinstance(what, str)))
            out.append(what if isinstance(what, str) else shown(what))
            length += len(out[-1])
        return Filled("".join(out), tuple(starts))

    def occurrences(self, phrase: str) -> list[int]:
        """Where a phrase stands as whole words; no field is cut by it, and none of a field's letters are words."""
        if len(phrase) > len(self.text):
            return []  # and no pattern is compiled of something endless
        before = r"(?<!\w)" if phrase[:1].isalnum() else ""
        after = r"(?!\w)" if phrase[-1:].isalnum() else ""
        spans = [(each.start, each.end) for each in self.placeholders]
        found = [match.span() for match in re.finditer(before + re.escape(phrase) + after, self.text)]
        return [
            start
            for start, end in found
            if all(end <= first or last <= start or (start <= first and last <= end) for first, last in spans)
        ]


@dataclass(frozen=True)
class Filled:
    """A text with its fields filled in; ``starts`` are written and filled places of its pieces, and are they words."""

    text: str
    starts: tuple[tuple[int, int, bool], ...]

    def place(self, written: int) -> int:
        """Where something now stands that stood at ``written`` before."""
        start, filled, words = max((piece for piece in self.starts if piece[0] <= written), default=(0, 0, True))
        return filled + (written - start if words else 0)


def _placeholder(match: re.Match[str], text: str) -> Placeholder:
    name, _, form = match["inside"].partition(":")
    try:
        field = Field.of(name)
    except EpisodeError as error:
        raise EpisodeError(f"'{match.group()}': {error}") from error
    if not is_format(form.strip()):
        raise EpisodeError(f"'{match.group()}': there is no format '{form.strip()}'; there are {FORMATS}")
    before = text[: match.start()].rstrip("\"'“‘«( ")
    opens = not before or (before[-1] in ".!?…" and before != text[: match.start()])
    return Placeholder(field, form.strip(), match.start(), match.end(), opens)
