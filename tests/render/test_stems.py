"""The parts of a film's sound add up to it, sample by sample, limiter and ducking included."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from tapehead.render.sound.mixing import mix
from tapehead.render.sound.stems import WHOLE, write_stems
from tapehead.render.words.timeline import Effect, FileSound, PlacedLine, Timeline
from tapehead.scenes.script import TimedLine, Word


def tone(path: Path, seconds: float, hz: float, level: float, channels: int = 1) -> str:
    t = np.arange(round(seconds * 48000)) / 48000
    sound = np.repeat((level * np.sin(2 * np.pi * hz * t) * 32767).astype("<i2")[:, None], channels, axis=1)
    with wave.open(str(path), "wb") as out:
        out.setparams((channels, 2, 48000, 0, "NONE", ""))
        out.writeframes(sound.tobytes())
    return str(path)


def line(key: str, speaker: str, seconds: float, audio: str) -> TimedLine:
    return TimedLine(key, "s", speaker, "One.", seconds, (Word("One.", 0, seconds),), True, {}, 0.0, audio)


def samples(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        data = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
    wide = np.zeros((len(data), 4), np.uint8)
    wide[:, 1:] = data
    return wide.view("<i4")[:, 0].reshape(-1, 2) / 2**31


def film(place: Path) -> Timeline:
    """Two speakers, one of them so short and loud that the limiter works; an effect and a clip beneath them."""
    one = line("s.one", "Anna B", 1.0, tone(place / "one.wav", 1.0, 300, 0.1))
    two = line("s.two", "bert", 0.1, tone(place / "two.wav", 0.1, 500, 0.99))
    clip = FileSound("c", 0.2, 0.0, tone(place / "clip.wav", 1.5, 700, 0.2, 2), 12.0)
    return Timeline(
        2.5, 20, (), (PlacedLine(0.5, one, "s"), PlacedLine(1.8, two, "s")), (Effect("chime", 0.1, 6.0),), (clip,)
    )


def test_the_parts_add_up_to_the_film_s_sound(tmp_path: Path) -> None:
    timeline = film(tmp_path)
    mix(timeline, tmp_path / "film.wav", seed=1)
    whole = samples(tmp_path / "film.wav")
    (tmp_path / "stems").mkdir()
    made = write_stems(timeline, tmp_path / "stems", seed=1)
    assert set(made) == {WHOLE, "narration-anna-b", "narration-bert", "effects", "clips", "bed"}
    assert np.abs(samples(made[WHOLE]) - whole).max() <= 2 / 2**23, "but for the order in which parts are added"
    parts = {name: samples(path) for name, path in made.items() if name != WHOLE}
    assert all(part.shape == whole.shape and np.abs(part).max() > 1e-4 for part in parts.values())
    assert np.abs(sum(parts.values()) - whole).max() < 5 / 2**23
    assert np.abs(parts["narration-bert"][: round(1.79 * 48000)]).max() == 0, "each where it is heard, and nowhere else"
    early, under = parts["clips"][round(0.25 * 48000) : round(0.28 * 48000)], parts["clips"][48000 : round(1.4 * 48000)]
    assert np.std(under) < 0.5 * np.std(early) or np.std(under) < 0.3 * np.abs(parts["narration-anna-b"]).max()
    assert sorted(path.name for path in (tmp_path / "stems").iterdir()) == sorted(path.name for path in made.values())


def test_a_film_in_which_nobody_speaks_has_no_part_of_narration(tmp_path: Path) -> None:
    quiet = Timeline(1.0, 20, (), (), (Effect("tick", 0.3, 0.0),))
    mix(quiet, tmp_path / "film.wav", seed=1, bed=False)
    made = write_stems(quiet, tmp_path, seed=1, bed=False)
    assert set(made) == {WHOLE, "effects"}
    assert np.array_equal(samples(made["effects"]), samples(tmp_path / "film.wav"))
