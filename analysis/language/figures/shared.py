"""What several of the language figures share."""

from __future__ import annotations

from typing import Any

from tapehead.analysis.figures import Series

KINDS = ("numerals", "words", "months")
"""The sequences that the films compare."""

READER = {"layer": "0", "head": "6"}
"""The head that the films follow: it reads the last member."""

LEFT = "difference left"


def each(name: str, low: str = "", high: str = "", **fixed: Any) -> tuple[Series, ...]:
    """A series per kind of sequence: a panel of a matrix, or a colour of bars."""
    return tuple(Series(name, label=kind, where={"task": kind, **fixed}, low=low, high=high) for kind in KINDS)
