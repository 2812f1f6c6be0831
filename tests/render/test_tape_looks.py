"""What a viewer notices: clean upright edges, bands and dropouts that are seen, a ring that is what was asked for."""

from fractions import Fraction

import numpy as np
import pytest

from tapehead.render.flashes.meter import FlashMeter
from tapehead.render.tape import tape_named
from tapehead.render.tape.filters import comb_filter, encoder_filters
from tapehead.render.tape.plan import plan_frame
from tapehead.render.tape.settings import Settings
from tapehead.render.tape.systems import SYSTEMS
from tapehead.render.tape_tool import measure

FPS = Fraction(30)


@pytest.mark.parametrize("system", ["NTSC", "PAL"])
def test_a_comb_leaves_the_side_bands_of_colour_out_of_luma(system):
    """What a narrower filter left there was the zipper on upright edges between colours."""
    television = SYSTEMS[system]
    wide, _ = encoder_filters(television)
    offsets = np.linspace(0, 1.3, 27)
    rest = np.abs(comb_filter(television).response(television.subcarrier + offsets, television.rate))
    below = np.abs(comb_filter(television).response(television.subcarrier - offsets, television.rate))
    assert rest.max() < 0.06 and below.max() < 0.06
    assert np.abs(wide.response(offsets, television.rate)).min() > 0.8  # there is something to leave out
    for mode in ("1H", "2H"):
        assert measure.dot_crawl(Settings({"system": system, "composite.mode": mode})) < 0.12


def zipper(settings, frame):
    """How far a middle edge goes to and fro from row to row: rms, in samples of the raster."""
    found = []
    for index in range(4):
        luma = measure.play(settings, frame, index).astype(float) @ (0.299, 0.587, 0.114)
        middle = (luma[:, 300].mean() + luma[:, 450].mean()) / 2
        places = []
        for row in range(60, 420):
            part = luma[row, 340:420]
            at = int(np.argmax(part > middle))
            places.append(at - 1 + (middle - part[at - 1]) / (part[at] - part[at - 1]))
        found.append(np.diff(places, 2) / 2)
    return float(np.sqrt(np.mean(np.square(found))))


def test_upright_edges_of_a_worn_tape_are_no_zipper():
    frame = np.empty((480, 754, 3), np.uint8)
    frame[:], frame[:, 377:] = (28, 32, 60), (200, 30, 30)
    moves = {name: tape_named("worn").settings[name] for name in ("wave.amp", "jitter.line")}
    worn = measure.quiet(tape_named("worn").settings).but(moves)
    assert zipper(worn, frame) < 0.35
    assert zipper(worn.but({"wave.speed": 4.0, "jitter.line": 0.025}), frame) > 0.42


@pytest.mark.parametrize(
    ("ring", "smear", "peak"), [(8.0, 0.0, 0.0), (15.0, 0.15, 0.0), (20.0, 0.0, 2.0), (6.0, 0.3, 3.0)]
)
def test_ringing_is_what_comes_out(ring, smear, peak):
    settings = Settings({"luma.ring": ring, "luma.smear": smear, "luma.peak": peak})
    assert abs(measure.luma_step(settings).overshoot - ring) < 0.5


@pytest.mark.parametrize(
    ("mode", "passes"),
    [
        pytest.param("off", 3, marks=pytest.mark.long),
        ("notch", 1),
        ("notch", 3),
        pytest.param("box", 2, marks=pytest.mark.long),
        ("2H", 2),
        ("off", 8),
    ],
)
def test_ringing_is_what_comes_out_of_all_passes(mode, passes):
    """A composite path and every copy change an edge; what is set is what is left of it on the screen."""
    settings = Settings({"luma.ring": 12.0, "generations": passes, "composite.mode": mode})
    assert abs(measure.luma_step(settings).overshoot - 12) < 0.5


def test_the_ringing_of_each_preset_is_what_it_says():
    third = tape_named("third-generation").settings
    assert third["generations"] == 3 and third["composite.mode"] == "notch"
    assert abs(measure.luma_step(third).overshoot - third["luma.ring"]) < 0.5


def test_a_band_drifts_and_comes_back():
    worn = tape_named("worn").settings.but({"track.pos": 0.5, "track.drift": 0.2})
    middles = []
    for index in range(0, 1800, 15):
        band = plan_frame(worn, 480, 754, index, FPS, 3).state.band
        middles.append(float((band * np.arange(480)).sum() / band.sum()) / 479)
    assert 0.29 <= min(middles) < 0.45 and 0.55 < max(middles) <= 0.71
    assert np.abs(np.diff(middles)).max() < 0.15  # it wanders, it does not jump
    still = plan_frame(worn.but({"track.drift": 0.0}), 480, 754, 500, FPS, 3).state.band
    assert abs(float((still * np.arange(480)).sum() / still.sum()) / 479 - 0.5) < 0.01


