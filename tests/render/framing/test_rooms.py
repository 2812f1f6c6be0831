"""Rooms of a picture: nothing overlaps, nothing leaves it, and the stage is as large as can be."""

from __future__ import annotations

from itertools import combinations

import pytest

from tapehead.render.framing.rooms import Box, Rooms, fills, rooms

SIZES = [(1080, 1920), (540, 960), (1080, 1080), (1080, 1350), (1440, 1080), (1920, 1080), (854, 480), (2520, 1080)]


def boxes(found: Rooms) -> list[Box]:
    return [box for box in (found.stage, found.title, found.captions) if box is not None]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("captions", ["", "lines", "words"])
@pytest.mark.parametrize("shapes", [(), ("9:16",), ("1:1", "4:5")])
def test_rooms_are_apart_and_inside(size: tuple[int, int], captions: str, shapes: tuple[str, ...]) -> None:
    width, height = size
    found = rooms(width, height, shapes, captions=captions)
    for box in boxes(found):
        assert box.left >= 0 and box.top >= 0 and box.width > 0 and box.height > 0
        assert box.left + box.width <= width and box.top + box.height <= height
    for one, other in combinations(boxes(found), 2):
        assert one.top + one.height <= other.top or other.top + other.height <= one.top
    assert found.stage.width % 2 == 0 and found.stage.height % 2 == 0
    assert (found.captions is not None) == bool(captions)


def test_the_stage_keeps_its_shape_and_touches_two_sides() -> None:
    upright = rooms(1080, 1920, captions="words").stage
    assert upright.width == 1080 and upright.width / upright.height == pytest.approx(16 / 9, rel=0.005)
    wide = rooms(1920, 1080, captions="lines")
    assert wide.stage.top == 0 and wide.stage.width / wide.stage.height == pytest.approx(16 / 9, rel=0.005)
    assert wide.title is None
    assert wide.stage.left == (1920 - wide.stage.width) // 2


def test_a_declared_shape_is_taken_where_it_shows_more() -> None:
    plain, square = (rooms(1080, 1920, shapes, captions="words").stage for shapes in ((), ("1:1",)))
    assert square.width == pytest.approx(square.height, abs=2)
    assert square.width * square.height > plain.width * plain.height
    assert rooms(1920, 1080, ("9:16",)).stage == Box(0, 0, 1920, 1080), "there 16:9 shows more"


def test_a_scene_of_the_picture_s_own_shape_has_all_of_it() -> None:
    assert rooms(1080, 1920, ("9:16",)) == Rooms(Box(0, 0, 1080, 1920), None, None)
    assert rooms(854, 480) == Rooms(Box(0, 0, 854, 480), None, None)
    assert fills(854, 480, ()) and not fills(1080, 1920, ("1:1",))


def test_players_have_their_buttons_where_nothing_stands() -> None:
    for box in boxes(rooms(1080, 1920, captions="words")):
        assert box.top >= 0.08 * 1920 - 1 and box.top + box.height <= 0.82 * 1920 + 1


def test_what_a_scene_of_six_to_five_gains_in_an_upright_picture() -> None:
    """The numbers that docs/shapes.md gives: the stage's share of a telephone's screen, words and title beside it."""
    plain, own = (rooms(1080, 1920, shapes, captions="words").stage for shapes in ((), ("6:5",)))
    shares = [stage.width * stage.height / (1080 * 1920) for stage in (plain, own)]
    assert [round(100 * share) for share in shares] == [32, 47]
    assert own.width == 1080
