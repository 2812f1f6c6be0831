"""Numbers as people tell them: "about three quarters", "two and a half", "minus one", "3.3".

A narrator rounds, and says by the words how far: "six tenths" is right within a twentieth, "three quarters" within an
eighth.  So a phrase is a value and a step, and a result bears it out if it lies within half a step of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_SMALL = {word: value for value, word in enumerate(_ONES)}
_DECADES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10 * value for value, word in enumerate(_DECADES, 2)}
_LARGE = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5,
    "tenth": 10, "tenths": 10, "hundredth": 100, "hundredths": 100,
}  # fmt: skip
_WORD = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?(?:\s*%)?|[^\W\d_]+")
_SLACK = Fraction(1, 10**9)
"""What a float may be off: it never decides a rounding that was told in words."""


@dataclass(frozen=True)
class Told:
    """A number as it was told, and the step to the next one that could have been told in that way."""

    value: Fraction
    step: Fraction

    def bears(self, found: float) -> bool:
        """Whether a computed number is told truly by it."""
        return abs(Fraction(found) - self.value) <= self.step / 2 + _SLACK


def told(phrase: str) -> Told | None:
    """The one number that an English phrase tells; nothing if it tells none, or more than one."""
    words = [match.group().lower() for match in _WORD.finditer(phrase.replace("-", " ") if _worded(phrase) else phrase)]
    found: list[Told] = []
    at = 0
    while at < len(words):
        number, after = _number(words, at)
        if number is None:
            at += 1
        else:
            found.append(number)
            at = after
    return found[0] if len(found) == 1 else None


def _worded(phrase: str) -> bool:
    """Whether a dash joins words, as in twenty-one, and is no minus."""
    return not re.search(r"\d", phrase)


def _number(words: list[str], at: int) -> tuple[Told | None, int]:
    sign = 1
    if words[at] == "minus" and at + 1 < len(words):
        sign, at = -1, at + 1
    if words[at][-1].isdigit() or words[at].endswith("%"):
        return _digits(words[at], sign), at + 1
    whole, after = _whole(words, at)
    if whole is None:
        return _part(words, at, sign)
    if after < len(words) and words[after] in _PARTS:
        down = _PARTS[words[after]]
        return Told(Fraction(sign * whole, down), Fraction(1, down)), after + 1
    if words[after : after + 1] == ["point"]:
        digits = ""
        end = after + 1
        while end < len(words) and _SMALL.get(words[end], 10) < 10:
            digits += str(_SMALL[words[end]])
            end += 1
        if digits:
            step = Fraction(1, 10 ** len(digits))
            return Told(sign * (whole + int(digits) * step), step), end
    if words[after : after + 1] == ["and"]:
        part, end = _fraction(words, after + 1)
        if part is not None:
            return Told(sign * (whole + part.value), part.step), end
    return Told(Fraction(sign * whole), Fraction(1)), after


def _digits(text: str, sign: int) -> Told:
    share = text.endswith("%")
    plain = text.rstrip("% ").replace(",", "").replace("−", "-")
    step = Fraction(1, 10 ** len(plain.partition(".")[2]))
    down = 100 if share else 1
    return Told(sign * Fraction(plain) / down, step / down)


def _part(words: list[str], at: int, sign: int) -> tuple[Told | None, int]:
    part, end = _fraction(words, at)
    return (Told(sign * part.value, part.step), end) if part else (None, at)


def _fraction(words: list[str], at: int) -> tuple[Told | None, int]:
    """``a half``, ``two thirds``: never a bare ``quarter``, which is a place or a time."""
    if at + 1 >= len(words) or words[at + 1] not in _PARTS:
        return None, at
    up = 1 if words[at] in ("a", "one") else _SMALL.get(words[at])
    if up is None:
        return None, at
    down = _PARTS[words[at + 1]]
    return Told(Fraction(up, down), Fraction(1, down)), at + 2


def _whole(words: list[str], at: int) -> tuple[int | None, int]:
    """A whole number in words; ``a`` counts only before hundred, thousand and the like."""
    total, start = 0, at
    current: int | None = None
    while at < len(words):
        word = words[at]
        if word == "a" and at == start and words[at + 1 : at + 2] and words[at + 1] in _LARGE:
            current = 1
        elif word in _SMALL and (current is None or current % 100 == 0 or (current % 10 == 0 and _SMALL[word] < 10)):
            current = (current or 0) + _SMALL[word]
        elif word in _TENS and (current is None or current % 100 == 0):
            current = (current or 0) + _TENS[word]
        elif word in _LARGE and current is not None:
            if _LARGE[word] == 100:
                current *= 100
            else:
                total, current = total + current * _LARGE[word], 0
        elif not (word == "and" and current and current % 100 == 0 and words[at + 1 : at + 2] and _joins(words, at)):
            break
        at += 1
    return (None, start) if current is None else (total + current, at)


def _joins(words: list[str], at: int) -> bool:
    """Whether ``and`` stands inside a number, as in a hundred and five, and not before a fraction."""
    after = words[at + 1]
    return (after in _SMALL or after in _TENS) and not (words[at + 2 : at + 3] and words[at + 2] in _PARTS)
