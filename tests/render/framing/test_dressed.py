"""The picture round the stage, pixel by pixel: the stage is all there, words have their room and nothing else has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.render.framing.dressed import Dressed, Framing
from tapehead.render.framing.lettering import Pen, balanced, fitted, kept_or_even, pixels
from tapehead.render.framing.rooms import Box, rooms
from tapehead.render.framing.words import Shown, Told
from tapehead.render.tape import tape_named
from tapehead.scenes.stage.palette import GROUND, HIGHLIGHT, rgb

WIDTH, HEIGHT = 270, 480
CLEAN = tape_named("clean")
ROOMS = rooms(WIDTH, HEIGHT, captions="words")
assert ROOMS.title and ROOMS.captions
TITLE, CAPTIONS = ROOMS.title, ROOMS.captions
FRAMING = Framing(WIDTH, HEIGHT, ROOMS, "Why do sums of dice spread so slowly?", "words")
TOLD = Told((Shown(10, 15, ("one dot and",), 0), Shown(15, 20, ("one dot and",), 1)))


def ground() -> np.ndarray:
    return np.rint(np.array(rgb(GROUND)) * 255)


def part(picture: np.ndarray, box: Box) -> np.ndarray:
    return picture[box.top : box.top + box.height, box.left : box.left + box.width].astype(int)


def stage() -> np.ndarray:
    return np.random.default_rng(3).integers(60, 200, (ROOMS.stage.height, ROOMS.stage.width, 3), dtype=np.uint8)


def test_the_stage_is_there_as_it_was_and_the_rest_is_ground_or_words() -> None:
    frame = stage()
    made = Dressed(CLEAN, FRAMING, TOLD).apply(frame, 12, 15, 1)
    assert made.shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_array_equal(part(made, ROOMS.stage), frame)
    left = made.astype(int).copy()
    for box in (ROOMS.stage, TITLE, CAPTIONS):
        assert np.abs(part(made, box) - ground()).max() > 60
        left[box.top : box.top + box.height, box.left : box.left + box.width] = ground()
    np.testing.assert_array_equal(left, np.broadcast_to(ground(), left.shape))


def test_the_word_that_is_said_has_the_colour_of_what_is_pointed_at() -> None:
    def marked(index: int) -> np.ndarray:
        room = part(Dressed(CLEAN, FRAMING, TOLD).apply(stage(), index, 15, 1), CAPTIONS)
        return np.flatnonzero((np.abs(room - np.rint(np.array(rgb(HIGHLIGHT)) * 255)).max(axis=2) < 30).any(axis=0))

    first, second = marked(12), marked(17)
    assert first.size and second.size and first.max() < second.min()
    assert not marked(5).size and not marked(20).size


def test_state_and_identity_tell_pictures_apart() -> None:
    dressed = Dressed(CLEAN, FRAMING, TOLD)
    states = [dressed.state(index, 15) for index in range(25)]
    assert len(set(states)) == 3 and states[10:15] == [states[10]] * 5
    assert not dressed.is_static and Dressed(CLEAN, FRAMING, Told()).is_static
    others = [
        replace(dressed, told=Told()),
        replace(dressed, framing=replace(FRAMING, heading="Why?")),
        replace(dressed, framing=replace(FRAMING, pen=Pen(ink="#FFFFFF"))),
        replace(dressed, framing=replace(FRAMING, rooms=rooms(WIDTH, HEIGHT, ("1:1",), captions="words"))),
        replace(dressed, tape=tape_named("worn")),
    ]
    found = [str(each.identity()) for each in (dressed, *others)]
    assert len(set(found)) == len(found)
    elsewhere = replace(dressed, framing=replace(FRAMING, pen=Pen(files=("/elsewhere",))))
    assert elsewhere.identity() == dressed.identity(), "where fonts lie on this machine is in no key"


def test_words_become_as_small_as_they_must_and_no_smaller() -> None:
    size, data = fitted(Pen(), 200, 60, "Wrap a corner of three around it, and you have a square", -1, 30.0, 8.0)
    assert 8 <= size < 30
    picture = pixels(data)
    assert picture.shape == (60, 200, 3)
    ink = np.abs(picture.astype(int) - ground()).max(axis=2) > 40
    assert not ink[:, 0].any() and not ink[:, -1].any() and not ink[0].any() and not ink[-1].any()
    with pytest.raises(EpisodeError, match="does not fit into its 200x60 pixels"):
        fitted(Pen(), 200, 60, "far too many words " * 30, -1, 30.0, 12.0)


def test_a_title_is_broken_evenly_and_words_are_no_markup() -> None:
    assert balanced("Why odd numbers add up to squares", 240, 20) == "Why odd numbers\nadd up to squares"
    assert balanced("Short", 240, 20) == "Short"
    fitted(Pen(), 200, 60, '#panic("x") $y$ \\ "quoted" _a_', 1, 20.0, 6.0)


def test_a_caption_that_is_too_wide_is_broken_anew_and_leaves_no_word_alone() -> None:
    lines = ("On the wire sits a question mark. A neural", "network is a promise to fill it in.")
    assert kept_or_even(Pen(), lines, 2000, 20).split("\n") == list(lines)
    for width in (430, 400, 360, 250):
        made = kept_or_even(Pen(), lines, width, 20)
        assert made.split() == " ".join(lines).split()
        lengths = [len(line) for line in made.split("\n")]
        assert min(lengths) > 0.6 * max(lengths), made
        ink = np.abs(pixels(fitted(Pen(), width, 400, made, -1, 20, 20)[1]) - ground()).max(axis=(1, 2)) > 60
        rows = np.flatnonzero(np.diff(np.concatenate([[0], ink.astype(int), [0]])) == 1).size
        # Letters that reach down may touch the line below, and the dot of an i is a row of its own at most.
        assert rows == len(lengths) or abs(rows - len(lengths)) <= 1, "typst broke none of the lines again"
