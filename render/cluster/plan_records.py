"""What a plan file may say: types and bounds, held against it before anything else is done with it.

A plan may come from somebody else, and its digest protects nothing: anyone can compute it.  So it names no place in a
store (entries by key alone), no output folder (names alone), and no number that would make a machine work for years.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec

from tapehead.analysis.errors import UsageError
from tapehead.analysis.records import KEY_PATTERN, Key
from tapehead.render.cluster.plan_look import (
    COLOUR,
    DIGEST,
    LOGO,
    CardRecord,
    FramingRecord,
    LookRecord,
    Strict,
    Text,
)
from tapehead.render.planning.cards import TARGET as CARD
from tapehead.render.planning.estimates import GatherCost, SegmentCost
from tapehead.scenes.script import TimedLine

MARK = "tapehead-plan"
VERSION = 3
MOST_BYTES = 64 * 2**20
MOST_FRAMES = 10**8
"""A film of three weeks at 60 frames a second."""
_DEPTH, _LONGEST_TEXT, _LARGEST = 32, 100_000, 2.0**63
_LONGEST_S = 24 * 3600.0
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PATH_OF_ITS_OWN = ("audio", "scene")
"""Fields of a line that follow from where it is used."""

_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"
_NAME = r"^\w[\w.-]{0,99}\Z"
_TARGET = r"^\.?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*\Z"
_BED = r"^(-|(?!.*\.\.)(\w[\w .-]*(/\w[\w .-]*)*)?)\Z"
_LANGUAGE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z"
_FORMS = {
    KEY_PATTERN: "64 hexadecimal digits",
    _SLUG: "small letters and digits, with dashes between them",
    _NAME: "a name of letters, digits, dots, dashes and underscores",
    _TARGET: "module:Class",
    _BED: "a file of the episode's folder",
    _LANGUAGE: "a language tag such as en or pt-BR",
    COLOUR: "a colour as in #F4F1E8",
    DIGEST: "64 hexadecimal digits, or nothing",
    LOGO: "the ending of a picture's file",
}
"""What the patterns mean to a reader."""

Slug = Annotated[str, msgspec.Meta(pattern=_SLUG, max_length=200)]
Name = Annotated[str, msgspec.Meta(pattern=_NAME)]
"""What files and folders are called after: it leads nowhere."""
Target = Annotated[str, msgspec.Meta(pattern=_TARGET, max_length=200)]


class QualityRecord(Strict, frozen=True):
    """A picture size and rate."""

    name: Name
    width: Annotated[int, msgspec.Meta(ge=2, le=16384)]
    height: Annotated[int, msgspec.Meta(ge=2, le=16384)]
    fps: Annotated[int, msgspec.Meta(ge=1, le=240)]


class ResultRecord(Strict, frozen=True):
    """A result: key and digest of its entry."""

    key: Key
    digest: Key


class SceneRecord(Strict, frozen=True):
    """A scene.  ``results`` names those that it may read, ``voices`` the entries of its spoken lines."""

    name: Name
    title: Text
    chapter: bool
    target: Target
    key: Key
    expected_frames: Annotated[int, msgspec.Meta(ge=1, le=MOST_FRAMES)]
    taped: bool
    references: tuple[Text, ...]
    results: tuple[str, ...]
    lines: dict[str, dict[str, Any]]
    voices: dict[str, Key]
    plain: bool = False
    framing: FramingRecord | None = None
    card: CardRecord | None = None
    """What it says, where it is no scene of the episode but a card of a channel."""

    def spoken(self) -> dict[str, TimedLine]:
        """The lines, in their order, without the places of their sounds.

        Raises:
            ValueError: one of them is malformed.
        """
        return {key: _line(key, data, self.name) for key, data in self.lines.items()}

    def read(self) -> dict[str, TimedLine]:
        """The lines that are shown as captions, where these are others.

        Raises:
            ValueError: one of them is malformed.
        """
        data = self.framing.read if self.framing else None
        return {key: _line(key, line, self.name) for key, line in (data or {}).items()}


class FilmRecord(Strict, frozen=True):
    """A film: see :class:`tapehead.render.planning.film_plan.FilmPlan`."""

    episode: Slug
    title: Text
    folder: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    quality: QualityRecord
    tape: Annotated[str, msgspec.Meta(min_length=1)]
    tape_identity: dict[str, Any]
    voice: dict[str, Any]
    seed: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
    language: Annotated[str, msgspec.Meta(pattern=_LANGUAGE)]
    results: dict[str, ResultRecord]
    scenes: Annotated[tuple[SceneRecord, ...], msgspec.Meta(min_length=1, max_length=10_000)]
    whole: bool
    bed: Annotated[str, msgspec.Meta(max_length=200, pattern=_BED)] = ""
    bed_digest: Annotated[str, msgspec.Meta(max_length=64)] = ""
    look: LookRecord | None = None


class Inputs(Strict, frozen=True):
    """Digests of all that the film reads, by key."""

    result: dict[Key, Key]
    voice: dict[Key, Key]
    brand: dict[Key, Key] = msgspec.field(default_factory=dict)


class AnalysisRecord(Strict, frozen=True):
    """What a result needed when it was computed."""

    id: str
    key: Key
    needs: dict[Literal["cpu", "gpu"], Annotated[int, msgspec.Meta(ge=0, le=1024)]]


class PlanRecord(Strict, frozen=True):
    """A plan file."""

    version: Annotated[int, msgspec.Meta(ge=VERSION, le=VERSION)] = msgspec.field(name=MARK)
    key: Key
    film: FilmRecord
    inputs: Inputs
    encoder: dict[str, Any]
    sources: dict[str, Key]
    segments: tuple[SegmentCost, ...]
    gather: GatherCost
    analyses: tuple[AnalysisRecord, ...]
    digest: Key


def record_of(data: Mapping[str, Any]) -> PlanRecord:
    """The record in plain data, checked.

    Raises:
        UsageError: it does not fit; the message has place, what was found and what is possible.
    """
    try:
        for complaint in _unbounded(data):
            raise ValueError(complaint)
        record = msgspec.convert(data, PlanRecord)
        for complaint in _inconsistent(record):
            raise ValueError(complaint)
    except (ValueError, RecursionError) as error:  # msgspec's ValidationError is a ValueError
        raise UsageError(_said(error)) from None
    return record


def plain(record: PlanRecord) -> dict[str, Any]:
    """The record as JSON has it."""
    data = msgspec.to_builtins(record)
    assert isinstance(data, dict)
    return data


def line_data(line: TimedLine) -> dict[str, Any]:
    """A line without what follows from where it is used."""
    data = json.loads(json.dumps(dataclasses.asdict(line)))  # tuples become lists, as they will when it is read
    return {name: value for name, value in data.items() if name not in _PATH_OF_ITS_OWN}


def _line(key: str, data: Mapping[str, Any], scene: str) -> TimedLine:
    names = {each.name for each in dataclasses.fields(TimedLine)} - set(_PATH_OF_ITS_OWN)
    if odd := names ^ set(data):
        raise ValueError(f"line '{key[:80]}': {sorted(odd)[0]!r} is missing, or is no field of a line")
    line = msgspec.convert({**data, "scene": scene, "audio": ""}, TimedLine)
    if line.key != key or key.partition(".")[0] != scene:
        raise ValueError(f"line '{key[:80]}' is called otherwise, or belongs to another scene than '{scene}'")
    words = [time for word in line.words for time in (word.start, word.end)]
    for time in (line.duration, line.pause, *line.marks.values(), line.at or 0.0, *words):
        if not 0 <= time <= _LONGEST_S:
            raise ValueError(f"line '{key[:80]}': {time} s is no time in a line (0 to {_LONGEST_S:g} s)")
    return line


def _unbounded(data: Any) -> Iterator[str]:
    """What no field of a plan may be, wherever it is; without recursion, for depth is one of the things."""
    waiting: list[tuple[Any, int]] = [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _DEPTH:
            yield f"it is nested deeper than {_DEPTH} levels"
        elif isinstance(value, Mapping):
            waiting += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list | tuple):
            waiting += [(each, depth + 1) for each in value]
        elif isinstance(value, str):
            if len(value) > _LONGEST_TEXT:
                yield f"a text of {len(value)} letters, the longest may have {_LONGEST_TEXT}: {value[:40]!r}…"
            elif found := _CONTROLS.search(value):
                yield f"a text has the control character {found[0]!r}: {value[:40]!r}"
        elif isinstance(value, int | float) and not abs(value) <= _LARGEST:
            yield "a number is larger than any"


def _inconsistent(record: PlanRecord) -> Iterator[str]:
    """Parts that do not fit together."""
    film, scenes = record.film, record.film.scenes
    names = [scene.name for scene in scenes]
    if len(set(names)) != len(names):
        yield "two scenes have one name"
    if not film.whole and len(scenes) != 1:
        yield f"a plan of a part has one scene, this one has {len(scenes)}"
    if sum(scene.expected_frames for scene in scenes) > MOST_FRAMES:
        yield f"the scenes have more than {MOST_FRAMES} frames together"
    for number, scene in enumerate(scenes):
        lines = scene.spoken()
        if set(scene.voices) - set(lines):
            yield f"scene '{scene.name}' has sounds of lines that it has not"
        yield from _misplaced(scene, film)
        if missing := set(scene.results) - set(film.results):
            yield f"scene '{scene.name}' reads the result {min(missing)[:80]!r}, which the film has not"
        if number >= len(record.segments) or (
            (each := record.segments[number]).index,
            each.scene,
            each.expected_frames,
        ) != (number, scene.name, scene.expected_frames):
            yield f"segments: number {number} is not scene '{scene.name}'"
    if len(record.segments) != len(scenes):
        yield f"{len(record.segments)} segments for {len(scenes)} scenes"
    if set(record.sources) != set(names):
        yield "sources: not those of the scenes"
    if record.inputs.result != {result.key: result.digest for result in film.results.values()}:
        yield "inputs.result: not the results of the film"
    files = film.look.files if film.look else None
    if set(record.inputs.brand) != ({files} if files else set()):
        yield "inputs.brand: not the files of the film's look"
    yield from film.look.complaints() if film.look else ()
    if set(record.inputs.voice) != {key for scene in scenes for key in scene.voices.values()}:
        yield "inputs.voice: not the spoken lines of the film"
    if {each.id: each.key for each in record.analyses} != {name: each.key for name, each in film.results.items()}:
        yield "analyses: not those of the film's results"


def _misplaced(scene: SceneRecord, film: FilmRecord) -> Iterator[str]:
    """What of a scene stands outside the picture, or is a card that is none."""
    if framing := scene.framing:
        if not all(box.inside(film.quality.width, film.quality.height) for box in framing.boxes()):
            yield f"scene '{scene.name}' stands outside the picture"
        if framing.stage.width % 2 or framing.stage.height % 2:
            yield f"scene '{scene.name}' has a stage with an odd side"
        if bool(framing.captions) != (framing.words is not None) or (framing.heading and framing.title is None):
            yield f"scene '{scene.name}' has words without a place for them, or a place without words"
        if set(scene.read()) - set(scene.spoken()):
            yield f"scene '{scene.name}' has captions for lines that it has not"
    if (card := scene.card) and (
        scene.target != CARD or scene.lines or (card.logo and not (film.look and film.look.files))
    ):
        yield f"scene '{scene.name}' is no card: it has another class, lines, or a logo without a file"


def _said(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return f"it is nested deeper than {_DEPTH} levels"
    what, _, where = str(error).partition(" - at `$")
    for pattern, form in _FORMS.items():
        what = what.replace(f"`str` matching regex {pattern!r}", form)
    place = where.strip("`.")
    return " ".join(f"{place}: {what}".split() if place else what.split())[:400]
