"""Numbers that the narration says, held against the results that they are read from.

A line of ``script.toml`` may declare where its spoken numbers come from::

    said = { "five point four" = "says/difference[task=numerals] .1f" }

The phrase has to stand in the line's text, and has to hold the number in words, rounded as the format says
(``.0%`` for a share told in per cent).  A film whose results have moved away from its words is told so before it is
drawn.  Where the words may follow the numbers, :mod:`tapehead.scenes.templates` writes them from the results instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading, Result
from tapehead.scenes.fields import place_in
from tapehead.scenes.number_words import rounded, spelled
from tapehead.scenes.script import Script

_SOURCE = re.compile(r"(?P<result>[\w-]+)/(?P<array>\w+)(\[(?P<where>[^\]]*)\])? (?P<format>\.\d[f%])")
_ONE = re.compile(r"\ba (hundred|thousand)\b")


def read(source: str, results: Callable[[str], Result]) -> tuple[Reading, str]:
    """The reading that a declaration such as ``says/difference[task=numerals] .1f`` names, and its format.

    Raises:
        EpisodeError: the declaration is malformed, or a place is no whole number where the axis has no labels.
        ResultError: the result has no such place.
    """
    found = _SOURCE.fullmatch(source.strip())
    if found is None:
        raise EpisodeError(f"'{source}' names no number; write result/array[axis=place,…] .1f")
    result = results(found["result"])
    where = place_in(result.quantity(found["array"]), found["where"] or "")
    return result.read(found["array"], **where), found["format"]


def contradictions(script: Script, results: Callable[[str], Result]) -> Iterator[str]:
    """One complaint per spoken number that its result does not bear out."""
    for line in script.lines:
        for phrase, source in line.said.items():
            value, form = read(source, results)
            words = spelled(rounded(value, form).rstrip("%"), script.language)
            if words.casefold() not in _ONE.sub(r"one \1", phrase.casefold()):
                yield f"{line.key} says '{phrase}', but {value.source} is {float(value):.4g}: '{words}'"
