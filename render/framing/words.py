"""What is read at which frame of a scene: captions of two lines, or a few large words with the spoken one marked.

Frames count from the scene's start.  The times are those of the voice, as the script's captions have them.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from tapehead.render.words.caption_breaks import break_costs
from tapehead.render.words.captions import captions
from tapehead.render.words.timeline import PlacedLine, Timeline
from tapehead.scenes.script import TimedLine, Word

LETTERS = 24
"""Most characters of a phrase that is shown word by word: two lines of a phone's screen."""
_PHRASE, _PER_LETTER = 9.0, 0.02
_LINGER_S = 0.5


@dataclass(frozen=True)
class Shown:
    """Lines that stand from frame ``first`` up to ``last``; ``mark`` counts the word that is being said, from 0."""

    first: int
    last: int
    lines: tuple[str, ...]
    mark: int = -1


@dataclass(frozen=True)
class Told:
    """All that is read in a scene, in order, never two at a time."""

    shown: tuple[Shown, ...] = ()

    @cached_property
    def _starts(self) -> list[int]:
        return [each.first for each in self.shown]

    def at(self, frame: int) -> Shown | None:
        """What stands at a frame, if anything does."""
        place = bisect.bisect_right(self._starts, frame) - 1
        return self.shown[place] if place >= 0 and frame < self.shown[place].last else None


def in_lines(starts: Mapping[str, float], lines: Mapping[str, TimedLine], frames: int, fps: int) -> Told:
    """Captions as the film's own files have them.

    Args:
        starts: seconds at which each line begins, by key.
        lines: its words, in whatever language they are shown.
        frames: the scene's length.
        fps: frames per second.
    """
    placed = tuple(PlacedLine(at, lines[key], lines[key].scene) for key, at in starts.items() if key in lines)
    timeline = Timeline(frames / fps, fps, (), placed, ())
    return Told(tuple(Shown(each.start, each.end, each.lines) for each in captions(timeline)))


def word_by_word(starts: Mapping[str, float], lines: Mapping[str, TimedLine], frames: int, fps: int) -> Told:
    """Phrases of a few words; each word is marked from when it is said until the next one is.

    A phrase stands until the next, at most half a second longer than it is spoken.  The arguments are those of
    :func:`in_lines`.
    """
    said: list[tuple[float, tuple[Word, ...]]] = []
    for key, at in sorted(starts.items(), key=lambda pair: pair[1]):
        if key in lines:
            said += [(at, phrase) for phrase in phrases(lines[key].words)]
    begins = [at + phrase[0].start for at, phrase in said]
    made: list[Shown] = []
    for number, (at, phrase) in enumerate(said):
        until = begins[number + 1] if number + 1 < len(said) else math.inf
        until = min(until, at + phrase[-1].end + _LINGER_S, frames / fps)
        edges = [*(min(at + word.start, until) for word in phrase), until]
        text = (" ".join(_one(word.text) for word in phrase),)
        for mark, (first, last) in enumerate(pairwise(edges)):
            start, end = round(first * fps), round(last * fps)
            if made and start < made[-1].last:
                start = made[-1].last
            if end > start:
                made.append(Shown(start, end, text, mark))
    return Told(tuple(made))


def phrases(words: Sequence[Word], most: int = LETTERS) -> list[tuple[Word, ...]]:
    """Cut a line's words into phrases of at most ``most`` characters where captions would break; a long word stands
    alone."""
    words = [word for word in words if _one(word.text)]
    costs = break_costs([_one(word.text) for word in words])
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        choices = []
        for start in range(end - 1, -1, -1):
            length = sum(len(_one(word.text)) + 1 for word in words[start:end]) - 1
            if length > most and end - start > 1:
                break
            inside = any(cost == 0 for cost in costs[start : end - 1])  # a sentence ends within
            cost = best[start][0] + _PHRASE + _PER_LETTER * (most - length) ** 2 / 4 + 20 * inside
            choices.append((cost + (costs[end - 1] if end < len(words) else 0.0), start))
        best.append(min(choices))
    cuts, end = [], len(words)
    while end:
        cuts.append((best[end][1], end))
        end = best[end][1]
    return [tuple(words[start:end]) for start, end in reversed(cuts)]


def _one(text: str) -> str:
    """A word without line breaks and control characters."""
    return "".join(sign for sign in text if sign.isprintable()).strip()
