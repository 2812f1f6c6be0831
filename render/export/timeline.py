"""The timeline of an editing program: opentimelineio builds it, and its adapters write the other formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import MissingPartError, UsageError
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
    """The formats of ``--to``, held against the film's rate.

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


def build(title: str, film: Timeline, scenes: Sequence[ScenePicture], sounds: Mapping[str, str]) -> Any:
    """The timeline: one track of scenes with their marks, and one of sound for each part.

    Args:
        title: of the film.
        film: for its rate and length.
        scenes: in the order shown.
        sounds: paths from the timeline's own place, by the part's name.

    Returns:
        ``opentimelineio.schema.Timeline``.
    """
    otio = opentimelineio()
    rate = round(film.fps)

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


def write(timeline: Any, path: Path, form: str) -> None:
    """Write it in one of :data:`FORMATS`; a file that lies in a folder which is not yet final.

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
    otio.adapters.write_to_file(timeline, str(path), adapter_name=FORMATS[form])
