"""Lines that ship: found by what they are spoken from, decoded in place, and never stale."""

import importlib.util
import json
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import MissingPartError, UnknownNameError, UsageError
from tapehead.analysis.store import Store, digest_file
from tapehead.render.assets import asset
from tapehead.render.words.narration import narrate
from tapehead.render.words.voice.choose import AUTO, voice_for, voice_named
from tapehead.render.words.voice.natural import NaturalVoice, model, shipped
from tapehead.render.words.voice.natural.phonemes import lexicon, utterance
from tapehead.render.words.voice.recorded import read_mono
from tapehead.scenes.script import Line, Script, Speaker

installed = pytest.mark.skipif(not model.is_installed(), reason="the voice 'natural' is not installed")
espeak = pytest.mark.skipif(importlib.util.find_spec("espeakng_loader") is None, reason="espeak is not installed")
NARRATOR = Speaker("narrator", rate=160)
TEXT = "A cat ships."


def line(text=TEXT, key="a.b"):
    return Line(key, "narrator", text)


def script_of(*lines, language="en", pronounce=None):
    return Script(Path("script.toml"), language, {"narrator": NARRATOR}, pronounce or {}, tuple(lines))


def tone_in(path: Path, seconds=0.5):
    samples = 0.3 * np.sin(2 * np.pi * 300 * np.arange(int(seconds * 48000)) / 48000)
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 48000, 0, "NONE", ""))
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    return samples


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A place for lines to ship, empty at first."""
    (tmp_path / "voices" / "lines").mkdir(parents=True)

    def found(path):
        return tmp_path / "voices" if path == "voices" else asset(path)

    monkeypatch.setattr(shipped, "asset", found)
    shipped.shipped_lines.cache_clear()
    yield tmp_path / "voices" / "lines"
    shipped.shipped_lines.cache_clear()


def put(shelf: Path, tmp_path: Path, voice: NaturalVoice, text=TEXT) -> np.ndarray:
    samples = tone_in(tmp_path / "line.wav")
    words = [(0, 1, 0.0, 0.1), (2, 3, 0.1, 0.3), (6, 5, 0.3, 0.5)]
    shipped.ship(
        [shipped.Recorded(voice.shipping_key(NARRATOR, text), tmp_path / "line.wav", "ɐ", text, words)], shelf / "x"
    )
    return samples


@pytest.fixture
def nothing_installed(monkeypatch):
    import importlib.metadata as metadata

    there = metadata.distribution

    def gone(name):
        if name == "misaki" or name in model.PARTS:
            raise metadata.PackageNotFoundError(name)
        return there(name)

    monkeypatch.setattr(metadata, "distribution", gone)
    monkeypatch.setattr(model, "is_installed", lambda: False)
    lexicon.cache_clear()
    yield
    lexicon.cache_clear()


def test_what_ships_is_heard_where_nothing_is_installed(shelf, tmp_path, nothing_installed):
    samples = put(shelf, tmp_path, NaturalVoice())
    made = narrate(script_of(line()), voice_for(AUTO, script_of(line()), pytest.fail), Store(tmp_path / "store"))
    spoken = made["a.b"]
    assert spoken.measured
    assert [(word.text, word.start, word.end) for word in spoken.words] == [
        ("A", 0.0, 0.1),
        ("cat", 0.1, 0.3),
        ("ships.", 0.3, 0.5),
    ]
    assert spoken.duration == pytest.approx(0.5)
    with wave.open(spoken.audio) as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    assert np.corrcoef(heard[2000:-2000], samples[2000:-2000])[0, 1] > 0.99


def test_a_changed_word_has_no_shipped_line(shelf, tmp_path, nothing_installed):
    put(shelf, tmp_path, NaturalVoice())
    with pytest.raises(MissingPartError, match=r"1 of the 2 lines .*'a\.c' is the first.*pip install"):
        NaturalVoice().check(script_of(line(), line("A dog ships.", "a.c")))


@espeak
def test_a_film_is_spoken_by_one_engine(shelf, tmp_path, nothing_installed):
    put(shelf, tmp_path, NaturalVoice())
    told = []
    voice = voice_for(AUTO, script_of(line(), line("A dog ships.", "a.c")), told.append)
    assert voice.name == "espeak"
    assert len(told) == 1
    assert "pip install 'tapehead[voice]'" in told[0]
    assert "whole film is spoken by espeak" in told[0]


@espeak
def test_other_languages_are_spoken_by_espeak_without_a_word():
    assert voice_for(AUTO, script_of(line("Hallo."), language="de"), pytest.fail).name == "espeak"
    with pytest.raises(UnknownNameError, match="natural"):
        voice_for("natrual", script_of(line()), pytest.fail)


@pytest.mark.parametrize("change", [{"rate": 150}, {"semitones": 1.0}, {"style": "am_michael"}])
def test_the_key_holds_all_that_a_line_is_spoken_from(change):
    voice = NaturalVoice()
    key = voice.shipping_key(NARRATOR, TEXT)
    assert key == voice.shipping_key(replace(NARRATOR, name="x", pitch=3), TEXT)
    assert key != voice.shipping_key(replace(NARRATOR, **change), TEXT)
    assert key != voice.shipping_key(NARRATOR, TEXT + " Yes.")


def test_the_key_holds_the_pronunciation_of_its_own_words(monkeypatch):
    from tapehead.render.words.voice.natural import phonemes

    voice, table = NaturalVoice(), phonemes.own_table()
    keys = [voice.shipping_key(NARRATOR, text) for text in ("One logit.", TEXT)]
    changed = replace(table, words={**table.words, "logit": "lˈɑʤɪt"})
    monkeypatch.setattr(phonemes, "own_table", lambda: changed)
    after = [voice.shipping_key(NARRATOR, text) for text in ("One logit.", TEXT)]
    assert after[0] != keys[0]
    assert after[1] == keys[1]


def test_a_damaged_line_is_named(shelf, tmp_path):
    put(shelf, tmp_path, NaturalVoice())
    (path,) = (shelf / "x").glob("*.opus")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(MissingPartError, match=path.name):
        NaturalVoice().speak(line(), NARRATOR, TEXT)


def test_shipping_again_keeps_and_clears(shelf, tmp_path):
    voice = NaturalVoice()
    put(shelf, tmp_path, voice)
    (first,) = (shelf / "x").glob("*.opus")
    before = digest_file(first)
    put(shelf, tmp_path, voice)
    assert digest_file(first) == before
    put(shelf, tmp_path, voice, "Another line.")
    assert [path for path in (shelf / "x").glob("*.opus") if path == first] == []
    assert len(json.loads((shelf / "x" / "lines.json").read_text())) == 1


def test_equal_sound_makes_equal_files(tmp_path):
    samples = tone_in(tmp_path / "a.wav", 0.7)
    data, count = shipped.encoded(tmp_path / "a.wav")
    assert shipped.encoded(tmp_path / "a.wav")[0] == data
    assert count == len(samples)
    assert len(data) < 6000
    (tmp_path / "a.opus").write_bytes(data)
    heard, rate = read_mono(tmp_path / "a.opus")
    assert (rate, len(heard)) == (48000, count)
    shifts = {
        shift: np.corrcoef(np.roll(heard, shift)[5000:-5000], samples[5000:-5000])[0, 1] for shift in range(-20, 21)
    }
    assert abs(max(shifts, key=shifts.get)) <= 1


def test_only_whole_built_in_episodes_ship(tmp_path):
    from tapehead.render.film.speak import speak
    from tapehead.render.progress import Reporter
    from tapehead.scenes.episode import BUILT_IN, find_episode, load_episode

    odd, store, quiet = find_episode("odd-squares"), Store(tmp_path / "store"), Reporter(quiet=True)
    with pytest.raises(UsageError, match="--voice natural"):
        speak(odd, "none", store, quiet, to_ship=True)
    with pytest.raises(UsageError, match="omit --only"):
        speak(odd, "natural", store, quiet, scene="corners", to_ship=True)
    import shutil

    shutil.copytree(BUILT_IN / "odd_squares", tmp_path / "mine")
    with pytest.raises(UsageError, match="built-in"):
        speak(load_episode(tmp_path / "mine"), "natural", store, quiet, to_ship=True)


def test_speaking_tells_words_a_minute(tmp_path):
    from tapehead.render.film.speak import speak
    from tapehead.render.progress import Reporter
    from tapehead.scenes.episode import find_episode

    made = speak(find_episode("odd-squares"), "none", Store(tmp_path / "store"), Reporter(quiet=True))
    assert made.paces == {"narrator": pytest.approx(160, abs=1)}
    assert made.to_data()["voice"] == "none"
    assert len(made.lines) == 4


@installed
def test_shipped_lines_say_what_the_dictionaries_say_now():
    """A rule or table that changed since a line was spoken: speak it anew, `tapehead speak EPISODE --ship`."""
    lex, stale = lexicon(), []
    for folder, there in shipped.shipped_lines().values():
        if utterance(lex.read(there.spoken).pieces).phonemes != there.phonemes:
            stale.append(f"{folder.name}: {there.spoken}")
    assert not stale


def test_every_shipped_file_is_whole():
    for folder, there in shipped.shipped_lines().values():
        assert digest_file(folder / there.file) == there.sha256
        assert all(0 <= start <= end <= there.samples / 48000 for *_, start, end in there.words)
    listed = {(folder / there.file) for folder, there in shipped.shipped_lines().values()}
    assert set((asset("voices") / "lines").glob("*/*.opus")) == listed


@espeak
def test_voices_can_be_named_without_their_packages(nothing_installed):
    assert voice_named("natural").name == "natural"
    assert voice_named(AUTO).name == "espeak"
