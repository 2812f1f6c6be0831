import dataclasses
import math
import wave
from fractions import Fraction

import numpy as np
import pytest

from tapehead.analysis.errors import OutputError, ResultError, UnknownNameError
from tapehead.render.loudness import Weighting, integrated
from tapehead.render.sound import EFFECTS, SoundReport, measure, mix
from tapehead.render.sound.bed import Bed, Music
from tapehead.render.sound.effects import effect_sound
from tapehead.render.sound.mastering import WINDOW, limiter_gain
from tapehead.render.words.timeline import Effect, PlacedLine, Timeline
from tapehead.render.words.voice.timbre import leveled
from tapehead.scenes.script import TimedLine

RATE = 48000


def write(path, sound, rate=RATE):
    """16-bit WAV from -1 to 1; shape (samples,) or (samples, channels)."""
    whole = np.rint(np.asarray(sound) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setparams((1 if whole.ndim == 1 else whole.shape[1], 2, rate, 0, "NONE", ""))
        out.writeframes(whole.tobytes())
    return path


def read(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 3, RATE)
        raw = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
    whole = np.zeros((len(raw), 4), np.uint8)
    whole[:, 1:] = raw
    return (whole.view("<i4")[:, 0] >> 8).reshape(-1, 2) / 2**23


def tone(seconds, hz=997.0, gain=0.1):
    return gain * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def babble(seconds, seed=3):
    """Noise in syllables with hard peaks: what speech is to a meter and a limiter."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * RATE)) / RATE
    sound = 0.05 * rng.standard_normal(len(t)) * (0.2 + np.abs(np.sin(2 * np.pi * 2.1 * t))) ** 2
    sound[:: RATE // 90] *= 6
    return np.clip(sound, -0.9, 0.9)


def line(tmp_path, sound, key="a.b"):
    path = write(tmp_path / f"{key}.wav", sound)
    return TimedLine(key, "a", "narrator", "Words.", len(sound) / RATE, (), True, {}, 0.3, str(path))


def film(*lines, duration=8.0, effects=()):
    return Timeline(duration, 30, (), tuple(PlacedLine(at, line, "a") for at, line in lines), tuple(effects))


def test_a_film_is_mastered(tmp_path):
    timeline = film((0.5, line(tmp_path, babble(6))), duration=8.0, effects=[Effect("whoosh", 7.0, 0.0)])
    out = tmp_path / "sound.wav"
    report = mix(timeline, out, 1)
    assert report.lufs == pytest.approx(-14, abs=0.3)
    assert -4 < report.true_peak_db <= -1.5
    assert report.duration_s == 8.0
    again = measure(out)
    assert again.lufs == pytest.approx(report.lufs, abs=0.05)
    assert again.true_peak_db == pytest.approx(report.true_peak_db, abs=0.05)
    assert len(read(out)) == 8 * RATE
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []


def test_lines_start_on_their_sample(tmp_path):
    click = np.concatenate([[0.9], np.zeros(RATE // 2)])
    # Starts beside a window's edge, between two samples, and before another line has ended.
    starts = [0.0, 1 / 3, 3.14159, WINDOW / RATE - 1 / RATE, WINDOW / RATE, WINDOW / RATE + 0.1]
    lines = [(at, line(tmp_path, click, f"a.b{i}")) for i, at in enumerate(starts)]
    mix(film(*lines, duration=12.0), tmp_path / "sound.wav", 1, bed=False)
    sound = np.abs(read(tmp_path / "sound.wav")).max(axis=1)
    found = np.flatnonzero(sound > 0.01) / RATE
    assert len(found) == len(starts)
    assert np.abs(found - np.array(starts)).max() < 0.0001


def test_a_line_goes_on_over_the_edge_of_a_window(tmp_path):
    whole = tone(4.0)
    mix(film((8.0, line(tmp_path, whole)), duration=13.0), tmp_path / "sound.wav", 1, bed=False)
    sound = read(tmp_path / "sound.wav")[8 * RATE : 12 * RATE, 0]
    assert np.corrcoef(sound, whole)[0, 1] > 0.9999
    assert np.abs(np.diff(sound)).max() < 1.2 * np.abs(np.diff(sound[: RATE // 2])).max()


def test_equal_films_have_equal_bytes_and_other_seeds_have_not(tmp_path):
    timeline = film((0.5, line(tmp_path, babble(2))), duration=4.0, effects=[Effect("tick", 3.0, 0.0)])
    made = []
    for index, seed in enumerate((1, 1, 2)):
        mix(timeline, tmp_path / f"{index}.wav", seed)
        made.append((tmp_path / f"{index}.wav").read_bytes())
    assert made[0] == made[1] != made[2]


def test_digital_silence_stays(tmp_path):
    report = mix(film((1.0, line(tmp_path, np.zeros(RATE)))), tmp_path / "sound.wav", 1, bed=False)
    assert report == SoundReport(None, None, 8.0)
    assert not read(tmp_path / "sound.wav").any()
    assert measure(tmp_path / "sound.wav") == report


def test_the_bed_alone_is_no_louder_than_beside_a_voice(tmp_path):
    alone = mix(film(duration=20.0), tmp_path / "alone.wav", 1)
    mix(film((0.5, line(tmp_path, leveled(tone(6.0), RATE))), duration=20.0), tmp_path / "spoken.wav", 1)
    rest = slice(10 * RATE, 16 * RATE)  # where nobody speaks
    levels = [np.sqrt(np.square(read(tmp_path / name)[rest]).mean()) for name in ("alone.wav", "spoken.wav")]
    assert alone.lufs < -25
    # Where the limiter takes a voice's peaks the film gets more gain, and the bed with it: never less than alone.
    assert -2 < 20 * np.log10(levels[0] / levels[1]) < 0.5


def music(seconds, gain=0.9):
    t = np.arange(round(seconds * RATE)) / RATE
    return np.stack([gain * np.sin(2 * np.pi * 440 * t)] * 2, axis=1).astype(np.float32)


def test_music_is_begun_again_without_a_gap_and_lower_while_one_speaks():
    bed = Music(music(5.0), 40.0, [(10.0, 14.0)])
    whole = np.concatenate([bed.window(at * RATE, RATE) for at in range(40)])
    np.testing.assert_array_equal(bed.window(3 * RATE + 7, RATE), whole[3 * RATE + 7 : 4 * RATE + 7])
    level = 20 * np.log10(np.sqrt(np.square(whole[:, 0]).reshape(-1, RATE // 2).mean(axis=1)) + 1e-9)
    heard = level[8:17]
    assert np.abs(heard - heard.mean()).max() < 3.2, "a sine crossed with itself is at most 3 dB off"
    assert level[22:27].mean() == pytest.approx(heard.mean() - 12, abs=1.5)
    assert level[0] < heard.mean() - 3
    assert level[-1] < heard.mean() - 10
    loud, quiet = (Music(music(5.0, gain), 10.0, []).window(4 * RATE, RATE) for gain in (0.9, 0.01))
    np.testing.assert_allclose(loud, quiet, atol=1e-4)


def test_a_file_is_the_bed_and_none_is_none(tmp_path):
    path = tmp_path / "bed.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes((music(4.0, 0.5) * 32767).astype("<i2").tobytes())
    mix(film(duration=6.0), tmp_path / "sound.wav", 1, path)
    sound = read(tmp_path / "sound.wav")[3 * RATE : 4 * RATE, 0]
    spectrum = np.abs(np.fft.rfft(sound))
    assert spectrum.argmax() == 440
    mix(film(duration=6.0), tmp_path / "none.wav", 1, bed=False)
    assert not read(tmp_path / "none.wav").any()


def test_a_lone_tick_is_not_blown_up(tmp_path):
    report = mix(film(duration=3.0, effects=[Effect("tick", 1.0, 0.0)]), tmp_path / "sound.wav", 1, bed=False)
    assert report.true_peak_db <= -1.5


@pytest.mark.parametrize("duration", [0.0, 1 / 30, 0.35, 10.0, 10 + 1 / 30])
def test_the_length_is_exact(tmp_path, duration):
    report = mix(film(duration=duration), tmp_path / "sound.wav", 1)
    assert len(read(tmp_path / "sound.wav")) == round(duration * RATE)
    assert report.duration_s == pytest.approx(round(duration * RATE) / RATE)


def test_what_lies_beyond_the_film_is_cut(tmp_path):
    late = [(1.5, line(tmp_path, babble(3), "a.c")), (9.0, line(tmp_path, babble(1)))]
    mix(film(*late, duration=2.0, effects=[Effect("chime", 1.9, 0), Effect("tick", 5, 0)]), tmp_path / "sound.wav", 1)
    assert len(read(tmp_path / "sound.wav")) == 2 * RATE


def test_errors_name_what_is_wrong(tmp_path):
    with pytest.raises(UnknownNameError, match="soft-pop"):
        mix(film(effects=[Effect("soft-pip", 1.0, 0.0)]), tmp_path / "sound.wav", 1)
    gone = dataclasses.replace(line(tmp_path, np.zeros(9)), audio=str(tmp_path / "gone.wav"))
    with pytest.raises(ResultError, match=r"gone\.wav"):
        mix(film((0.0, gone)), tmp_path / "sound.wav", 1)
    other = dataclasses.replace(gone, audio=str(write(tmp_path / "other.wav", np.zeros((9, 2)))))
    with pytest.raises(ResultError, match="16-bit mono"):
        mix(film((0.0, other)), tmp_path / "sound.wav", 1)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"sound\.wav"):
        mix(film(), tmp_path / "file" / "sound.wav", 1)
    with pytest.raises(ResultError, match="cannot be read"):
        measure(tmp_path / "file")
    assert not (tmp_path / "sound.wav").exists()
    assert not list(tmp_path.glob(".*part"))


# -- measuring ---------------------------------------------------------------------------------------


def test_the_meter_reads_the_reference_tone(tmp_path):
    # BS.1770: 997 Hz at -20 dB in both channels is -20 LUFS (0.01 from the weighting's rounding).
    path = write(tmp_path / "tone.wav", np.repeat(tone(5.0)[:, None], 2, axis=1))
    report = measure(path)
    assert report.lufs == pytest.approx(-20, abs=0.05)
    assert report.true_peak_db == pytest.approx(-20, abs=0.05)
    assert report.duration_s == 5.0


def test_the_meter_finds_peaks_between_samples(tmp_path):
    swell = np.sin(np.linspace(0, np.pi, RATE * 2))  # an abrupt start would overshoot between samples, too
    quarter = 0.5 * swell * np.sin(np.pi / 2 * np.arange(RATE * 2) + np.pi / 4)
    assert np.abs(quarter).max() < 0.36
    assert measure(write(tmp_path / "t.wav", quarter)).true_peak_db == pytest.approx(-6.02, abs=0.15)


def test_the_meter_hears_the_very_end(tmp_path):
    sound = np.zeros(RATE + 100)
    sound[-50] = 0.5
    assert measure(write(tmp_path / "t.wav", sound)).true_peak_db == pytest.approx(-6.02, abs=0.5)


def test_any_media_file_can_be_measured(tmp_path):
    import av

    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="stereo")
        data = np.repeat(tone(4.0)[None].astype(np.float32), 2, axis=0)
        frame = av.AudioFrame.from_ndarray(data, format="fltp", layout="stereo")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    assert measure(path).lufs == pytest.approx(-20, abs=0.2)


def test_our_loudness_agrees_with_the_meter(tmp_path):
    # Loud and quiet halves, so that gating matters.
    sound = np.concatenate([babble(4), 0.02 * babble(4, 5)])
    stereo = np.repeat(sound[:, None], 2, axis=1)
    power = (Weighting(2).weigh(stereo) ** 2).reshape(-1, 32 * 2).sum(axis=1)
    assert integrated(power, 32) == pytest.approx(measure(write(tmp_path / "t.wav", stereo)).lufs, abs=0.05)
    assert integrated(np.zeros(90000), 32) is None
    assert integrated(power[:10], 32) is None


# -- parts -------------------------------------------------------------------------------------------


def test_the_limiter_gives_every_block_and_its_neighbours_what_they_can_bear():
    peaks = np.abs(np.random.default_rng(0).standard_normal(3000)) ** 2
    gain = limiter_gain(peaks, 1.0)
    assert gain.shape == peaks.shape
    for shift in (-1, 0, 1):
        assert (gain[1:-1] * peaks[1 + shift : len(peaks) - 1 + shift]).max() <= 1 + 1e-9
    assert np.abs(np.diff(limiter_gain(np.where(np.arange(3000) == 1500, 4.0, 0.1), 1.0))).max() < 0.05
    assert (limiter_gain(np.full(100, 0.5), 1.0) == pytest.approx(1.0)) is True


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_effects_are_soft_and_start_and_end_in_silence(name):
    sound = effect_sound(name, 1)
    assert sound.shape[1] == 2
    assert 20 * math.log10(np.abs(sound).max()) == pytest.approx(-24, abs=0.01)
    assert np.abs(sound[[0, -1]]).max() < 1e-6
    assert len(sound) < 2 * RATE
    assert np.isfinite(sound).all()


def test_the_bed_is_the_same_wherever_it_is_cut():
    bed = Bed(4, 60.0, [(3.0, 8.0), (20.0, 31.0)])
    whole = bed.window(0, 30 * RATE)
    parts = np.concatenate([bed.window(at * RATE, 10 * RATE) for at in (0, 10, 20)])
    assert np.abs(whole - parts).max() < 1e-6


def test_the_bed_fades_ducks_and_does_not_click():
    quiet, ducked = Bed(4, 40.0, []), Bed(4, 40.0, [(15.0, 25.0)])
    free, under = quiet.window(0, 40 * RATE), ducked.window(0, 40 * RATE)
    level = [float(np.sqrt(np.mean(part[16 * RATE : 24 * RATE] ** 2))) for part in (free, under)]
    assert 20 * math.log10(level[1] / level[0]) == pytest.approx(-8, abs=0.1)
    assert -46 < 20 * math.log10(level[0]) < -34
    assert np.abs(under[[0, -1]]).max() < 1e-4
    assert np.abs(np.diff(under, axis=0)).max() < 0.2 * np.abs(under).max()
    assert np.allclose(free[: 13 * RATE], under[: 13 * RATE])
    assert np.corrcoef(free[:, 0], free[:, 1])[0, 1] < 0.99
