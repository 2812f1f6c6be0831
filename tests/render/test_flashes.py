"""The flash meter finds what WCAG 2.3.1 forbids and lets pass what it allows."""

from fractions import Fraction

import numpy as np
import pytest

from tapehead.render.flashes.meter import FlashMeter, timecode


def film(frames, fps=30):
    meter = FlashMeter(Fraction(fps))
    for frame in frames:
        meter.feed(frame)
    return meter.flashes()


def flicker(rate, low, high, share=1.0, seconds=3, fps=30, colour=(1, 1, 1)):
    """A square wave of ``rate`` flashes a second over the left ``share`` of the picture."""
    frames = []
    for k in range(seconds * fps):
        frame = np.full((144, 256, 3), low, np.uint8)
        if int(2 * rate * k / fps) % 2:
            frame[:, : int(256 * share)] = np.array(colour) * high
        frames.append(frame)
    return frames


@pytest.mark.parametrize("rate", [4, 5, 10])
def test_more_than_three_flashes_a_second_are_found(rate):
    found = film(flicker(rate, 0, 255))
    assert [f.kind for f in found] == ["general"]
    assert found[0].start_s < 0.5
    assert found[0].end_s > 2.5
    assert found[0].share == 1.0


@pytest.mark.parametrize(
    "frames",
    [
        flicker(3, 0, 255),  # three a second
        flicker(10, 0, 80),  # 0.08 of white: too small a change
        flicker(10, 240, 255),  # the darker state is above 0.8
        flicker(10, 0, 255, share=0.06),  # less than a quarter of ten degrees
    ],
    ids=["slow", "faint", "bright", "small"],
)
def test_what_the_rule_allows_passes(frames):
    assert film(frames) == []


def test_saturated_red_is_found_where_its_luminance_is_too_small_for_the_general_rule():
    low = flicker(6, 0, 150, colour=(1, 0, 0))
    assert [f.kind for f in film(low)] == ["red"]
    assert film(flicker(6, 0, 90, colour=(0, 1, 1), share=1.0)) == []


def test_grain_is_exempt():
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 256, (288, 512, 3), dtype=np.uint8) for _ in range(60)]
    assert film(frames) == []


@pytest.mark.parametrize("direction", ["upright", "level", "slanted"])
def test_large_stripes_are_found(direction):
    y, x = np.mgrid[0:288, 0:512]
    phase = {"upright": x, "level": y, "slanted": (x + y) / 1.4}[direction]
    stripes = np.where(phase // 12 % 2 < 1, 20, 230).astype(np.uint8)
    frame = np.repeat(stripes[..., None], 3, axis=2)
    assert [f.kind for f in film([frame] * 30)] == ["stripes"]
    small = np.full_like(frame, 60)
    small[:80, :120] = frame[:80, :120]
    assert film([small] * 30) == []
    assert film([frame] * 6 + [small] * 30) == []  # too short


def test_a_picture_with_text_and_shapes_has_no_stripes():
    rng = np.random.default_rng(1)
    frame = np.full((288, 512, 3), 16, np.uint8)
    for _ in range(60):
        y, x = rng.integers(0, 260), rng.integers(0, 480)
        frame[y : y + rng.integers(4, 40), x : x + rng.integers(4, 60)] = rng.integers(0, 256, 3)
    assert film([frame] * 30) == []


def test_repeats_count_as_frames():
    meter = FlashMeter(Fraction(30))
    dark, light = (np.full((90, 160, 3), v, np.uint8) for v in (0, 255))
    for _ in range(12):
        meter.feed(dark, 3)
        meter.feed(light, 3)
    found = meter.flashes()
    assert [f.kind for f in found] == ["general"]
    assert str(found[0]).startswith("0:00.")


def test_timecode():
    assert timecode(75.26) == "1:15.3"


def test_windows_that_are_kept_are_judged_as_new_ones_are():
    """Stripes come, move and go in one corner while another stands: the same share as when nothing is kept."""
    from tapehead.render.flashes.meter import _Windows

    rng, kept = np.random.default_rng(4), _Windows()
    y, x = np.mgrid[0:144, 0:256]
    shares = []
    for step in range(8):
        light = np.full((144, 256), 0.3, np.float32) + rng.normal(0, 0.001, (144, 1)).astype(np.float32) * (step % 2)
        light[:72, :128] = ((x + 3 * step) // 4 % 2)[:72, :128]
        if step in (2, 3, 5):
            light[72:, 128:] = (y // 4 % 2)[72:, 128:]
        shares.append(kept.share(light))
        assert shares[-1] == _Windows().share(light)
    assert len(set(shares)) > 1 and min(shares) > 0
