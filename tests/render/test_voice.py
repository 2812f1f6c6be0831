import subprocess
import sys
import time
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import MissingPartError, ResultError, UnknownNameError, UsageError
from tapehead.render.words.voice.choose import voice_named
from tapehead.render.words.voice.timbre import leveled, line_loudness, resampled, soften, trimmed
from tapehead.render.words.voice.wording import estimate, mark_time, pronounced, timed_words
from tapehead.scenes.episode import BUILT_IN
from tapehead.scenes.script import Line, Script, Speaker

NARRATOR = Speaker("narrator", "en-us", 160, 42, 55)


def line(text, key="a.b", **more):
    return Line(key, "narrator", text, **more)


def script_of(*lines, speaker=NARRATOR):
    return Script(Path("script.toml"), "en", {"narrator": speaker}, {}, tuple(lines))


def write_wav(path, samples, rate, width, channels=1):
    data = (np.asarray(samples) * (2 ** (8 * width - 1) - 1)).astype("<i4")
    raw = np.repeat(data, channels).reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :width]
    with wave.open(str(path), "wb") as out:
        out.setparams((channels, width, rate, 0, "NONE", ""))
        out.writeframes(raw.tobytes())


# -- espeak ------------------------------------------------------------------------------------------


def test_espeak_times_every_word():
    text = "Small words, then a long one: Donaudampfschiff. The end."
    speech = voice_named("espeak").speak(line(text), NARRATOR, text)
    starts = [first for first, *_ in speech.words]
    assert speech.measured
    assert [text[first:].split()[0] for first in starts] == text.split()
    times = [(start, end) for _, _, start, end in speech.words]
    assert times == sorted(times)
    assert all(0 <= start < end <= len(speech.samples) / speech.rate for start, end in times)
    # The full stop makes a pause, and the word before it ends where that begins.
    assert times[7][0] - times[6][1] > 0.2


def test_positions_count_characters():
    text = "Ängström naïve café über word"
    speech = voice_named("espeak").speak(line(text), NARRATOR, text)
    assert [text[first:].split()[0] for first, *_ in speech.words] == text.split()


def test_espeak_says_the_same_after_saying_something_else():
    voice = voice_named("espeak")
    first = voice.speak(line("Twice."), NARRATOR, "The same words, twice.")
    voice.speak(line("Other."), Speaker("b", "en-us+f3", 200, 70, 20), "Something else.")
    again = voice.speak(line("Twice."), NARRATOR, "The same words, twice.")
    assert np.array_equal(first.samples, again.samples)
    assert first.words == again.words


def test_a_voice_with_breath_says_the_same_a_second_later():
    """The engine starts its random numbers from the clock's seconds, and breath is made of them."""
    voice, breathy = voice_named("espeak"), Speaker("b", "en-us+f2", 160, 42, 55)
    first = voice.speak(line("Twice."), breathy, "The same words, twice.")
    time.sleep(1.1)
    second = voice.speak(line("Twice."), breathy, "The same words, twice.")
    np.testing.assert_array_equal(first.samples, second.samples)


def test_espeak_keeps_its_pace_and_its_edges():
    voice = voice_named("espeak")
    lines = [line.text for line in Script.load(BUILT_IN / "linear_algebra" / "script.toml").lines[::2]]
    spoken = [voice.speak(line(text), NARRATOR, text) for text in lines]
    seconds = sum(len(speech.samples) / speech.rate for speech in spoken)
    assert 150 < sum(len(text.split()) for text in lines) / seconds * 60 < 172
    speech = spoken[0]
    length = len(speech.samples) / speech.rate
    loud = np.flatnonzero(np.abs(speech.samples) > 0.01 * np.abs(speech.samples).max()) / speech.rate
    assert 0.02 < loud[0] < 0.06
    assert 0.02 < length - loud[-1] < 0.08
    assert np.abs(speech.samples).max() < 1


