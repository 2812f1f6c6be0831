"""The film's sound on tape: wet where the picture is, dry elsewhere, as long and as loud as without."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from tapehead.render.sound import mix
from tapehead.render.tape import tape_named
from tapehead.render.tape.audio import reader, treat
from tapehead.render.tape.driven import Scripted, scripted
from tapehead.render.tape.film_sound import Recording, play_back, recording_of
from tapehead.render.words.timeline import SceneSpan, Timeline
from tapehead.scenes.stage.tape_track import WHOLE, Event, Key, Region, TapeTrack

FPS, RATE = 15, 48000


def tone(seconds: float) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return np.stack([0.2 * np.sin(2 * np.pi * 440 * t), 0.1 * np.sin(2 * np.pi * 300 * t)], axis=1).astype(np.float32)


def played(sound: np.ndarray, *recordings: Recording) -> np.ndarray:
    out = io.BytesIO()
    play_back(reader(sound), len(sound), recordings, out)
    return np.frombuffer(out.getvalue(), np.float32).reshape(-1, 2)


def test_each_scene_is_a_recording_of_its_own_and_the_rest_is_dry() -> None:
    sound, tape = tone(3.0), tape_named("sp")
    first, second = recording_of(tape, 1, 0, 15, FPS), recording_of(tape, 2, 30, 15, FPS)
    assert first is not None
    assert second is not None
    got = played(sound, first, second)
    assert len(got) == len(sound)
    assert np.array_equal(got[RATE : 2 * RATE], sound[RATE : 2 * RATE])
    for recording, begin in ((first, 0), (second, 2 * RATE)):
        moved = sound[begin:]  # the scene's own clock begins with the scene; before it is what came before
        source = np.concatenate([sound[:begin], moved])
        whole = reader(source)
        alone = treat(lambda a, n, o=begin, w=whole: w(o + a, n), 2, 0, RATE, tape.settings, recording.seed)
        inside = slice(600, RATE - 600)
        assert np.allclose(got[begin : begin + RATE][inside], alone[inside], atol=1e-7)
        assert not np.allclose(got[begin : begin + RATE][inside], source[begin : begin + RATE][inside], atol=1e-3)


def test_the_edges_do_not_click() -> None:
    silence = np.zeros((2 * RATE, 2), np.float32)
    recording = recording_of(tape_named("sp"), 1, 5, 20, FPS)
    assert recording is not None
    got = played(silence, recording)
    assert np.abs(got[recording.first : recording.first + 3]).max() < 1e-3
    assert np.sqrt((got[recording.first + 2000 : recording.last - 2000] ** 2).mean()) > 1e-3, "hiss is there"


def test_sound_is_dry_where_the_scene_takes_the_tape_off_and_still_in_a_pause() -> None:
    off = Region(0.0, 0, ((10, WHOLE), (20, None)))
    track = TapeTrack((Key(0, "track.error", 0.5),), (off,), (Event("pause", 30, 40),))
    stage = scripted(tape_named("sp"), track)
    assert isinstance(stage, Scripted)
    recording = recording_of(stage, 1, 0, 45, FPS)
    assert recording is not None
    sound = tone(3.0)
    got, plain = played(sound, recording), played(sound, recording_of(tape_named("sp"), 1, 0, 45, FPS))
    at = [round(frame / FPS * RATE) for frame in (10.1, 18.9, 30.3, 39.7)]
    assert np.array_equal(got[at[0] : at[1]], sound[at[0] : at[1]])
    assert np.abs(got[at[2] : at[3]]).max() < 1e-6
    assert np.abs(plain[at[2] : at[3]]).max() > 0.05
    assert np.array_equal(got[1000:20000], plain[1000:20000])


@pytest.mark.parametrize(
    "stage", [tape_named("clean"), Scripted(tape_named("sp"), TapeTrack(regions=(Region(0.0, 0, ((0, WHOLE),)),)))]
)
def test_a_scene_off_the_tape_has_no_recording(stage) -> None:
    assert recording_of(stage, 1, 0, 10, FPS) is None


def test_events_of_the_scene_are_heard() -> None:
    stage = Scripted(tape_named("sp"), TapeTrack(events=(Event("stop", 15, 30),)))
    recording = recording_of(stage, 1, 0, 45, FPS)
    assert recording is not None
    assert recording.sound.settings["transport"] == (("stop", 1.0, 2.0),)
    got = played(tone(3.0), recording)
    assert np.abs(got[round(1.9 * RATE) : round(1.98 * RATE)]).max() < 0.3 * np.abs(got[: RATE // 2]).max()


def test_a_taped_film_is_as_long_and_as_loud(tmp_path: Path) -> None:
    timeline = Timeline(4.0, FPS, (SceneSpan("s", "S", True, 0.0, 4.0),), (), ())
    recording = recording_of(tape_named("worn"), 1, 15, 30, FPS)
    assert recording is not None
    dry = mix(timeline, tmp_path / "dry.wav", 1)
    wet = mix(timeline, tmp_path / "wet.wav", 1, tapes=(recording,))
    again = mix(timeline, tmp_path / "again.wav", 1, tapes=(recording,))
    for report in (dry, wet):
        assert report.lufs == pytest.approx(dry.lufs, abs=0.5)
        assert report.true_peak_db is not None
        assert report.true_peak_db <= -1.5
    assert again == wet
    files = [(tmp_path / f"{name}.wav").read_bytes() for name in ("dry", "wet", "again")]
    assert files[1] == files[2] != files[0]
    with wave.open(str(tmp_path / "wet.wav")) as file:
        assert file.getnframes() == 4 * RATE
