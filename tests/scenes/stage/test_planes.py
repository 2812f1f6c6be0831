"""Planes: places are where the mathematics says, arrows end in their goals, a right angle is one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import Dot, FadeIn, FadeOut, ReplacementTransform, Square

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.palette import EAR, LUCK, NAP, NOSE
from tapehead.scenes.stage.planes import GHOST, Plane, arrow, ghost, road


@pytest.fixture
def plane() -> Plane:
    return Plane((-4.0, 1.0), 0.5, (-2.5, 3), (-1, 2), ("nap", "luck"), (NAP, LUCK))


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.1, 3), st.floats(-4, 4), st.floats(-4, 4))
def test_places_are_zero_plus_unit_times_measures(x: float, y: float, unit: float, left: float, low: float) -> None:
    bare = Plane.__new__(Plane)  # the places do not depend on what is drawn
    bare.zero, bare.unit = np.array([left, low, 0.0]), unit
    np.testing.assert_allclose(Plane.at(bare, (x, y)), [left + unit * x, low + unit * y, 0], atol=1e-9)


def test_grid_and_axes_cover_the_ranges(plane: Plane) -> None:
    upright = [line for line in plane.grid if abs(line.get_start()[0] - line.get_end()[0]) < 1e-9]
    assert sorted(round((line.get_x() + 4) / 0.5) for line in upright) == [-2, -1, 0, 1, 2, 3]
    assert len(plane.grid) - len(upright) == 4, "heights -1, 0, 1, 2"
    np.testing.assert_allclose(plane.axes[0].get_start(), plane.at((-2.5, 0)))
    np.testing.assert_allclose(plane.axes[0].get_end(), plane.at((3, 0)))
    np.testing.assert_allclose(plane.axes[1].get_end(), plane.at((0, 2)))


def test_axes_and_their_names_share_a_colour(plane: Plane) -> None:
    assert [words.plain_text for words in plane.names] == ["nap", "luck"]
    assert [line.get_stroke_color().to_hex() for line in plane.axes] == [NAP, LUCK]
    assert [words[0].get_fill_color().to_hex() for words in plane.names] == [NAP, LUCK]
    assert Plane((0, 0), 1, (0, 2), (0, 2)).axes[0].get_stroke_color().to_hex() == NOSE


def test_the_first_name_stands_under_its_axis_or_beside_it(plane: Plane) -> None:
    beside = Plane((0, 0), 1, (0, 2), (0, 2), beside=True).names[0]
    assert beside.get_left()[0] > 2
    assert abs(beside.get_y()) < 0.1
    assert plane.names[0].get_top()[1] < plane.at((0, 0))[1]
    assert plane.names[0].get_right()[0] == pytest.approx(plane.at((3, 0))[0])


def test_a_plane_goes_into_another_measure_by_measure(plane: Plane) -> None:
    other = Plane((1.0, -2.0), 1.5, (-1, 4), (-1, 2.6), ("nap", "luck"), (NAP, LUCK))
    moves = plane.into(other)
    pairs = [move for move in moves if type(move) is ReplacementTransform]
    for move in pairs[: len(pairs) - 4]:  # the last four are axes and names
        one, two = move.mobject.get_start(), move.target_mobject.get_start()
        upright = [abs(line.get_start()[0] - line.get_end()[0]) < 1e-9 for line in (move.mobject, move.target_mobject)]
        assert upright[0] == upright[1]
        at = 0 if upright[0] else 1
        assert (one - plane.zero)[at] / plane.unit == pytest.approx((two - other.zero)[at] / other.unit)
    gone = [round((move.mobject.get_x() + 4) / 0.5) for move in moves if type(move) is FadeOut]
    come = [round((move.mobject.get_x() - 1) / 1.5) for move in moves if type(move) is FadeIn]
    assert gone == [-2], "what only the old plane has"
    assert come == [4]
    shown = {id(move.target_mobject) for move in pairs} | {id(move.mobject) for move in moves if type(move) is FadeIn}
    assert {id(part) for part in (*other.grid, *other.axes, *other.names)} == shown, "all of the other plane is there"


@pytest.mark.parametrize(("unit", "across"), [(0, (0, 1)), (-1, (0, 1)), (1, (2, 2)), (1, (3, -1))])
def test_impossible_planes_are_refused(unit: float, across: tuple[float, float]) -> None:
    with pytest.raises(EpisodeError, match="positive unit"):
        Plane((0, 0), unit, across, (0, 1))


@pytest.mark.parametrize("head", [(1, 0), (0.2, 0.1), (-2, 1.5)])
@pytest.mark.parametrize("width", [6, 8, 10])
def test_arrows_end_in_their_goals(plane: Plane, head: tuple[float, float], width: float) -> None:
    made = plane.arrow((0, 0), head, NOSE, width)
    np.testing.assert_allclose(made.get_start(), plane.at((0, 0)), atol=1e-6)
    np.testing.assert_allclose(made.get_end(), plane.at(head), atol=1e-6)
    assert made.tip.length <= 0.4 * np.linalg.norm(plane.at(head) - plane.at((0, 0))) + 1e-6
    reach = np.linalg.norm(made.tip.get_all_points() - plane.at(head), axis=1)
    assert reach.min() < 1e-6, "the tip's point is the goal itself"


def test_thick_arrows_have_larger_tips() -> None:
    thin, thick = (arrow(np.zeros(3), np.array([3.0, 0, 0]), NOSE, width) for width in (6, 10))
    assert thin.tip.length < thick.tip.length


def test_a_walk_goes_tail_to_head_and_ends_at_the_sum(plane: Plane) -> None:
    steps, colours = [(1, 0), (0, 2), (-0.5, 0.25)], (NOSE, EAR, NAP)
    walk = plane.walk(steps, colours, start=(0.5, 0.5))
    for before, after in itertools.pairwise(walk):
        np.testing.assert_allclose(before.get_end(), after.get_start(), atol=1e-6)
    np.testing.assert_allclose(walk[-1].get_end(), plane.at(np.sum(steps, axis=0) + 0.5), atol=1e-6)
    assert [made.get_color().to_hex() for made in walk] == list(colours)
    with pytest.raises(EpisodeError, match="3 steps was given 2"):
        plane.walk(steps, colours[:2])


def test_a_right_angle_mark_is_a_square_in_the_corner(plane: Plane) -> None:
    along, away = np.array([0.6, 0.8]), np.array([-0.8, 0.6])
    mark = plane.right_angle((1, 1), along, away, size=0.4)
    a, middle, b = (np.array(p) for p in (mark.get_start(), mark.get_anchors()[1], mark.get_end()))
    corner = plane.at((1, 1))
    assert np.dot(a - corner, b - corner) == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(a - corner) == pytest.approx(0.4 * 0.5) == pytest.approx(np.linalg.norm(b - corner))
    np.testing.assert_allclose(middle - corner, (a - corner) + (b - corner), atol=1e-9)
    with pytest.raises(EpisodeError, match="right angle"):
        plane.right_angle((1, 1), along, (0.0, 1.0))


def test_a_ghost_is_a_fainter_copy_that_stays() -> None:
    for thing in (Dot(), Square(fill_opacity=0.5)):
        left = ghost(thing)
        assert left.get_fill_opacity() == pytest.approx(GHOST * thing.get_fill_opacity())
        assert left.get_stroke_opacity() == pytest.approx(GHOST * thing.get_stroke_opacity())
        place = left.get_center().copy()
        thing.shift([1, 1, 0])
        np.testing.assert_allclose(left.get_center(), place)


@pytest.mark.parametrize(("bend", "side"), [(1.0, 1), (-0.4, -1)])
def test_a_road_joins_its_ends_and_bends_to_its_side(bend: float, side: int) -> None:
    start, end = np.array([-2.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0])
    way = road(start, end, bend, NAP)
    np.testing.assert_allclose([way.get_start(), way.get_end()], [start, end], atol=1e-6)
    assert np.sign(way.point_from_proportion(0.5)[1]) == side
    tangent = way.points[1] - way.points[0]
    assert np.arctan2(tangent[1], tangent[0]) == pytest.approx(bend / 2, abs=0.01), "half the bend at either end"
