"""Portraits show the pixels of the array they were given, at the place they say."""

from __future__ import annotations

import numpy as np
import pytest
from manim import Camera, tempconfig

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.portraits import Monitor, Portrait, Wall, arrange_row, as_bytes

SMALL_FRAME = {"pixel_width": 854, "pixel_height": 480}


def plain(level: float, side: int = 8) -> np.ndarray:
    return np.full((3, side, side), level, dtype=np.float32)


def drawn(*mobjects: object) -> np.ndarray:
    with tempconfig(SMALL_FRAME):
        camera = Camera(background_color="#000000")
        camera.capture_mobjects(mobjects)
        return camera.pixel_array[..., :3]


def pixel(picture: np.ndarray, point: np.ndarray) -> np.ndarray:
    x = round((point[0] / (8 * 854 / 480) + 0.5) * 854)
    y = round((0.5 - point[1] / 8) * 480)
    return picture[y, x]


def test_nought_is_black_and_one_is_white_and_the_rest_is_clipped() -> None:
    picture = np.stack([np.full((2, 2), v, dtype=np.float64) for v in (-1.0, 0.5, 7.0)])
    assert as_bytes(picture)[0, 0].tolist() == [0, 128, 255]


def test_bytes_pass_as_they_are() -> None:
    picture = np.arange(2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3)
    assert np.array_equal(as_bytes(picture), picture)


@pytest.mark.parametrize("wrong", [np.zeros((8, 8)), np.zeros((4, 8, 8)), np.zeros((3, 8, 8), dtype=int)])
def test_anything_else_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(EpisodeError, match="a portrait is"):
        as_bytes(wrong)


def test_a_portrait_shows_its_pixels_the_right_way_up() -> None:
    picture = plain(0.0)
    picture[0, :4, :] = 1.0  # the upper half is red
    image = drawn(Portrait(picture, 4.0, smooth=False))
    assert pixel(image, np.array([0.0, 1.0, 0])).tolist() == [255, 0, 0]
    assert pixel(image, np.array([0.0, -1.0, 0])).tolist() == [0, 0, 0]


def test_a_portrait_can_be_made_faint_and_goes_while_it_moves() -> None:
    portrait = Portrait(plain(1.0), 3.0, colour="#ffffff")
    assert pixel(drawn(portrait.set_opacity(0.25)), portrait.get_center()) == pytest.approx([64] * 3, abs=2)
    assert drawn(portrait.set_opacity(0)).max() == 0
    faded = Portrait(plain(1.0), 3.0).animate.shift([1, 0, 0]).set_opacity(0).build()
    faded.begin()
    faded.interpolate(0.5)
    halfway = pixel(drawn(faded.mobject), faded.mobject.get_center())
    assert halfway == pytest.approx([128] * 3, abs=3), "half of the way, half as bright"
    faded.interpolate(1)
    assert drawn(faded.mobject).max() == 0


def test_a_wall_stands_where_it_says_also_after_it_was_moved_and_scaled() -> None:
    levels = np.linspace(0.1, 0.9, 5)
    wall = Wall([plain(v) for v in levels], columns=3, height=4.0)
    wall.scale(0.7).shift(np.array([1.0, -0.5, 0]))
    image = drawn(wall)
    for number, level in enumerate(levels):
        expected = round(level * 255)
        assert np.abs(pixel(image, wall.place(number)).astype(int) - expected).max() <= 1
    assert np.allclose(wall.ring(4).get_center(), wall.place(4))
    with pytest.raises(EpisodeError, match="no picture 5"):
        wall.place(5)


def test_a_wall_without_pictures_is_refused() -> None:
    with pytest.raises(EpisodeError, match="needs pictures"):
        Wall([], columns=2, height=2.0)


def test_a_monitor_shows_the_next_picture_at_the_place_of_the_first() -> None:
    monitor = Monitor(plain(0.0), 4.0).scale(0.5).shift(np.array([2.0, 0, 0]))
    other = monitor.showing(plain(1.0))
    assert np.allclose(other.get_center(), monitor.screen.get_center())
    assert other.height == pytest.approx(monitor.screen.height, rel=1e-6)


def test_a_row_fits_its_width() -> None:
    row = arrange_row([plain(0.0)] * 7, 10.0)
    assert row.width <= 10.0 + 1e-6
    assert len({round(float(p.height), 6) for p in row}) == 1
