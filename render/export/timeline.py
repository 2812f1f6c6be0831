"""The timeline of an editing program: opentimelineio builds it, and its adapters write the other formats."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import MissingPartError, UsageError
from tapehead.render.export.pace import Pace
from tapehead.render.words.timeline import Timeline

FORMATS = {"otio": "otio_json", "fcpxml": "fcpx_xml", "edl": "cmx_3600"}
"""Endings, and the adapters that write them."""
TIMECODE_RATES = (24, 25, 30, 48, 50, 60)
"""Pictures a second for which editing programs have a timecode."""


@dataclass(frozen=True)
class Marked:
    """A moment of a scene that an editor may want to find: ``frame`` counts from the scene's first."""

    name: str
    frame: int
    colour: str
    comment: str = ""


@dataclass(frozen=True)
class ScenePicture:
    """A scene's file, by its path from the timeline's own place."""

    name: str
    title: str
    file: str
    frames: int
    marks: Sequence[Marked]


def opentimelineio() -> Any:
    """The library.

    Raises:
        MissingPartError: it is not installed.
    """
    try:
        import opentimelineio
    except ImportError as error:
        raise MissingPartError("a timeline for editors needs opentimelineio: pip install 'tapehead[export]'") from error
    return opentimelineio


def formats_named(text: str, fps: int) -> tuple[str, ...]:
    """The formats of ``--to``, held against the film's whole rate.

    Raises:
        UsageError: there is no such format, or it has no timecode at that rate.
        MissingPartError: what writes it is not installed.
    """
    asked = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    if strange := [name for name in asked if name not in FORMATS]:
        raise UsageError(f"there is no format '{strange[0]}' for editors; there are: {', '.join(FORMATS)}")
    if not asked:
        raise UsageError(f"name a format with --to: {', '.join(FORMATS)}")
    there = opentimelineio().adapters.available_adapter_names()
    for name in asked:
        if FORMATS[name] not in there:
            raise MissingPartError(
                f".{name} needs its adapter of opentimelineio, '{FORMATS[name]}': pip install 'tapehead[export]'"
            )
        if name != "otio" and fps not in TIMECODE_RATES:
            raise UsageError(
                f".{name} counts in timecode, and there is none for {fps} pictures a second; take --to otio, or a film "
                "of another rate: --quality 720p30"
            )
    return asked


def build(
    title: str, film: Timeline, scenes: Sequence[ScenePicture], sounds: Mapping[str, str], pace: Pace | None = None
) -> Any:
    """The timeline: one track of scenes with their marks, and one of sound for each part.

    Args:
        title: of the film.
        film: for its rate and length.
        scenes: in the order shown.
        sounds: paths from the timeline's own place, by the part's name.
        pace: its rate, if that is not the film's own, whole one.

    Returns:
        ``opentimelineio.schema.Timeline``.
    """
    otio = opentimelineio()
    rate = float(pace.rate) if pace else round(film.fps)

    def span(frames: int, start: int = 0) -> Any:
        time = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time(start, rate), time(frames, rate))

    made = otio.schema.Timeline(name=title, global_start_time=otio.opentime.RationalTime(0, rate))
    pictures = otio.schema.Track(name="scenes", kind=otio.schema.TrackKind.Video)
    for scene in scenes:
        media = otio.schema.ExternalReference(target_url=scene.file, available_range=span(scene.frames))
        media.name = Path(scene.file).name
        clip = otio.schema.Clip(name=scene.name, media_reference=media, source_range=span(scene.frames))
        clip.metadata["tapehead"] = {"title": scene.title}
        for mark in scene.marks:
            clip.markers.append(
                otio.schema.Marker(
                    name=mark.name,
                    marked_range=span(1, min(mark.frame, scene.frames - 1)),
                    color=getattr(otio.schema.MarkerColor, mark.colour),
                    comment=mark.comment,
                )
            )
        pictures.append(clip)
    made.tracks.append(pictures)
    length = sum(scene.frames for scene in scenes)
    for name, file in sounds.items():
        media = otio.schema.ExternalReference(target_url=file, available_range=span(length))
        media.name = Path(file).name
        track = otio.schema.Track(name=name, kind=otio.schema.TrackKind.Audio)
        track.append(otio.schema.Clip(name=name, media_reference=media, source_range=span(length)))
        made.tracks.append(track)
    return made


def write(timeline: Any, path: Path, form: str, pace: Pace | None = None) -> None:
    """Write it in one of :data:`FORMATS`, at the rate with which it was built, into a folder that is not yet final.

    An EDL has one track of pictures and four channels of sound at most, so the parts of the sound stay beside it.
    """
    otio = opentimelineio()
    if form == "edl":
        timeline = timeline.deepcopy()
        for track in [track for track in timeline.tracks if track.kind == otio.schema.TrackKind.Audio]:
            timeline.tracks.remove(track)
        start = otio.opentime.RationalTime(0, timeline.duration().rate)
        for clip in timeline.tracks[0]:
            for marker in clip.markers:  # a locator counts in the timecode of the film, not of the clip
                marker.marked_range = otio.opentime.TimeRange(
                    start + marker.marked_range.start_time, marker.marked_range.duration
                )
            start += clip.source_range.duration
            clip.metadata["cmx_3600"] = {"reel": clip.name[:8].upper().replace("-", "_")}
    slower = pace.whole if form == "fcpxml" and pace is not None and pace.slower else 0
    if slower:  # the adapter knows whole rates; what it writes is made slower, which is exact
        timeline = _at_whole_rate(timeline, slower)
    otio.adapters.write_to_file(timeline, str(path), adapter_name=FORMATS[form])
    if form == "edl":
        _say_timecode(path, pace)
    if slower:
        _slow_down(path, slower)


def _say_timecode(path: Path, pace: Pace | None) -> None:
    """Say in an EDL how its timecode counts (CMX 3600: the line FCM); the adapter leaves it open."""
    text = path.read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    kind = "DROP FRAME" if pace and pace.drops else "NON-DROP FRAME"
    path.write_text(f"{first}\nFCM: {kind}\n{rest}", encoding="utf-8", newline="\n")


def _at_whole_rate(timeline: Any, whole: int) -> Any:
    """The same frames, counted at a whole rate."""
    otio = opentimelineio()
    text = otio.adapters.write_to_string(timeline, adapter_name=FORMATS["otio"])
    return otio.adapters.read_from_string(
        re.sub(r'"rate":\s*[\d.]+', f'"rate": {whole}.0', text), adapter_name=FORMATS["otio"]
    )


def _slow_down(path: Path, whole: int) -> None:
    """Make every time of an FCPXML a whole number of frames, each 1001/1000 as long; that of one frame as well."""

    def slower(found: re.Match[str]) -> str:
        frames = round(Fraction(int(found[1]), int(found[2])) * whole)
        return f'"{frames * 1001}/{1000 * whole}s"'

    text = re.sub(r'"(\d+)/(\d+)s"', slower, path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8", newline="\n")
