"""A lower third stands only where nothing else is, for as long as it says."""

from __future__ import annotations

import numpy as np

from tapehead.render.framing.dressed import Dressed, Framing
from tapehead.render.framing.lettering import Pen
from tapehead.render.framing.rooms import rooms
from tapehead.render.framing.third import Third, box_of, free_from, picture_of, strength
from tapehead.render.framing.words import Told
from tapehead.render.tape import tape_named

GROUND = (10, 11, 16)
WIDTH, HEIGHT = 320, 180
BOX = box_of(WIDTH, HEIGHT)


def frame(filled: bool = False) -> np.ndarray:
    made = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    made[:] = GROUND
    made[:40] = 200  # what is elsewhere does not matter
    if filled:
        made[BOX.top + 3, BOX.left + 5] = 90
    return made


def test_the_first_stretch_that_is_free_for_long_enough() -> None:
    shown = [(frame(), 5), (frame(True), 3), (frame(), 4), (frame(), 6), (frame(True), 9)]
    assert free_from(shown, BOX, [GROUND], 0, 5) == 0
    assert free_from(shown, BOX, [GROUND], 2, 5) == 8, "from frame 2 on, only three of the first are left"
    assert free_from(shown, BOX, [GROUND], 0, 10) == 8, "over the border of two pictures"
    assert free_from(shown, BOX, [GROUND], 0, 11) is None
    assert free_from([(frame(), 50)], BOX, [GROUND], 12, 5) == 12
    assert free_from([], BOX, [GROUND], 0, 1) is None


def test_black_is_a_ground_where_nobody_sees_the_difference() -> None:
    """A plain scene stands on Manim's black."""
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    framing = Framing(WIDTH, HEIGHT, rooms(WIDTH, HEIGHT), third=Third("Dice and more", "", 2.0))
    assert framing.third_from([(black, 100)], 10) == (8, 28)
    brown = Framing(WIDTH, HEIGHT, rooms(WIDTH, HEIGHT), third=Third("Bread", "", 2.0), pen=Pen(ground="#2A1C14"))
    assert brown.third_from([(black, 100)], 10) is None
    own = np.full((HEIGHT, WIDTH, 3), (0x2A, 0x1C, 0x14), np.uint8)
    assert brown.third_from([(own, 100)], 10) == (8, 28)


def test_it_comes_and_goes() -> None:
    assert [strength(index, (4, 10), 2) for index in range(3, 11)] == [0, 0.5, 1, 1, 1, 1, 0.5, 0]


def test_it_is_over_the_stage_and_nowhere_else() -> None:
    framing = Framing(WIDTH, HEIGHT, rooms(WIDTH, HEIGHT), third=Third("Dice and more", "films about numbers", 2.0))
    assert not framing.is_plain
    span = framing.third_from([(frame(), 100)], 10)
    assert span == (8, 28)
    assert framing.third_from([(frame(True), 100)], 10) is None
    dressed = Dressed(tape_named("clean"), framing, Told(), span)
    made = dressed.apply(frame(), 15, 10, 1)
    changed = (made != frame()).any(axis=2)
    assert changed[BOX.top : BOX.top + BOX.height, BOX.left : BOX.left + BOX.width].mean() > 0.03
    changed[BOX.top : BOX.top + BOX.height, BOX.left : BOX.left + BOX.width] = False
    assert not changed.any()
    np.testing.assert_array_equal(dressed.apply(frame(), 40, 10, 1), frame())
    assert dressed.state(15, 10) != dressed.state(40, 10) and not dressed.is_static
    assert dressed.identity() != Dressed(tape_named("clean"), framing, Told(), (9, 29)).identity()


def test_long_words_stay_in_their_box() -> None:
    made = picture_of(
        Third("Corner by corner and then some", "films about numbers and what they mean", 2.0), Pen(), 200, 40
    )
    assert made.shape == (40, 200, 3)
    ink = np.abs(made.astype(int) - GROUND).max(axis=2) > 60
    assert ink.any() and not ink[:, -1].any()
