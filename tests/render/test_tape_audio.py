"""The tape's sound against its targets (tape reference, section 7), each with its negative control."""

import json

import numpy as np
import pytest

from tapehead.render.assets import asset
from tapehead.render.tape import audio
from tapehead.render.tape.settings import Settings
from tapehead.render.tape.speed import displacement, lean, weighted_rms

RATE = audio.RATE_HZ
CALM = {"audio.wow_flutter": 0.0, "drop.rate": 0.0, "audio.hiss": -100.0, "audio.buzz": None}


def preset(name, **changes):
    given = json.loads(asset(f"tapes/{name}.json").read_text())["settings"]
    return Settings(given).but({key.replace("__", "."): value for key, value in changes.items()})


def play(sound, settings, seed=1):
    return audio.treat(audio.reader(sound), sound.shape[1], 0, len(sound), settings, seed)


def tone(hertz, seconds=2.0, amplitude=0.25, channels=2):
    t = np.arange(int(seconds * RATE)) / RATE
    return np.repeat((amplitude * np.sin(2 * np.pi * hertz * t)).astype(np.float32)[:, None], channels, axis=1)


def gain_db(hertz, settings):
    sound = tone(hertz)
    inner = slice(RATE // 2, -RATE // 2)
    return 20 * np.log10(play(sound, settings)[inner].std() / sound[inner].std())


def band_edges(settings, low, high):
    assert abs(gain_db(low, settings) + 3) < 0.6
    assert abs(gain_db(high, settings) + 3) < 0.6
    assert abs(gain_db(1000.0, settings)) < 0.2
    assert gain_db(min(high * 1.8, 23000), settings) < -20


@pytest.mark.parametrize(("speed", "high"), [("SP", 10_000), ("LP", 7_000), ("EP", 4_000)])
def test_bands_of_the_linear_track(speed, high):
    settings = Settings(CALM).but({"speed": speed})
    band_edges(settings, 100, high)
    with pytest.raises(AssertionError):
        band_edges(settings.but({"audio.track": "hifi"}), 100, high)


def test_the_hifi_track_is_wide_and_stereo():
    settings = Settings(CALM).but({"audio.track": "hifi"})
    for hertz in (40.0, 1000.0, 15_000.0, 18_000.0):
        assert abs(gain_db(hertz, settings)) < 0.5
    sound = tone(500.0)
    sound[:, 1] = 0
    assert np.abs(play(sound, settings)[:, 1]).max() < 1e-4
    linear = play(sound, Settings(CALM))
    assert np.array_equal(linear[:, 0], linear[:, 1]) and linear.std() > 0.05


def hiss(settings, expected):
    silence = np.zeros((3 * RATE, 2), np.float32)
    assert abs(20 * np.log10(play(silence, settings).std()) - expected) < 1


def test_hiss():
    base = Settings({**CALM, "audio.hiss": None})
    hiss(base, -42)
    hiss(base.but({"audio.track": "hifi"}), -70)
    with pytest.raises(AssertionError):
        hiss(base.but({"audio.hiss": -60.0}), -42)
    # n generations add up
    hiss(base.but({"generations": 4}), -42 + 10 * np.log10(4) - 0.6)


def test_buzz_is_where_it_belongs_and_never_above_what_is_set():
    sound = play(np.zeros((4 * RATE, 1), np.float32), Settings({**CALM, "audio.buzz": -45.0}))[:, 0]
    assert abs(20 * np.log10(sound.std()) + 45) < 0.3
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    frequency = np.fft.rfftfreq(len(sound), 1 / RATE)
    for hertz in (59.94, 15_734.27):
        near = np.abs(frequency - hertz) < 2
        assert spectrum[near].max() > 20 * np.median(spectrum)
    silent = play(np.zeros((RATE, 1), np.float32), Settings(CALM))
    assert 20 * np.log10(silent.std()) < -95


def measured_wow(settings, seconds=40):
    """Weighted speed deviation in percent from the phase of a 3 kHz tone."""
    sound = play(tone(3000.0, seconds, channels=1), settings)[:, 0].astype(float)
    t = np.arange(len(sound)) / RATE
    turning = sound * np.exp(-2j * np.pi * 3000.0 * t)
    slow = turning[: len(turning) // 120 * 120].reshape(-1, 120).mean(axis=1)  # 400 per second
    phase = np.unwrap(np.angle(slow))[400:-400]
    return 100 * weighted_rms(np.gradient(phase) * 400 / (2 * np.pi * 3000.0), 400.0)


def wow(settings, expected):
    assert abs(measured_wow(settings) / expected - 1) < 0.25  # 40 s of slow noise know their rms to a quarter


def test_wow_and_flutter():
    wow(Settings({**CALM, "audio.wow_flutter": 0.2}), 0.2)
    wow(Settings({**CALM, "audio.wow_flutter": 1.0}), 1.0)
    with pytest.raises(AssertionError):
        wow(Settings(CALM), 0.2)
    assert measured_wow(Settings(CALM)) < 0.003


def test_picture_and_sound_share_the_warp():
    settings = Settings({"audio.wow_flutter": 1.0})
    t = np.linspace(3.0, 3.016, 240)
    late = lean(settings, 5, "pass 0", t, 63.5, True)
    near = 1e-3
    at = t[::60]
    ahead, behind = (displacement(settings, 5, "pass 0", at + d, True) for d in (near, -near))
    speed = (ahead - behind) / (2 * near)
    assert np.allclose(late[::60], 0.06 * 63.5 * speed, atol=1e-3)
    assert np.abs(late).max() > 0
    assert not lean(settings.but({"audio.wow_flutter": 0.0}), 5, "pass 0", t, 63.5, True).any()


def test_saturation_rounds_peaks_and_leaves_quiet_sound():
    driven = Settings({**CALM, "audio.saturation": 12.0})

    def third(amplitude, settings):
        sound = play(tone(1000.0, 1.0, amplitude, 1), settings)[RATE // 4 : -RATE // 4, 0]
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        return 20 * np.log10(spectrum[3000 * len(sound) // RATE] / spectrum[1000 * len(sound) // RATE])

    assert third(0.5, driven) > -25 > -40 > third(0.02, driven)
    assert third(0.5, Settings(CALM)) < -60


def test_automatic_gain_raises_quiet_parts_by_no_more_than_is_set():
    settings = Settings({**CALM, "audio.agc": 12.0})
    quiet = tone(1000.0, 4.0, 0.003, 1)
    raised = play(quiet, settings)[2 * RATE : 3 * RATE].std() / quiet[2 * RATE : 3 * RATE].std()
    assert abs(20 * np.log10(raised) - 12) < 0.3
    loud = tone(1000.0, 4.0, 0.5, 1)
    assert abs(20 * np.log10(play(loud, settings)[2 * RATE : 3 * RATE].std() / loud[2 * RATE : 3 * RATE].std())) < 0.3


def test_dropouts_dip_the_sound():
    sound = tone(1000.0, 20.0, 0.5, 1)
    level = np.abs(play(sound, Settings({**CALM, "drop.rate": 8.0}))[:, 0])
    blocks = level[: len(level) // 480 * 480].reshape(-1, 480).max(axis=1)[10:-10]
    assert 5 < np.sum(np.diff((blocks < 0.35).astype(int)) == 1) < 80
    even = np.abs(play(sound, Settings(CALM))[:, 0])
    assert even[: len(even) // 480 * 480].reshape(-1, 480).max(axis=1)[10:-10].min() > 0.45


def test_any_stretch_by_itself_is_the_same():
    rng = np.random.default_rng(0)
    sound = rng.normal(0, 0.1, (23 * RATE, 2)).astype(np.float32)
    settings = preset("worn")
    whole = play(sound, settings)
    for first, count in ((0, 1000), (9 * RATE, 2 * RATE), (21 * RATE + 5, 777)):
        part = audio.treat(audio.reader(sound), 2, first, count, settings, 1)
        assert np.array_equal(part, whole[first : first + count])
    assert not np.array_equal(whole[:1000], play(sound, settings, seed=2)[:1000])


def test_blocks_join_without_a_seam():
    """A tone over the border of two blocks stays a tone."""
    sound = tone(1000.0, 21.0, 0.3, 1)
    made = play(sound, Settings({**CALM, "audio.wow_flutter": 0.3, "audio.agc": 6.0, "generations": 2}))[:, 0]
    step = np.abs(np.diff(made, 2))
    border = step[audio.BLOCK - 20 : audio.BLOCK + 20].max()
    assert border < 1.02 * step[audio.BLOCK - 9000 : audio.BLOCK - 1000].max()


def test_nothing_is_heard_in_a_pause():
    made = play(tone(1000.0, 4.0), Settings({**CALM, "pause.at": [1.0, 2.0]}))
    assert np.abs(made[int(1.1 * RATE) : int(1.9 * RATE)]).max() < 1e-3
    assert np.abs(made[int(2.5 * RATE) : 3 * RATE]).max() > 0.2
