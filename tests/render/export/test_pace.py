"""Rates of broadcasting: their names, drop-frame timecode held against the definition, sound and times slowed alike."""

from __future__ import annotations

import re
import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.options import _rate
from tapehead.render.export.pace import Pace, pace_named, slow_down, slowed
from tapehead.render.export.timeline import build, write
from tapehead.render.words.timeline import Effect
from tests.render.export.test_timeline import MARKS, SCENES, film


@pytest.mark.parametrize(
    ("said", "pace"),
    [
        ("", Pace(60)),
        ("25", Pace(25)),
        ("29.97", Pace(30, slower=True)),
        ("30000/1001", Pace(30, slower=True)),
        ("23.976", Pace(24, slower=True)),
        ("23.98", Pace(24, slower=True)),
        (" 59.94 ", Pace(60, slower=True)),
    ],
)
def test_a_rate_by_its_names(said: str, pace: Pace) -> None:
    assert pace_named(said, 60) == pace


def test_rates_are_what_they_are_called() -> None:
    assert Pace(30, slower=True).rate == Fraction(30000, 1001)
    assert [str(Pace(whole, slower=True)) for whole in (24, 30, 60)] == ["23.976", "29.97", "59.94"]
    assert [Pace(whole, slower=True).drops for whole in (24, 30, 60)] == [False, True, True]
    assert not Pace(30).drops
    for wrong in ("29.9", "-1", "0", "25000/1001", "x"):
        with pytest.raises(UsageError, match=r"or 23\.976, 29\.97 or 59\.94"):
            pace_named(wrong, 30)


def test_a_film_s_own_rate_is_whole_and_the_message_leads_on() -> None:
    assert _rate("25") == 25 and _rate(0) == 0
    with pytest.raises(UsageError, match=r"take --rate 30, and `tapehead export --rate 29\.97`"):
        _rate("29.97")
    with pytest.raises(UsageError, match=r"take --rate 24, and"):
        _rate("24000/1001")
    with pytest.raises(UsageError, match="got 'fast'"):
        _rate("fast")


def dropped(frame: int, whole: int) -> str:
    """Timecode by counting: numbers are left out at the start of every minute but the tenth."""
    skipped, number = whole // 15, 0
    for _ in range(frame):
        number += 1
        minute, within = divmod(number, 60 * whole)
        if within == 0 and minute % 10:
            number += skipped
    seconds, pictures = divmod(number, whole)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d};{pictures:02d}"


@pytest.mark.parametrize("whole", [30, 60])
def test_an_edl_says_how_it_counts_and_counts_so(tmp_path: Path, whole: int) -> None:
    pace, length = Pace(whole, slower=True), 61 * whole
    scenes = (replace(SCENES[0], frames=length, marks=MARKS[:1]), replace(SCENES[1], frames=whole, marks=()))
    path = tmp_path / "film.edl"
    write(build("A film", slowed(film(whole)), scenes, {}, pace), path, "edl", pace)
    lines = path.read_text().splitlines()
    assert lines[1] == "FCM: DROP FRAME"
    events = [line.split() for line in lines if line[:3].isdigit()]
    assert events[0][-1] == events[1][-2] == dropped(length, whole)
    assert events[1][-1] == dropped(length + whole, whole)
    write(build("A film", film(whole), scenes, {}, Pace(whole)), path, "edl", Pace(whole))
    assert path.read_text().splitlines()[1] == "FCM: NON-DROP FRAME"
    assert ";" not in path.read_text()


def test_readers_find_the_slower_rate(tmp_path: Path) -> None:
    pace = Pace(24, slower=True)
    made = build("A film", slowed(film(24)), SCENES, {"bed": "sound/bed.wav"}, pace)
    write(made, tmp_path / "film.otio", "otio", pace)
    read = otio.adapters.read_from_file(str(tmp_path / "film.otio"))
    assert read.tracks[0].duration().rate == pytest.approx(24000 / 1001)
    assert read.tracks[0].duration().to_seconds() == pytest.approx(135 * 1001 / 24000)
    write(made, tmp_path / "film.fcpxml", "fcpxml", pace)
    text = (tmp_path / "film.fcpxml").read_text()
    assert 'frameDuration="1001/24000s"' in text
    times = re.findall(r'"(\d+)/(\d+)s"', text)
    assert {below for _, below in times} == {"24000"} and all(int(above) % 1001 == 0 for above, _ in times)
    assert {str(frames * 1001) for frames in (90, 45, 1)} <= {above for above, _ in times}, "scenes, and a mark"


def test_times_are_slowed_alike() -> None:
    given = replace(film(30), effects=(Effect("tick", 1.0, 0.0),))
    made = slowed(given)
    assert made.duration == pytest.approx(given.duration * 1.001)
    assert made.scenes[1].start == pytest.approx(given.scenes[1].start * 1.001)
    assert made.effects[0].start == pytest.approx(1.001)
    assert made.duration * made.fps == pytest.approx(given.duration * given.fps), "as many pictures"


def test_sound_is_slowed_and_its_parts_still_add_up(tmp_path: Path) -> None:
    seconds = np.arange(96000) / 48000
    tone, noise = 0.3 * np.sin(2 * np.pi * 440 * seconds), np.random.default_rng(1).normal(0, 0.05, 96000)
    for name, values in (("tone", tone), ("noise", noise), ("all", tone + noise)):
        wide = np.rint(np.stack([values, -values], axis=1) * 8388607).astype("<i4")
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as out:
            out.setparams((2, 3, 48000, 0, "NONE", ""))
            out.writeframes(wide.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
        slow_down(tmp_path / f"{name}.wav")
    read = {name: samples(tmp_path / f"{name}.wav") for name in ("tone", "noise", "all")}
    assert len(read["all"]) == 96096
    assert np.abs(read["tone"] + read["noise"] - read["all"]).max() < 1e-6
    np.testing.assert_allclose(read["all"][:, 0], -read["all"][:, 1], atol=1e-6)
    inner = slice(4800, 91200)
    slower = 0.3 * np.sin(2 * np.pi * 440 / 1.001 * np.arange(96096) / 48000)
    assert np.abs(read["tone"][inner, 0] - slower[inner]).max() < 1e-3


def samples(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as sound:
        raw = np.frombuffer(sound.readframes(sound.getnframes()), np.uint8).reshape(-1, 2, 3)
    return (raw[..., 0] + 256 * raw[..., 1].astype(int) + 65536 * raw[..., 2].astype(np.int8).astype(int)) / 8388607
