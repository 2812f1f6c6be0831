"""Numbers that the narration says, held against the results that they are read from.

A line of ``script.toml`` may declare where its spoken numbers come from::

    said = { "five point four" = "says/difference[task=numerals] .1f" }

The phrase has to stand in the line's text, and has to hold the number in words, rounded as the format says
(``.0%`` for a share told in per cent).  A film
whose results have moved away from its words is told so before it is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Reading, Result
from tapehead.scenes.script import Script

_SOURCE = re.compile(r"(?P<result>[\w-]+)/(?P<array>\w+)(\[(?P<where>[^\]]*)\])? (?P<format>\.\d[f%])")
_ONE = re.compile(r"\ba (hundred|thousand)\b")
_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS_NAMES = "zero ten twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL, _TENS = _NAMES.split(), _TENS_NAMES.split()


def in_words(number: str) -> str:
    """``81`` as eighty-one, ``5.40`` as five point four zero, ``-3`` as minus three; up to 999,999."""
    if number.startswith("-"):
        return f"minus {in_words(number[1:])}"
    whole, point, rest = number.partition(".")
    spoken = _whole(int(whole))
    return f"{spoken} point {' '.join(_SMALL[int(digit)] for digit in rest)}" if point else spoken


def _whole(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            many, rest = divmod(number, size)
            joint = " and " if 0 < rest < 100 else " "
            return f"{_whole(many)} {name}" + (joint + _whole(rest) if rest else "")
    raise AssertionError("every number is below 20, 100 or above")


def read(source: str, results: Callable[[str], Result]) -> tuple[Reading, str]:
    """The reading that a declaration such as ``says/difference[task=numerals] .1f`` names, and its format.

    Raises:
        EpisodeError: the declaration is malformed.
        ResultError: the result has no such place.
    """
    found = _SOURCE.fullmatch(source.strip())
    if found is None:
        raise EpisodeError(f"'{source}' names no number; write result/array[axis=place,…] .1f")
    result = results(found["result"])
    labels = result.quantity(found["array"]).labels
    where: dict[str, int | str] = {}
    for part in filter(None, (found["where"] or "").split(",")):
        axis, _, place = (piece.strip() for piece in part.partition("="))
        where[axis] = place if axis in labels else int(place)
    return result.read(found["array"], **where), found["format"]


def contradictions(script: Script, results: Callable[[str], Result]) -> Iterator[str]:
    """One complaint per spoken number that its result does not bear out."""
    for line in script.lines:
        for phrase, source in line.said.items():
            value, form = read(source, results)
            words = in_words(format(float(value), form).rstrip("%"))
            if words not in _ONE.sub(r"one \1", phrase.lower()):
                yield f"{line.key} says '{phrase}', but {value.source} is {float(value):.4g}: '{words}'"
