"""Words of a recording are found beside the same words of a voice that knows its times."""

import importlib.util
import wave

import numpy as np
import pytest

from tapehead.render.words.voice.alignment import RATE_HZ, aligned, cepstra, features, warp
from tapehead.render.words.voice.choose import voice_named
from tapehead.render.words.voice.timbre import resampled
from tapehead.scenes.script import Line, Speaker

TEXT = "Nearly all the work inside a network is this. Multiply, and add, and then do it again."
espeak = pytest.mark.skipif(importlib.util.find_spec("espeakng_loader") is None, reason="espeak is not installed")


def spoken(**settings):
    speech = voice_named("espeak").speak(Line("a.b", "n", TEXT), Speaker("n", **settings), TEXT)
    return resampled(speech.samples, speech.rate, RATE_HZ), speech.words


@pytest.fixture(scope="module")
def reference():
    return spoken()


def naive_cost(first, second):
    """Dynamic time warping cell by cell."""
    rows, columns = len(first), len(second)
    total = [[np.inf] * (columns + 1) for _ in range(rows + 1)]
    total[0][0] = 0.0
    for i in range(rows):
        for j in range(columns):
            step = np.linalg.norm(first[i] - second[j])
            total[i + 1][j + 1] = step + min(total[i][j], total[i][j + 1], total[i + 1][j])
    return total[rows][columns]


def test_the_way_is_the_cheapest():
    chance = np.random.default_rng(3)
    first, second = chance.normal(size=(9, 2)), chance.normal(size=(13, 2))
    path, cost = warp(first, second)
    assert cost * len(path) == pytest.approx(naive_cost(first, second))
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [8, 12]
    assert set(map(tuple, np.diff(path, axis=0))) <= {(0, 1), (1, 0), (1, 1)}
    assert sum(np.linalg.norm(first[i] - second[j]) for i, j in path) == pytest.approx(naive_cost(first, second))


def test_cepstra_do_not_hear_loudness():
    sound = np.random.default_rng(1).normal(size=8000)
    assert np.allclose(cepstra(sound), cepstra(0.1 * sound), atol=1e-6)
    assert cepstra(sound).shape == (50, 13)


def test_loudness_and_movement_are_compared_as_well():
    """A sound that stands still has no movement; one that begins anew has it where it does, and 60 ms wide at most."""
    chance = np.random.default_rng(1).normal(size=16000)
    chance[:8000] *= 1e-3
    made = features(chance)
    assert made.shape == (100, 26)
    assert np.abs(made[:, 0]).mean() == pytest.approx(3 * np.abs(cepstra(chance)[:, 0]).mean())
    moves = np.abs(made[:, 13])
    assert 45 <= moves.argmax() <= 54
    assert moves[47:53].min() > 3 * max(moves[:40].max(), moves[60:].max())


@espeak
@pytest.mark.parametrize("stretch", [(1, 1), (9, 10), (6, 5)])
def test_shifted_and_stretched_speech_is_found(reference, stretch):
    sound, times = reference
    up, down = stretch
    stretched = resampled(sound, down, up)  # slower or faster, and lower or higher with it
    recording = np.concatenate([np.zeros(RATE_HZ // 2), stretched, np.zeros(RATE_HZ // 4)])
    found = aligned(sound, times, recording)
    assert found is not None
    errors = [abs(at[2] - (own[2] * up / down + 0.5)) for at, own in zip(found, times, strict=True)]
    assert np.median(errors) < 0.02
    assert max(errors) < 0.12
    assert [at[:2] for at in found] == [own[:2] for own in times]


@espeak
def test_another_speaker_s_words_are_found(reference):
    sound, times = reference
    recording, truth = spoken(variant="en-gb+f3", rate=130, pitch=70)
    found = aligned(sound, times, recording)
    assert found is not None
    errors = [abs(at[2] - own[2]) for at, own in zip(found, truth, strict=True)]
    even = np.linspace(truth[0][2], truth[-1][3], len(truth) + 1)[:-1]
    chance = [abs(at - own[2]) for at, own in zip(even, truth, strict=True)]
    assert np.median(errors) < 0.05
    assert np.median(errors) < 0.3 * np.median(chance)


@espeak
def test_what_says_something_else_is_not_aligned(reference):
    sound, times = reference
    tone = np.sin(2 * np.pi * 440 * np.arange(3 * RATE_HZ) / RATE_HZ)
    assert aligned(sound, times, tone) is None
    assert aligned(sound, times, np.random.default_rng(2).normal(size=3 * RATE_HZ)) is None
    assert aligned(sound, times, np.zeros(10)) is None


@espeak
def test_a_recording_s_words_are_timed(tmp_path):
    """A stretched recording of another speaker in a file, as a person would hand it in."""
    recording, truth = spoken(variant="en-us+m3", rate=150)
    padded = np.concatenate([np.zeros(RATE_HZ // 2), 0.7 * recording])
    with wave.open(str(tmp_path / "a.b.wav"), "wb") as out:
        out.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        out.writeframes((padded * 32767).astype("<i2").tobytes())
    speech = voice_named(f"recorded:{tmp_path}").speak(Line("a.b", "n", TEXT), Speaker("n"), TEXT)
    assert speech.measured
    assert np.median([abs(at[2] - own[2] - 0.5) for at, own in zip(speech.words, truth, strict=True)]) < 0.03
    assert len(speech.samples) == len(padded)
