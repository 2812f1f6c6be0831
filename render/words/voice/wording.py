"""From what the voice said to the words on screen: pronunciations, estimates, and matching one to the other."""

from __future__ import annotations

import bisect
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehead.scenes.script import Script, Word

if TYPE_CHECKING:
    import numpy as np

    from tapehead.render.words.voice.speech import Voice, WordTime

_QUIET = 10 ** (-45 / 20)
_PHONEMES = re.compile(r"(?<!\S)/[^/\s]+/")
_PAUSE_LETTERS = {",": 3.0, ";": 4.0, ":": 4.0, ".": 6.0, "!": 6.0, "?": 6.0}


@dataclass(frozen=True)
class Spoken:
    """What the voice is given; ``origin[i]`` is the place in the written text of character ``i``."""

    text: str
    origin: tuple[int, ...]


def pronounced(text: str, table: Mapping[str, str]) -> Spoken:
    """Replace whole words as ``table`` says, longest first, each place once."""
    out, origin, at = [], list[int](), 0
    if table:
        choices = "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))
        for match in re.finditer(rf"(?<!\w)(?:{choices})(?!\w)", text):
            out += [text[at : match.start()], table[match.group()]]
            origin += [*range(at, match.start()), *[match.start()] * len(table[match.group()])]
            at = match.end()
    out.append(text[at:])
    origin += range(at, len(text))
    return Spoken("".join(out), tuple(origin))


def pronunciations(script: Script, voice: Voice) -> Mapping[str, str]:
    """The script's table as the voice can use it: phonemes between slashes are for voices that know them."""
    if getattr(voice, "phonetic", False):
        return script.pronounce
    return {word: said for word, said in script.pronounce.items() if not _PHONEMES.search(said)}


def word_count(text: str) -> int:
    """Words with at least one letter or digit."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def estimate(text: str, start: float, end: float) -> list[WordTime]:
    """Spread the words of ``text`` over ``start`` to ``end`` seconds by letters, with room at punctuation."""
    tokens = list(re.finditer(r"\S+", text))
    sizes = [_letters(token.group()) for token in tokens]
    # The last word's punctuation is followed by nothing, so it takes no time.
    rests = [_PAUSE_LETTERS.get(token.group()[-1], 1.0) for token in tokens[:-1]] + [0.0]
    scale = (end - start) / max(1e-9, sum(sizes) + sum(rests[: len(sizes)]))
    times, now = [], start
    for token, size, rest in zip(tokens, sizes, rests, strict=False):
        times.append((token.start(), len(token.group()), now, min(end, now + size * scale)))
        now += (size + rest) * scale
    return times


def sounding(samples: np.ndarray, rate: int) -> tuple[float, float]:
    """Start and end in seconds of what is louder than 45 dB below the peak; the whole if nothing sounds."""
    import numpy as np

    level = np.abs(samples)
    loud = np.flatnonzero(level > level.max(initial=0.0) * _QUIET)
    if not len(loud):
        return 0.0, len(samples) / rate
    return float(loud[0]) / rate, float(loud[-1] + 1) / rate


def timed_words(text: str, said: str, spoken: Spoken, times: Sequence[WordTime], measured: bool) -> tuple[Word, ...]:
    """The words of the caption ``text`` with their times.

    ``said`` is what was pronounced into ``spoken``: ``text`` itself, or the line's ``say``.  A word that the voice
    gave no time for, or that it did not say, gets a share of its surroundings and is marked as not measured.
    """
    words = _grouped(said, spoken, times, measured)
    return words if said == text else _matched(text.split(), words)


def mark_time(text: str, offset: int, words: Sequence[Word]) -> float:
    """Start in seconds of the word of ``text`` that holds the character at ``offset``."""
    index = sum(token.end() <= offset for token in re.finditer(r"\S+", text))
    return words[min(index, len(words) - 1)].start


def _letters(word: str) -> float:
    return float(max(1, sum(letter.isalnum() for letter in word)))


def _shared(words: Sequence[str], start: float, end: float, first_measured: bool) -> list[Word]:
    """Split one stretch of time among words by their letters."""
    total, now, made = sum(map(_letters, words)), start, []
    for index, word in enumerate(words):
        until = end if index == len(words) - 1 else now + (end - start) * _letters(word) / total
        made.append(Word(word, now, max(now, until), first_measured and index == 0))
        now = until
    return made


def _grouped(said: str, spoken: Spoken, times: Sequence[WordTime], measured: bool) -> tuple[Word, ...]:
    """Give each event of the voice to the word it starts in; words without one share with the word before.

    Engines run small words together (``for the`` is one event), say several for one (``2026``) and skip dashes.
    """
    tokens = list(re.finditer(r"\S+", said))
    ends = [token.end() for token in tokens]
    spans: list[tuple[float, float] | None] = [None] * len(tokens)
    for first, _length, start, end in sorted(times, key=lambda time: time[2]):
        if not spoken.origin or not tokens:
            break
        place = spoken.origin[min(max(first, 0), len(spoken.origin) - 1)]
        index = min(bisect.bisect_right(ends, place), len(tokens) - 1)
        span = spans[index]
        spans[index] = (start, end) if span is None else (min(span[0], start), max(span[1], end))
    made: list[Word] = []
    index, now = 0, 0.0
    while index < len(tokens):
        after = index + 1
        while after < len(tokens) and spans[after] is None:
            after += 1
        start, end = spans[index] or (now, now)
        start = max(start, now)
        now = max(end, start)
        group = [token.group() for token in tokens[index:after]]
        aloud = [word for word in group if word_count(word)]
        shares = iter(_shared(aloud or group, start, now, measured and spans[index] is not None))
        for word in group:
            if word_count(word) or not aloud:
                made.append(next(shares))
            else:  # a lone dash takes no time: it stands where the word before it ends
                at = made[-1].end if made else start
                made.append(Word(word, at, at, measured))
        index = after
    return tuple(made)


def _matched(tokens: Sequence[str], words: Sequence[Word]) -> tuple[Word, ...]:
    """Times for ``tokens`` from the similar sequence ``words``: equal words keep theirs, others share the gap."""
    plain = [_plain(token) for token in tokens]
    matcher = difflib.SequenceMatcher(None, plain, [_plain(word.text) for word in words], autojunk=False)
    made: list[Word] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            pairs = zip(tokens[i1:i2], words[j1:j2], strict=True)
            made += [Word(token, word.start, word.end, word.measured) for token, word in pairs]
        elif i2 > i1:
            before = words[j1 - 1].end if j1 else 0.0
            start = words[j1].start if j1 < j2 else before
            end = words[j2 - 1].end if j1 < j2 else (words[j2].start if j2 < len(words) else before)
            made += _shared(tokens[i1:i2], start, max(start, end), False)
    return tuple(made)


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())
