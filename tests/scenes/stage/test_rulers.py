"""Rulers: ticks and numbers lie where they belong, in either direction; bars are as long as their values."""

from __future__ import annotations

import numpy as np
import pytest
from manim import DOWN, RIGHT, UP

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Result
from tapehead.scenes.stage.palette import INK, NAP, NOSE, SOFT
from tapehead.scenes.stage.rulers import BARE, BROAD, CLEAR, SLIM, Ruler, bar, laid, value_bar

ZERO = np.array([-1.0, 0.5, 0.0])


def ruler(numbers: Result, **options) -> Ruler:
    readings = {n: numbers.read("tick", tick=str(n)) for n in range(-1, 3)}
    return Ruler("nap", NAP, ZERO, 0.8, (-1, 2), readings, **options)


@pytest.mark.parametrize(("upright", "along"), [(False, RIGHT), (True, UP)])
@pytest.mark.parametrize("look", [SLIM, BROAD])
def test_ticks_and_numbers_stand_at_their_values(numbers: Result, upright: bool, along, look) -> None:
    made = ruler(numbers, upright=upright, look=look)
    axis = 1 if upright else 0
    for n, tick, words in zip(range(-1, 3), made.ticks, made.numbers, strict=True):
        place = ZERO + 0.8 * n * along
        np.testing.assert_allclose(made.at(n), place)
        assert tick.get_center()[axis] == pytest.approx(place[axis])
        assert words.get_center()[axis] == pytest.approx(place[axis], abs=0.02)
        assert [shown["value"] for shown in words.shown] == [n]
        beside = words.get_right()[0] if upright else words.get_top()[1]
        assert beside == pytest.approx(place[1 - axis] - look.gap)


def test_the_line_covers_its_ticks_and_reaches_beyond(numbers: Result) -> None:
    made = ruler(numbers, reach=(0.25, 1.5))
    assert made.line.get_start()[0] == pytest.approx(made.at(-1)[0] - 0.25)
    assert made.line.get_end()[0] == pytest.approx(made.at(2)[0] + 1.5)


@pytest.mark.parametrize("look", [SLIM, BROAD, BARE])
def test_titles_stand_over_the_end_and_clear_of_the_line(numbers: Result, look) -> None:
    made = Ruler("purring", NOSE, ZERO, 0.8, (-1, 2), look=look)
    assert made.title.plain_text == "purring"
    assert made.title.get_bottom()[1] > ZERO[1] + 0.05
    assert abs(made.title.get_right()[0] - made.line.get_end()[0]) < made.title.width


def test_a_ruler_without_numbers_has_none() -> None:
    made = Ruler("nap", NAP, ZERO, 0.8, (0, 5), look=BARE)
    assert (len(made.numbers), len(made.ticks)) == (0, 6)
    assert made.ticks[0].get_stroke_color().to_hex() == NAP, "bare ticks take the ruler's colour"
    assert Ruler("nap", NAP, ZERO, 0.8, (0, 5)).ticks[0].get_stroke_color().to_hex() == INK


def test_mistakes_are_named(numbers: Result) -> None:
    with pytest.raises(EpisodeError, match="positive unit"):
        Ruler("nap", NAP, ZERO, 0, (0, 2))
    with pytest.raises(EpisodeError, match="rising ticks"):
        Ruler("nap", NAP, ZERO, 1, (2, 0))
    with pytest.raises(EpisodeError, match="no tick"):
        Ruler("nap", NAP, ZERO, 1, (0, 2), {3: numbers.read("tick", tick="2")})


def test_a_tick_and_an_arrow_of_ones_own(numbers: Result) -> None:
    across, up = ruler(numbers), ruler(numbers, upright=True)
    assert across.tick(1.5).get_center() == pytest.approx(across.at(1.5))
    assert (across.tick(1.5).width, across.tick(1.5).height) == pytest.approx((0, 0.48))
    assert (up.tick(1.5).width, up.tick(1.5).height) == pytest.approx((0.48, 0))
    arrow = across.arrow(2, -0.5, NOSE, lift=0.4)
    np.testing.assert_allclose(arrow.get_start(), across.at(2) + 0.4 * UP, atol=1e-6)
    np.testing.assert_allclose(arrow.get_end(), across.at(-0.5) + 0.4 * UP, atol=1e-6)
    np.testing.assert_allclose(up.arrow(0, 1, NOSE).get_end(), up.at(1) + 0.42 * RIGHT, atol=1e-6)


@pytest.mark.parametrize("length", [0.5, 2.0, 3.75])
def test_bars_begin_at_their_start_and_have_their_length(length: float) -> None:
    made = bar(ZERO, length, NOSE)
    assert (made.get_left()[0], made.width, made.get_y()) == pytest.approx((ZERO[0], length, ZERO[1]))
    below, above = laid(ZERO, length, NOSE), laid(ZERO, length, NOSE, UP, 0.42)
    assert (below.get_left()[0], below.width) == pytest.approx((ZERO[0], length))
    assert below.get_top()[1] == pytest.approx(ZERO[1] - CLEAR)
    assert above.get_bottom()[1] == pytest.approx(ZERO[1] + CLEAR)
    assert above.height == pytest.approx(0.42)
    assert below.get_stroke_width() > 0 == made.get_stroke_width()


def test_laid_bars_measure_what_the_ruler_says(numbers: Result) -> None:
    made = ruler(numbers)
    bars = [laid(made.at(n), made.unit, NOSE, DOWN) for n in range(2)]
    assert bars[0].get_right()[0] == pytest.approx(bars[1].get_left()[0])
    assert bars[1].get_right()[0] == pytest.approx(made.at(2)[0])


def test_a_value_bar_is_its_reading_long(numbers: Result) -> None:
    reading = numbers.read("a", output=0)
    made = value_bar([0.5, 1.0, 0.0], reading, SOFT, 1.2, ".1f")
    assert made[0].width == pytest.approx(2.75 * 1.2)
    assert made[1].plain_text == "2.8"
    assert made[1].get_left()[0] > made[0].get_right()[0]
