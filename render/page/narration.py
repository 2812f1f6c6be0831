"""The words of a film as its page has them: which of them are numbers, where those were read, when each is spoken."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from tapehead.analysis.errors import EpisodeError
from tapehead.render.page.sources import Load, Place, fact_of, place_of
from tapehead.render.page.told import told
from tapehead.render.words.timeline import PlacedLine, Timeline
from tapehead.scenes.episode import Episode
from tapehead.scenes.number_words import numbers_in
from tapehead.scenes.script import DEFAULT, Line, Script
from tapehead.scenes.templates import Template


@dataclass(frozen=True)
class Spot:
    """``text[start:end]`` was read from ``place``, or, where a result gave a word and no number, from ``fact``."""

    start: int
    end: int
    place: Place | None
    fact: str = ""


@dataclass(frozen=True)
class Word:
    """``text[start:end]`` and when it is spoken, in seconds of the film."""

    start: int
    end: int
    at: float


@dataclass(frozen=True)
class Spoken:
    """One line: its spots in order, its numbers that no result holds, and where in the film it is.

    ``words`` are there if the film says the same words; ``as_filmed`` is false if there is a film and it does not.
    """

    key: str
    scene: str
    speaker: str
    text: str
    spots: tuple[Spot, ...]
    words: tuple[Word, ...]
    start: float | None
    end: float | None
    loose: tuple[str, ...]
    as_filmed: bool = True


def spoken(
    episode: Episode,
    script: Script,
    load: Load,
    numbers: Mapping[str, Mapping[str, str]],
    timeline: Timeline | None,
) -> tuple[Spoken, ...]:
    """All lines of a script that was filled, in its order; ``numbers`` are those that the page ties to results.

    Raises:
        EpisodeError: a declared phrase is not in its line, overlaps another, or tells another number than its result.
    """
    written = {(line.key, line.variant): line.text for line in _all(episode.script())}
    placed = {each.line.key: each for each in timeline.lines} if timeline else {}
    made = []
    for line in script.lines:
        spots = spots_of(line, written[line.key, line.variant], load, numbers.get(line.key, {}))
        heard = placed.get(line.key)
        same = heard is not None and heard.line.text == line.text
        made.append(
            Spoken(
                key=line.key,
                scene=line.scene,
                speaker=line.speaker,
                text=line.text,
                spots=spots,
                words=_words(line.text, heard) if heard and same else (),
                start=heard.start if heard else None,
                end=heard.start + heard.line.duration if heard else None,
                loose=_loose(line.text, spots, script.language),
                as_filmed=same or timeline is None,
            )
        )
    return tuple(made)


def spots_of(line: Line, written: str, load: Load, declared: Mapping[str, str]) -> tuple[Spot, ...]:
    """Where a line's numbers stand: those filled in, those of ``said``, and those that the page declares.

    Raises:
        EpisodeError: see :func:`spoken`.
    """
    template = Template.of(written)
    shown = {number.written: number for number in line.numbers}
    filled = template.filled(lambda each: shown[written[each.start : each.end]].shown)
    found = []
    for each in template.placeholders:
        number = shown[written[each.start : each.end]]
        start = filled.place(each.start)
        found.append(_spot(start, start + len(number.shown), number.source, load))
    for phrase in line.said:
        start = filled.place(template.occurrences(phrase)[0])
        found.append(_spot(start, start + len(phrase), shown[phrase].source, load))
    for phrase, source in declared.items():
        at = template.occurrences(phrase) if phrase else []
        if len(at) != 1:
            many = f"is in the text {len(at)} times; add words until it is unique" if at else "is not in the text"
            raise EpisodeError(f"page.toml, line '{line.key}': '{phrase}' {many}")
        start = filled.place(at[0])
        spot = _spot(start, start + len(phrase), source, load)
        heard = told(phrase)
        if heard is None:
            raise EpisodeError(f"page.toml, line '{line.key}': '{phrase}' tells no number, or more than one")
        if spot.place is None or not heard.bears(spot.place.value):
            held = "words" if spot.place is None else f"{spot.place.value:.6g}"
            raise EpisodeError(
                f"page.toml, line '{line.key}': '{phrase}' tells {float(heard.value):g}, and {source} is {held}"
            )
        found.append(spot)
    found.sort(key=lambda spot: spot.start)
    for before, after in itertools.pairwise(found):
        if after.start < before.end:
            both = line.text[before.start : before.end], line.text[after.start : after.end]
            raise EpisodeError(f"line '{line.key}': the numbers '{both[0]}' and '{both[1]}' overlap in the text")
    return tuple(found)


def _spot(start: int, end: int, source: str, load: Load) -> Spot:
    if fact_of(source):
        return Spot(start, end, None, source)
    return Spot(start, end, place_of(source, load))


def _all(script: Script) -> list[Line]:
    """Every line as it is written, variants included."""
    lines = []
    for line in script.lines:
        lines.append(line)
        lines += [variant.line for variant in line.variants]
        assert line.variant == DEFAULT
    return lines


def _words(text: str, heard: PlacedLine) -> tuple[Word, ...]:
    """The voice's words found again in the text; what cannot be found is skipped, and the rest goes on from there."""
    words: list[Word] = []
    at = 0
    for word in heard.line.words:
        start = text.find(word.text, at)
        if word.text and start >= 0:
            at = start + len(word.text)
            words.append(Word(start, at, heard.start + word.start))
    return tuple(words)


def _loose(text: str, spots: tuple[Spot, ...], language: str) -> tuple[str, ...]:
    rest: list[str] = []
    at = 0
    for spot in spots:
        rest.append(text[at : spot.start])
        at = spot.end
    try:
        return tuple(numbers_in(" | ".join([*rest, text[at:]]), language))
    except EpisodeError:  # a language whose number words nobody knows here
        return ()