def test_speakers_differ():
    voice = voice_named("espeak")
    text = "Who is speaking?"
    made = [
        voice.speak(line(text), Speaker("x", variant, rate, pitch, 50), text).samples
        for variant, rate, pitch in (("en-us", 160, 40), ("en-us", 120, 40), ("en-us", 160, 80), ("en-gb+m3", 160, 40))
    ]
    assert len({samples.tobytes() for samples in made}) == 4
    assert len(made[1]) > 1.2 * len(made[0])


@pytest.mark.parametrize("variant", ["en-us+nobody", "xx-nowhere"])
def test_an_unknown_variant_is_refused_before_anything_is_said(variant):
    with pytest.raises(UnknownNameError, match=variant.rpartition("+")[2]):
        voice_named("espeak").check(script_of(line("Hi."), speaker=Speaker("narrator", variant)))


def test_words_that_can_not_be_said_are_an_error():
    with pytest.raises(ResultError, match=r"a\.b"):
        voice_named("espeak").speak(line("..."), NARRATOR, "...")


def test_without_the_library_the_message_holds_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(MissingPartError, match=r"pip install 'tapehead\[voice\]'.*--voice none"):
        voice_named("espeak")


def test_missing_data_is_an_error_and_does_not_end_the_process(tmp_path):
    code = (
        "import espeakng_loader, sys\n"
        f"espeakng_loader.get_data_path = lambda: {str(tmp_path / 'gone')!r}\n"
        "from tapehead.render.words.voice.choose import voice_named\n"
        "from tapehead.analysis.errors import MissingPartError\n"
        "try:\n    voice_named('espeak')\nexcept MissingPartError as error:\n    print('caught', error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "caught" in done.stdout
    assert "--voice none" in done.stdout


def test_an_exception_in_the_callback_is_raised_outside(monkeypatch, capfd):
    voice = voice_named("espeak")
    monkeypatch.setattr(np.ctypeslib, "as_array", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ResultError, match="division"):
        voice.speak(line("Hi."), NARRATOR, "Hi there.")
    assert "ignored" not in capfd.readouterr().err


# -- the other voices --------------------------------------------------------------------------------


def test_silence_is_as_long_as_its_words():
    text = "Four words in all."
    speech = voice_named("none").speak(line(text), NARRATOR, text)
    assert len(speech.samples) / speech.rate == pytest.approx(4 / 160 * 60)
    assert not speech.samples.any()
    assert not speech.measured
    assert len(speech.words) == 4
    assert speech.words[1][3] - speech.words[1][2] > speech.words[2][3] - speech.words[2][2]


def test_unknown_voices_are_named():
    with pytest.raises(UnknownNameError, match="espeak"):
        voice_named("espeek")
    with pytest.raises(UsageError, match="recorded:DIR"):
        voice_named("recorded:")
    with pytest.raises(UsageError, match="not there"):
        voice_named("recorded:/no/such/place")


@pytest.mark.parametrize(("width", "rate", "channels"), [(2, 44100, 1), (3, 48000, 2), (4, 22050, 1)])
def test_recordings_of_any_width_and_rate(tmp_path, width, rate, channels):
    tone = np.concatenate([np.zeros(rate // 2), 0.5 * np.sin(np.arange(rate) * 440 * 2 * np.pi / rate)])
    write_wav(tmp_path / "a.b.wav", tone, rate, width, channels)
    speech = voice_named(f"recorded:{tmp_path}").speak(line("Two words."), NARRATOR, "Two words.")
    assert (speech.rate, len(speech.samples), speech.measured) == (rate, len(tone), False)
    assert np.abs(speech.samples - tone).max() < 1e-3
    assert speech.words[0][2] == pytest.approx(0.5, abs=0.01)
    assert speech.words[-1][3] == pytest.approx(1.5, abs=0.01)


def test_recordings_that_do_not_fit_are_all_listed(tmp_path):
    write_wav(tmp_path / "a.b.wav", np.zeros(100), 8000, 2)
    write_wav(tmp_path / "a.old.wav", np.zeros(100), 8000, 2)
    with pytest.raises(UsageError) as caught:
        voice_named(f"recorded:{tmp_path}").check(script_of(line("x"), line("y", "a.c"), line("z", "a.d")))
    for part in ("a.c.wav", "a.d.wav", "a.old.wav", str(tmp_path)):
        assert part in str(caught.value)
    assert "a.b.wav" not in str(caught.value)


def test_a_scene_asks_for_its_own_recordings_and_none_is_strange_that_is_written(tmp_path):
    """As `--only` has it; a take of a line's other words is welcome, one of no line is not."""
    written = 'key = "a.b"\nkey = "z.c"\n'
    whole = replace(script_of(line("One.", "a.b"), line("Two.", "z.c")), written=written)
    for name in ("a.b", "a.b@weak"):
        write_wav(tmp_path / f"{name}.wav", np.zeros(100), 8000, 2)
    voice = voice_named(f"recorded:{tmp_path}")
    voice.check(replace(whole, lines=whole.scene("a")))
    with pytest.raises(UsageError, match=r"missing: z\.c\.wav"):
        voice.check(whole)
    write_wav(tmp_path / "a.x.wav", np.zeros(100), 8000, 2)
    with pytest.raises(UsageError, match=r"not in the script: a\.x\.wav"):
        voice.check(replace(whole, lines=whole.scene("a")))


def test_a_broken_recording_is_named(tmp_path):
    (tmp_path / "a.b.wav").write_bytes(b"RIFF no")
    with pytest.raises(ResultError, match=r"a\.b\.wav"):
        voice_named(f"recorded:{tmp_path}").speak(line("x"), NARRATOR, "x")


def test_a_recording_changes_only_its_own_line(tmp_path):
    write_wav(tmp_path / "a.b.wav", np.zeros(100), 8000, 2)
    write_wav(tmp_path / "a.c.wav", np.zeros(100), 8000, 2)
    voice = voice_named(f"recorded:{tmp_path}")
    other, whole = voice.line_identity(line("x", "a.c"), NARRATOR, "x"), voice.identity()
    write_wav(tmp_path / "a.b.wav", np.ones(100) / 2, 8000, 2)
    assert voice.line_identity(line("x", "a.c"), NARRATOR, "x") == other
    assert voice.identity() != whole


# -- words -------------------------------------------------------------------------------------------


def test_pronunciations_replace_whole_words_once():
    said = pronounced("Wx, not Wxy: W and Wx", {"Wx": "W x", "W": "double-u", "x": "ex"})
    assert said.text == "W x, not Wxy: double-u and W x"
    assert len(said.origin) == len(said.text)
    assert said.origin[said.text.index("and")] == "Wx, not Wxy: W and Wx".index("and")


def test_words_get_the_events_that_start_in_them():
    text = "Wx for the best — 2026!"
    said = pronounced(text, {"Wx": "W x"})
    at = said.text.index
    times = [(0, 1, 0.0, 0.2), (2, 1, 0.2, 0.4), (at("for"), 3, 0.4, 1.0), (at("best"), 4, 1.0, 1.4)]
    times += [(at("2026"), 4, 1.6, 1.8), (at("2026"), 4, 1.8, 2.2)]
    words = timed_words(text, text, said, times, True)
    assert [word.text for word in words] == text.split()
    assert [(round(w.start, 2), round(w.end, 2)) for w in words] == [
        (0.0, 0.4),
        (0.4, 0.7),
        (0.7, 1.0),
        (1.0, 1.4),
        (1.4, 1.4),
        (1.6, 2.2),
    ]
    # Only the word that the voice ran into another one is a guess.
    assert [word.measured for word in words] == [True, True, False, True, True, True]
    assert mark_time(text, text.index("best"), words) == 1.0


def test_captions_keep_their_words_when_others_are_said():
    text, say = "So 2 + 2 is 4, you see.", "So two plus two is four, you see."
    times = [(index, 1, float(i), i + 1.0) for i, index in enumerate([0, 3, 7, 12, 16, 19, 25, 29])]
    words = timed_words(text, say, pronounced(say, {}), times, True)
    assert [word.text for word in words] == text.split()
    by_text = {word.text: word for word in words}
    assert (by_text["So"].start, by_text["is"].start, by_text["see."].end) == (0.0, 4.0, 8.0)
    assert by_text["So"].measured
    assert not by_text["4,"].measured
    assert by_text["4,"].start == 5.0
    assert 1.0 <= by_text["+"].start < 4.0
    assert [w.start for w in words] == sorted(w.start for w in words)


def test_estimates_fill_their_time_and_rest_at_punctuation():
    times = estimate("one, two six", 1.0, 3.0)
    assert times[0][2] == 1.0
    assert times[-1][3] == pytest.approx(3.0)
    assert times[1][2] - times[0][3] > times[2][2] - times[1][3]
    assert [(first, count) for first, count, *_ in times] == [(0, 4), (5, 3), (9, 3)]
    assert estimate("", 0.0, 1.0) == []


# -- timbre ------------------------------------------------------------------------------------------


def tone(hz, rate, seconds=0.5):
    return np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate).astype(np.float32)


def power(samples):
    middle = samples[len(samples) // 4 : -len(samples) // 4].astype(float)
    return 10 * np.log10(np.mean(middle**2))


def test_softening_warms_and_takes_the_edge_off():
    gain = {hz: power(soften(tone(hz, 22050), 22050)) - power(tone(hz, 22050)) for hz in (20, 120, 1000, 3300, 9500)}
    assert 1 < gain[120] < 3
    assert abs(gain[1000]) < 1
    assert -4 < gain[3300] < -2
    assert gain[9500] < -8
    assert gain[20] < -6


def test_softening_moves_nothing():
    click = np.zeros(2205, np.float32)
    click[1000] = 1
    assert abs(int(np.argmax(np.abs(soften(click, 22050)))) - 1000) <= 1


def test_trimming_tells_how_much_it_cut():
    rate = 10000
    sound = np.concatenate([np.zeros(2000), tone(500, rate), np.zeros(3000)]).astype(np.float32)
    kept, cut = trimmed(sound, rate, 0.03)
    assert cut == pytest.approx(0.17, abs=0.001)
    assert len(kept) == pytest.approx(5600, abs=4)
    close, added = trimmed(tone(500, rate), rate, 0.03)
    assert added == pytest.approx(-0.03, abs=0.001)
    assert len(close) == pytest.approx(5600, abs=4)


def test_resampling_keeps_tones_and_makes_no_others():
    made = resampled(tone(3000, 22050, 1.0), 22050, 48000)
    assert len(made) == 48000
    spectrum = np.abs(np.fft.rfft(made[4800:-4800] * np.hanning(len(made) - 9600)))
    peak = int(np.argmax(spectrum))
    assert peak * 48000 / (len(made) - 9600) == pytest.approx(3000, abs=2)
    spectrum[peak - 50 : peak + 50] = 0
    assert 20 * np.log10(spectrum.max() / (len(made) / 4)) < -80


def test_lines_are_brought_to_one_loudness():
    loud = [
        line_loudness(leveled(gain * tone(400, 48000, length), 48000), 48000) for gain, length in ((1, 2), (0.01, 0.2))
    ]
    assert loud == pytest.approx([-23, -23], abs=0.05)
    silence = np.zeros(1000, np.float32)
    assert not leveled(silence, 48000).any()
    click = np.zeros(48000, np.float32)
    click[100] = 0.5
    assert np.abs(leveled(click, 48000)).max() <= 0.9


def test_loudness_of_the_reference_tone():
    # BS.1770: a 997 Hz sine of full scale in one channel reads -3.01 LUFS.
    assert line_loudness(tone(997, 48000, 2.0), 48000) == pytest.approx(-3.01, abs=0.05)


def test_voices_load_nothing_heavy():
    code = (
        "import sys, tapehead.render.words.voice, tapehead.render.words.narration, tapehead.render.words.captions\n"
        "import tapehead.render.words.voice.natural\n"
        "import tapehead.render.words.timeline, tapehead.render.sound\n"
        "heavy = ('av', 'scipy', 'moviepy', 'espeakng_loader', 'onnxruntime', 'torch', 'manim')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
