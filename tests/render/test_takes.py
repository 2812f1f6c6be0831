"""Recordings of single lines: cut to what is said, levelled, named, and told when they cannot be right."""

from __future__ import annotations

import json
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import MissingPartError, ResultError, UsageError
from tapehead.render.film.record import from_files, from_microphone, microphone_here
from tapehead.render.words.takes import RATE_HZ, keep, named, prepared, spoken_part, to_read
from tapehead.render.words.voice.timbre import LINE_LUFS, line_loudness
from tapehead.scenes.script import Line, Script, Speaker

ONE, TWO = Line("a.one", "n", "Three words here."), Line("a.two", "n", "And three more.")


def script(*lines: Line) -> Script:
    return Script(Path("script.toml"), "en", {"n": Speaker("n", rate=150)}, {}, lines)


def spoken(seconds: float = 1.2, before: float = 1.0, after: float = 0.7, noise: float = 1e-3, rate: int = 16000):
    """A hummed word in a room with noise, and a click long before it."""
    chance = np.random.default_rng(3)
    made = noise * chance.normal(size=round((before + seconds + after) * rate))
    first, count = round(before * rate), round(seconds * rate)
    made[first : first + count] += 0.2 * np.sin(2 * np.pi * 180 * np.arange(count) / rate)
    made[round(0.2 * rate) : round(0.2 * rate) + 20] = 0.3
    return made.astype(np.float32), rate


def in_file(path: Path, samples: np.ndarray, rate: int) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("noise", [1e-5, 1e-3, 5e-3])
def test_what_is_said_is_found_in_its_room_and_a_click_is_not(noise: float) -> None:
    start, end = spoken_part(*spoken(noise=noise))
    assert start == pytest.approx(1.0, abs=0.02)
    assert end == pytest.approx(2.2, abs=0.02)


def test_a_take_keeps_a_tenth_of_a_second_and_has_the_loudness_of_a_line() -> None:
    take = prepared(*spoken(), ONE, 150)
    assert take.seconds == pytest.approx(1.2 + 0.25, abs=0.05)
    assert line_loudness(take.samples, RATE_HZ) == pytest.approx(LINE_LUFS, abs=0.1)
    assert take.doubts == ()


def test_a_take_without_room_around_it_gets_some() -> None:
    take = prepared(*spoken(before=0.25, after=0.0), ONE, 150)
    assert take.seconds == pytest.approx(1.2 + 0.25, abs=0.05)


def test_doubts_are_told() -> None:
    samples, rate = spoken(seconds=9.0)
    take = prepared(np.clip(8 * samples, -1, 1), rate, ONE, 150)
    assert any("clipped" in doubt for doubt in take.doubts)
    assert any("its words take about 1.2 s" in doubt for doubt in take.doubts)


@pytest.mark.parametrize(
    ("samples", "what"),
    [(np.zeros(16000), "silent"), (0.1 * np.random.default_rng(1).normal(size=16000), "no speech")],
)
def test_where_nothing_is_said_nothing_is_kept(samples: np.ndarray, what: str) -> None:
    with pytest.raises(ResultError, match=what):
        prepared(samples.astype(np.float32), 16000, ONE, 150)


def test_changed_words_are_to_be_read_again(tmp_path: Path) -> None:
    keep(prepared(*spoken(), ONE, 150), ONE, tmp_path)
    assert to_read([ONE, TWO], tmp_path) == ([TWO], [])
    other = Line("a.one", "n", "Four words are here.")
    assert to_read([other, TWO], tmp_path) == ([TWO], [other])
    (tmp_path / "read.json").write_text("{")
    assert to_read([other], tmp_path) == ([], [])


def test_files_are_found_by_name_or_number(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.one.wav", "2.wav", "002.flac", "a.tow.wav", "7.wav")]
    found, strange = named(files, [ONE, TWO])
    assert [(line.key, path.name) for line, path in found] == [("a.two", "002.flac"), ("a.one", "a.one.wav")]
    assert [path.name for path in strange] == ["2.wav", "7.wav", "a.tow.wav"]


def test_files_are_taken_over_and_all_that_is_wrong_is_told(tmp_path: Path) -> None:
    source, folder = tmp_path / "in", tmp_path / "takes"
    source.mkdir()
    in_file(source / "a.one.wav", *spoken())
    in_file(source / "a.two.wav", np.zeros(8000), 8000)
    in_file(source / "a.tow.wav", *spoken())
    said = list[str]()
    with pytest.raises(UsageError) as refused:
        from_files(script(ONE, TWO), [ONE, TWO], source, folder, said.append)
    assert "1 of 3 files are kept" in str(refused.value)
    assert "a.two.wav: it is silent" in str(refused.value)
    assert "a.tow.wav is no line's (nearest: a.two)" in str(refused.value)
    assert [path.name for path in sorted(folder.iterdir())] == ["a.one.wav", "read.json"]
    assert json.loads((folder / "read.json").read_text()) == {"a.one": ONE.text}
    assert said
    with wave.open(str(folder / "a.one.wav")) as made:
        assert (made.getframerate(), made.getnchannels(), made.getsampwidth()) == (48000, 1, 2)


@pytest.mark.parametrize(("make", "what"), [(False, "not there"), (True, "no sound in")])
def test_a_folder_without_sound_is_refused(tmp_path: Path, make: bool, what: str) -> None:
    source = tmp_path / "in"
    if make:
        source.mkdir()
    with pytest.raises(UsageError, match=what):
        from_files(script(ONE), [ONE], source, tmp_path / "takes", str)


class Hummed:
    """A microphone that hears silence first, and then somebody."""

    name = "fake"

    def __init__(self) -> None:
        self.sounds = iter([np.zeros(16000, np.float32), spoken()[0], spoken()[0], spoken()[0]])

    def take(self, wait: Callable[[], object]) -> tuple[np.ndarray, int]:
        wait()
        return next(self.sounds), 16000


def test_lines_are_shown_recorded_and_read_once_more(tmp_path: Path) -> None:
    # Silence is told and asked for again; the first take is read once more; the second line is skipped.
    answers: Iterator[str] = iter(["", "", "", "", "r", "", "", "", "s"])
    shown = list[str]()
    made = from_microphone(
        script(ONE, TWO), [ONE, TWO], tmp_path, Hummed(), lambda _prompt: next(answers), shown.append
    )
    assert made.kept == ("a.one",)
    assert made.missing == ("a.two",)
    assert any(ONE.text in each for each in shown)
    assert any("silent" in each for each in shown)
    assert next(answers, None) is None
    # What has its take is not asked for again.
    answers = iter(["q"])
    again = from_microphone(script(ONE, TWO), [ONE, TWO], tmp_path, Hummed(), lambda _prompt: next(answers), str)
    assert again.kept == ()


def test_without_a_microphone_the_other_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Device:
        PortAudioError = OSError

        @staticmethod
        def query_devices(kind: str) -> None:
            raise ValueError(f"no {kind}")

    monkeypatch.setitem(sys.modules, "sounddevice", Device)
    with pytest.raises(MissingPartError, match=r"no microphone here.*--from FOLDER"):
        microphone_here()
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(MissingPartError, match=r"not installed.*--from FOLDER"):
        microphone_here()
