"""Piper as a voice.  The package is not installed with tapehead: a stand-in shows what it is asked for."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from tapehead.analysis.errors import MissingPartError, ResultError, UsageError
from tapehead.render.words.voice.choose import voice_named
from tapehead.scenes.script import Line, Speaker

LINE = Line("a.b", "n", "Hi there.")


@pytest.fixture
def asked(monkeypatch):
    """What the stand-in was asked for; it says a tone as long as its length scale, nothing for an empty text."""
    seen = []

    class Model:
        @staticmethod
        def load(path):
            if "broken" in path:
                raise ValueError("bad file")
            return Model()

        def synthesize(self, text, settings):
            seen.append((text, settings))
            tone = 0.3 * np.sin(np.arange(round(8000 * settings.length_scale)) * 0.2).astype(np.float32)
            return [SimpleNamespace(audio_float_array=tone if text.strip(".") else tone[:0], sample_rate=8000)]

    module = ModuleType("piper")
    module.PiperVoice = Model
    module.SynthesisConfig = SimpleNamespace
    monkeypatch.setitem(sys.modules, "piper", module)
    return seen


def voice_in(folder, name="a"):
    (folder / f"{name}.onnx").write_bytes(b"x")
    (folder / f"{name}.onnx.json").write_text("{}")
    return voice_named(f"piper:{folder / f'{name}.onnx'}")


def test_it_speaks_at_the_rate_and_without_chance(tmp_path, asked):
    speech = voice_in(tmp_path).speak(LINE, Speaker("n", rate=85), LINE.text)
    ((text, settings),) = asked
    assert text == LINE.text
    assert (settings.length_scale, settings.noise_scale, settings.noise_w_scale) == (2.0, 0.0, 0.0)
    assert len(speech.samples) == pytest.approx(16000 + 0.06 * 8000, abs=20)
    assert [at[:2] for at in speech.words] == [(0, 2), (3, 6)]


def test_the_key_holds_the_voice_file(tmp_path, asked):
    voice = voice_in(tmp_path)
    key = voice.line_identity(LINE, Speaker("n"), "Hi.")
    assert key == voice_in(tmp_path).line_identity(LINE, Speaker("m"), "Hi.")
    assert key != voice.line_identity(LINE, Speaker("n"), "Ho.")
    (tmp_path / "a.onnx").write_bytes(b"y")
    assert voice_named(f"piper:{tmp_path / 'a.onnx'}").identity() != voice.identity()


def test_what_is_missing_is_told(tmp_path, asked, monkeypatch):
    with pytest.raises(UsageError, match="voice file that is there"):
        voice_named("piper:nowhere.onnx")
    (tmp_path / "b.onnx").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"b\.onnx\.json"):
        voice_named(f"piper:{tmp_path / 'b.onnx'}")
    with pytest.raises(UsageError, match="bad file"):
        voice_in(tmp_path, "broken").speak(LINE, Speaker("n"), LINE.text)
    with pytest.raises(ResultError, match=r"nothing for line 'a\.b'"):
        voice_in(tmp_path).speak(LINE, Speaker("n"), "...")
    monkeypatch.setitem(sys.modules, "piper", None)
    with pytest.raises(MissingPartError, match=r"pip install 'tapehead\[piper\]'"):
        voice_in(tmp_path)