@pytest.mark.parametrize("name", [pytest.param("worn", marks=pytest.mark.long), "memory"])
def test_ten_seconds_show_dropouts_and_the_band(name):
    settings = tape_named(name).settings
    grey = np.full((480, 754, 3), 90, np.uint8)
    streaks, rows = 0, []
    calm = settings.but({"drop.rate": 0.0, "track.error": 0.0})
    for index in range(0, 300, 10):
        with_them = measure.play(settings, grey, index).astype(int).mean(axis=2)
        without = measure.play(calm, grey, index).astype(int).mean(axis=2)
        changed = np.abs(with_them - without)
        streaks += int((changed[:400].max(axis=1) > 40).sum())
        rows.append(int((changed[400:, 50:-50].std(axis=1) > 12).sum()))
    assert streaks >= 15  # in 30 of 300 frames
    assert np.median(rows) >= 4


@pytest.mark.parametrize("name", ["worn", "memory"])
def test_they_are_safe_to_look_at(name):
    meter = FlashMeter(FPS)
    tape = tape_named(name)
    frame = np.full((180, 320, 3), 120, np.uint8)
    for index in range(90):
        meter.feed(tape.apply(frame, index, FPS, 5), 1)
    assert meter.flashes() == []


def test_memory_is_further_from_a_sharp_picture_than_the_measured_tapes():
    x = np.arange(480)
    frame = np.repeat(np.where(x // 6 % 2, 210, 40).astype(np.uint8)[None, :, None], 270, axis=0).repeat(3, axis=2)
    lost = {}
    for name in ("sp", "ep", "worn", "memory"):
        made = tape_named(name).apply(np.ascontiguousarray(frame), 30, FPS, 3).astype(float)
        lost[name] = float(np.abs(made - frame)[20:200].mean())
    assert lost["sp"] < lost["worn"] < lost["memory"] and lost["ep"] < lost["memory"]


@pytest.mark.parametrize("name", ["sp", "third-generation", "memory"])
def test_noise_at_the_ends_of_lines_is_that_of_their_middle(name):
    """Where it was repeated beside the picture, a filter made stripes of it: four times the noise on the left."""
    settings = measure.noise_only(tape_named(name).settings)
    grey = np.full((480, 754, 3), 128, np.uint8)
    made = np.stack([measure.play(settings, grey, k) for k in range(3)]).astype(float)
    red_less_green = made[..., 0] - made[..., 1]
    for values in (red_less_green, made @ (0.299, 0.587, 0.114)):
        spread = values.std(axis=(0, 1))
        middle = spread[200:550].mean()
        assert spread[:12].mean() == pytest.approx(middle, rel=0.2)
        assert spread[-12:].mean() == pytest.approx(middle, rel=0.2)


@pytest.mark.parametrize("mode", ["1H", "2H", "notch", "box"])
def test_a_composite_path_leaves_the_ends_of_lines_their_colour(mode):
    """A signal that stood still beside the picture was taken for another colour: wrong by a hundred levels there."""
    calm = measure.quiet(Settings({"composite.mode": mode}))
    red = np.empty((480, 754, 3), np.uint8)
    red[:] = (200, 40, 40)
    made = measure.play(calm, red).astype(int)[20:460]
    assert np.abs(made - made[:, 377:378]).max() <= 12


def test_a_table_marks_what_is_not_usual():
    def marked(settings):
        return {row.name for row in measure.table(settings) if not row.is_usual}

    assert marked(tape_named("sp").settings) == set()
    assert marked(tape_named("pal-sp").settings) == set()
    changed = tape_named("sp").settings.but({"luma.snr": 30.0, "chroma.bw": 0.8, "luma.ring": 28.0})
    assert marked(changed) >= {"luma SNR, grey", "chroma -3 dB", "chroma -3 dB, Q", "chroma -6 dB", "overshoot"}


def test_the_slope_of_colour_noise_is_that_of_its_filter():
    for name in ("sp", "lp"):
        settings = tape_named(name).settings
        plan = plan_frame(settings, 480, 754, 0, FPS, 0).passes[0].chroma
        rate = SYSTEMS["NTSC"].rate
        high, low = (
            (np.abs(plan.response(np.linspace(*ends, 21), rate)) ** 2).mean() for ends in ((0.9, 1.1), (0.04, 0.16))
        )
        found = measure.chroma_noise_by_axis(settings)
        assert abs(found.slope - 10 * np.log10(high / low)) < 1.5
        assert found.rms == pytest.approx((settings["chroma.noise"],) * 2, rel=0.12)
        assert measure.chroma_noise(settings) == (found.both, found.slope)
