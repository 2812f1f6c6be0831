"""Where captions break: at the ends of phrases, and never inside a name or a number.

Every place between two words has a cost; the cheapest way to cut a line of narration wins.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

LINE_WIDTH = 42

_SENTENCE, _CLAUSE, _OPENING, _ANYWHERE, _TIED, _INSIDE = 0.0, 3.0, 8.0, 16.0, 40.0, 1000.0
_CAPTION, _SECOND_LINE, _SHORT = 6.0, 2.0, 12.0
_SHORT_CHARACTERS, _SHORT_S, _LONG_S = 14, 1.2, 7.0


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OPENERS = _set(
    "and or but nor so because if when while where which who that than then as since until unless though although "
    "in on at by for from to with without into onto over under through across between of about after before like "
    "is are was were does do did can will would"
)
_CLINGING = _set("a an the my your our his her its their this these those no not very in on at by of to")
_NUMBERS = _set(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half "
    "third thirds quarter quarters fifth fifths tenth tenths hundredth hundredths percent"
)
_JOINING = _set("point and")
_SIGNS = _set("minus plus")


@dataclass(frozen=True)
class Piece:
    """The words of one caption, how they are set, and when in the film they are said (seconds).

    ``source`` names scene and speaker.
    """

    words: tuple[str, ...]
    lines: tuple[str, ...]
    start: float
    end: float
    source: tuple[str, str]


def pieces(words: Sequence[tuple[str, float, float]], source: tuple[str, str]) -> list[Piece]:
    """Cut one line's words, given with start and end, into captions; no word may be wider than a line."""
    texts = tuple(text for text, _start, _end in words)
    costs = break_costs(texts)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        choices = []
        for start in range(end - 1, -1, -1):
            lines = two_lines(texts[start:end])
            if lines is None:
                break
            spent = best[start][0] + _cost(words[start:end], texts, costs, start, end)
            choices.append((spent, start))
        best.append(min(choices))
    cuts, end = [], len(words)
    while end:
        cuts.append((best[end][1], end))
        end = best[end][1]
    return [
        Piece(
            texts[start:end],
            two_lines(texts[start:end]) or (),
            words[start][1],
            max(until for _text, _from, until in words[start:end]),
            source,
        )
        for start, end in reversed(cuts)
    ]


def _cost(
    part: Sequence[tuple[str, float, float]], texts: tuple[str, ...], costs: Sequence[float], start: int, end: int
) -> float:
    cost = _CAPTION + (costs[end - 1] if end < len(texts) else 0.0)
    seconds = part[-1][2] - part[0][1]
    if seconds < _SHORT_S or sum(len(text) + 1 for text, _s, _e in part) < _SHORT_CHARACTERS:
        cost += _SHORT
    if seconds > _LONG_S:
        cost += _SHORT * (seconds - _LONG_S)
    cut = _line_cut(texts[start:end])
    return cost + (_SECOND_LINE + 0.4 * costs[start + cut - 1] if cut else 0.0)


def two_lines(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Set words in one line or two; ``None`` if they do not fit."""
    cut = _line_cut(words)
    if cut is None:
        return None
    return (" ".join(words[:cut]), " ".join(words[cut:])) if cut else (" ".join(words),)


@functools.lru_cache(maxsize=4096)
def _line_cut(words: tuple[str, ...]) -> int | None:
    """How many words go into the first line; 0 if all of them do, ``None`` if two lines are not enough."""
    ends = list(itertools.accumulate(len(word) + 1 for word in words))
    total = ends[-1] - 1
    if total <= LINE_WIDTH:
        return 0
    costs = break_costs(words)
    fitting = [
        (costs[cut - 1] + abs(2 * ends[cut - 1] - total) / 8, cut)
        for cut in range(1, len(words))
        if ends[cut - 1] - 1 <= LINE_WIDTH and total - ends[cut - 1] <= LINE_WIDTH
    ]
    return min(fitting)[1] if fitting else None


def break_costs(words: Sequence[str]) -> list[float]:
    """What it costs to break after each word but the last."""
    return [_after(words, index) for index in range(len(words) - 1)]


def _after(words: Sequence[str], index: int) -> float:
    word, following = words[index], words[index + 1]
    closed = word.rstrip("\"'”’)]")
    if closed.endswith((".", "!", "?", "…")):
        return _SENTENCE
    if closed.endswith((",", ";", ":", "—", "–")):
        return _CLAUSE
    if _one_thing(words, index):
        return _INSIDE
    if _bare(word) in _CLINGING:
        return _TIED
    return _OPENING if _bare(following) in _OPENERS or following[0] in "(—–" else _ANYWHERE


def _one_thing(words: Sequence[str], index: int) -> bool:
    """Whether both neighbours belong to one formula, number or name."""
    word, following = words[index], words[index + 1]
    left, right = _bare(word), _bare(following)
    if _symbol(word) and _symbol(following):
        return True
    if _number(left) or left in _SIGNS:
        return _number(right) or (right in _JOINING and index + 2 < len(words) and _number_ahead(words, index + 2))
    if left in _JOINING and index and _number(_bare(words[index - 1])):
        return _number_ahead(words, index + 1)
    first = index == 0 or words[index - 1].rstrip("\"'”’)]").endswith((".", "!", "?"))
    return not first and word[0].isupper() and following[0].isupper() and "I" not in (left.upper(), right.upper())


def _number_ahead(words: Sequence[str], index: int) -> bool:
    """A number, or the article of one: ``and a half``."""
    word = _bare(words[index])
    return _number(word) or (word == "a" and index + 1 < len(words) and _number(_bare(words[index + 1])))


def _symbol(word: str) -> bool:
    """A single letter, a sign or digits: part of a formula such as ``W x`` or ``= 3``."""
    bare = word.strip("\"'“”‘’()[].,;:!?")
    return (len(bare) == 1 and bare not in "aI") or bare.replace(".", "").isdigit()


def _number(bare: str) -> bool:
    return bare in _NUMBERS or bare[:1].isdigit() or any(part in _NUMBERS for part in bare.split("-") if "-" in bare)


def _bare(word: str) -> str:
    return word.strip("\"'“”‘’()[].,;:!?…").lower()
