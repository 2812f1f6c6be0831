"""Timelines that are written are read again: lengths, marks and files, in every format."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest

from tapehead.analysis.errors import MissingPartError, UsageError
from tapehead.render.export.timeline import FORMATS, Marked, ScenePicture, build, formats_named, write
from tapehead.render.words.timeline import SceneSpan, Timeline

MARKS = (Marked("Begin", 0, "RED", "chapter"), Marked("a.one", 12, "GREEN", "One."), Marked("late", 999, "YELLOW"))
SCENES = (
    ScenePicture("opening-scene", "Begin", "media/01-opening-scene.mov", 90, MARKS),
    ScenePicture("end", "End", "media/02-end.mov", 45, (Marked("b.two", 5, "GREEN"),)),
)


def film(fps: int = 30) -> Timeline:
    spans = (SceneSpan("opening-scene", "Begin", True, 0, 90 / fps), SceneSpan("end", "End", True, 90 / fps, 45 / fps))
    return Timeline(135 / fps, fps, spans, (), ())


def again(path: Path, form: str) -> otio.schema.Timeline:
    """What a reader finds in a file; an EDL does not say its rate."""
    found = otio.adapters.read_from_file(
        str(path), adapter_name=FORMATS[form], **({"rate": 30} if form == "edl" else {})
    )
    if isinstance(found, otio.schema.SerializableCollection):
        found = next(iter(found.find_children(descended_from_type=otio.schema.Timeline)))
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_a_reader_finds_the_scenes_their_lengths_files_and_marks(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"film.{form}"
    write(
        build("A film", film(), SCENES, {"narration-anna": "sound/narration-anna.wav", "bed": "sound/bed.wav"}),
        path,
        form,
    )
    read = again(path, form)
    clips = [clip for clip in read.find_clips() if "sound/" not in str(getattr(clip.media_reference, "target_url", ""))]
    assert [clip.name for clip in clips] == ["opening-scene", "end"]
    assert [clip.source_range.duration.to_frames() for clip in clips] == [90, 45]
    assert [round(clip.source_range.duration.rate) for clip in clips] == [30, 30]
    starts = [round(mark.marked_range.start_time.rescaled_to(30).value) for mark in clips[0].markers]
    assert starts == [0, 12, 89], "one past the end is at the end"
    assert [mark.name.lower() for mark in clips[0].markers] == ["begin", "a.one", "late"], "an EDL has capitals only"
    (second,) = clips[1].markers
    assert round(second.marked_range.start_time.rescaled_to(30).value) == (95 if form == "edl" else 5), (
        "locators count on"
    )
    if form != "edl":  # which names no files
        assert [clip.media_reference.target_url for clip in clips] == ["media/01-opening-scene.mov", "media/02-end.mov"]
        sounds = [clip for clip in read.find_clips() if clip not in clips]
        assert sorted({clip.media_reference.target_url for clip in sounds}) == [
            "sound/bed.wav",
            "sound/narration-anna.wav",
        ]
        assert {clip.source_range.duration.to_frames() for clip in sounds} == {135}


def test_a_rate_without_timecode_is_said_before_the_work() -> None:
    assert formats_named("otio", 15) == ("otio",)
    assert formats_named("EDL, otio,edl", 30) == ("edl", "otio")
    with pytest.raises(UsageError, match=r"\.edl counts in timecode.*none for 15.*--to otio.*--quality 720p30"):
        formats_named("otio,edl", 15)


@pytest.mark.parametrize(("text", "said"), [("aaf", "no format 'aaf'.*otio, fcpxml, edl"), (" , ", "name a format")])
def test_another_format_is_said(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        formats_named(text, 30)


def test_what_is_not_installed_is_said_with_the_line_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otio.adapters, "available_adapter_names", lambda: ["otio_json"])
    with pytest.raises(MissingPartError, match=r"cmx_3600.*pip install 'tapehead\[export\]'"):
        formats_named("edl", 30)
