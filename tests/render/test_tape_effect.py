"""An effect that nobody knows: one line in the registry; scenes drive it, films sound of it, the tool offers it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from tapehead.analysis.errors import UsageError
from tapehead.render.commands.tape import app
from tapehead.render.tape import effects, tape_from, tape_named
from tapehead.render.tape.audio import reader
from tapehead.render.tape.driven import driven, scripted
from tapehead.render.tape.effects import Effect
from tapehead.render.tape.film_sound import play_back, recording_of
from tapehead.render.tape.settings import Setting, SettingError, UnknownSettingError, checked
from tapehead.render.tape.stage import Event, PlainTape, stretches
from tapehead.scenes.stage.tape_track import WHOLE, Key, Region, TapeTrack
from tapehead.scenes.stage.tape_track import Event as Asked

FPS, RATE = 10, 48000


def setting(name: str, low: float, high: float, default: float, **more: Any) -> Setting:
    return Setting(name, name, "number", "", default, "", "design", (low, high), **more)


KNOWN = {
    s.id: s
    for s in (
        setting("dim.light", 0, 1, 0.5, easy=True),
        setting("dim.creep", 0, 100, 0.0, is_rate=True),
        setting("dim.hush", 0, 1, 0.25),
    )
}


@dataclass(frozen=True)
class Hush:
    """Everything a little quieter."""

    gain: float

    def identity(self) -> dict[str, Any]:
        return {"gain": self.gain}

    def treat(self, read: Any, channels: int, first: int, count: int, seed: int) -> Any:
        return read(first, count) * np.float32(self.gain)


@dataclass(frozen=True)
class Dim(PlainTape):
    """Darker, and darker still while the machine stops."""

    stopping: tuple[Event, ...] = ()

    def apply(self, frame: Any, index: int, fps: int | Fraction, seed: int) -> Any:
        return np.uint8(frame * self.settings["dim.light"]) + np.uint8(self.settings["dim.creep"])

    def state(self, index: int, fps: int | Fraction) -> None:
        return None

    def sound(self, fps: int | Fraction) -> Hush:
        return Hush(0.0 if self.stopping else self.settings["dim.hush"])

    def with_events(self, events: Sequence[Event]) -> Dim:
        return Dim(self.preset, self.settings, tuple(events))


def make(preset: Any) -> Dim:
    return Dim(preset, checked(preset.name, preset.version, preset.settings, KNOWN))


@pytest.fixture
def preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(effects, "EFFECTS", {**effects.EFFECTS, "dim": Effect(make, KNOWN.values)})
    place = tmp_path / "dusk.json"
    fields = {"name": "dusk", "version": 1, "title": "Dusk", "effect": "dim", "settings": {"dim.light": 0.8}}
    place.write_text(json.dumps(fields))
    yield place


FRAME = np.full((4, 6, 3), 100, np.uint8)


def test_a_scene_may_ask_for_its_settings_and_for_no_others(preset: Path) -> None:
    assert driven("dim.light", 0.3, moving=True) == 0.3
    assert driven("luma.snr", 30, moving=True) == 30.0, "those of VHS as well"
    with pytest.raises(SettingError, match="it must be 0 to 1"):
        driven("dim.light", 3, moving=False)
    with pytest.raises(UnknownSettingError, match=r"did you mean dim\.light"):
        driven("dim.ligt", 0.3, moving=False)


def test_a_scene_drives_it(preset: Path) -> None:
    track = TapeTrack(
        (
            Key(2, "dim.creep", 10.0),
            Key(0, "dim.light", 0.0, share=1.0),
            Key(4, "dim.light", 0.2, line=True),
            Key(1, "luma.snr", 20.0),
        ),
        (Region(0.0, 0, ((6, WHOLE),)),),
    )
    tape = scripted(tape_from(preset), track)
    shown = [int(tape.apply(FRAME, k, FPS, 1)[0, 0, 0]) for k in range(7)]
    # 0.8 down to 0.2 in four frames; the speed, 10 from the second frame on, as its mean up to each frame.
    assert shown == [80, 65, 50, 35 + 3, 20 + 5, 20 + 6, 100]
    assert list(stretches(tape, 0, 7, FPS))[-1] == (6, 1), "a new setting is a new picture, though the effect is static"
    assert tape.identity() != tape_from(preset).identity()
    for changes_nothing in (Key(1, "luma.snr", 20.0), Key(1, "track.error", 1.0)):
        other = scripted(tape_from(preset), TapeTrack((changes_nothing,)))
        assert np.array_equal(other.apply(FRAME, 5, FPS, 1), tape_from(preset).apply(FRAME, 5, FPS, 1))


def test_vhs_takes_no_notice_of_what_a_scene_asks_of_another_effect(preset: Path) -> None:
    plain, asked = tape_named("sp"), scripted(tape_named("sp"), TapeTrack((Key(0, "dim.light", 0.0),)))
    assert asked.state(3, FPS)[1] == plain.state(3, FPS)


def test_it_is_heard(preset: Path) -> None:
    sound = np.full((3 * RATE, 2), 0.5, np.float32)

    def heard(tape: Any) -> np.ndarray:
        recording = recording_of(tape, 1, 0, 30, FPS)
        assert recording is not None
        json.dumps(recording.identity())
        out = io.BytesIO()
        play_back(reader(sound), len(sound), (recording,), out)
        return np.frombuffer(out.getvalue(), np.float32).reshape(-1, 2)[RATE // 2 : 2 * RATE]

    assert heard(tape_from(preset)) == pytest.approx(0.125)
    stopped = scripted(tape_from(preset), TapeTrack(events=(Asked("stop", 3, 9),)))
    assert heard(stopped) == pytest.approx(0.0)
    paused = scripted(tape_from(preset), TapeTrack(events=(Asked("pause", 10, 15),)))
    assert heard(paused)[RATE // 2 + 2000 : RATE - 2000] == pytest.approx(0.0, abs=1e-6)
    assert heard(paused)[RATE + 2000 :] == pytest.approx(0.125)


def test_the_tool_offers_it(preset: Path, tmp_path: Path) -> None:
    from PIL import Image

    Image.fromarray(FRAME).save(tmp_path / "in.png")
    run = CliRunner().invoke
    told = run(app, ["describe", str(preset)]).stdout
    assert "* dim.light" in told
    assert "0 to 1" in told
    for given, value in (([], 80), (["--set", "DIM_LIGHT=0.5"], 50)):
        out = tmp_path / f"{value}.png"
        done = run(app, ["still", str(tmp_path / "in.png"), str(out), "--preset", str(preset), *given])
        assert done.exit_code == 0, done.output
        assert np.asarray(Image.open(out))[0, 0, 0] == value
    for wrong, said in ((["--set", "luma.snr=30"], "unknown tape setting"), (["--backend", "numpy"], "omit --backend")):
        failed = run(app, ["still", str(tmp_path / "in.png"), str(tmp_path / "no.png"), "-p", str(preset), *wrong])
        assert isinstance(failed.exception, UsageError)
        assert said in str(failed.exception)
    failed = run(app, ["measure", str(preset)])
    assert "of the effect 'dim'" in str(failed.exception)


def test_the_tool_puts_it_on_a_video_and_its_sound(preset: Path, tmp_path: Path) -> None:
    from tests.faults.media import plain

    source, out = plain(tmp_path).path, tmp_path / "out.mkv"
    words = ["apply", str(source), str(out), "-p", str(preset), "--at", "0.5s dim.light=0", "--to", "1", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    (before, loud), (after, soft) = measured(source), measured(out)
    first = len(after) // 2
    assert after[: first - 1] == pytest.approx([0.8 * grey for grey in before[: first - 1]], rel=0.05)
    assert max(after[first + 1 :]) <= 2
    assert soft == pytest.approx(0.25 * loud, rel=0.05)


def measured(path: Path) -> tuple[list[float], float]:
    """The mean of every picture, and the sound's rms in the first second."""
    with av.open(str(path)) as container:
        greys = [float(frame.to_ndarray(format="rgb24").mean()) for frame in container.decode(video=0)]
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("fltp", "mono", RATE)
        parts = [r.to_ndarray()[0] for frame in container.decode(audio=0) for r in resampler.resample(frame)]
    return greys, float(np.sqrt((np.concatenate(parts)[2000 : RATE - 2000] ** 2).mean()))
