"""Painting again only what changed: frames of objects that come, go, move and hide each other, against plain Manim."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from manim import Annulus, Camera, Circle, ImageMobject, Line, LineJointType, Mobject, Square, Star, VGroup, tempconfig

from tapehead.render.drawing.draw import BoxCamera
from tapehead.render.drawing.master import STRIPE
from tapehead.render.drawing.redraw import Note, line_margin, rows_of, stale, stretches

HEIGHT, WIDTH = 244, 426


@pytest.fixture(autouse=True)
def small(tmp_path) -> Iterator[None]:
    with tempconfig({"pixel_width": WIDTH, "pixel_height": HEIGHT, "media_dir": str(tmp_path)}):
        yield


def image(seed: int, opaque: bool) -> ImageMobject:
    pixels = np.random.default_rng(seed).integers(0, 256, (9, 9, 4), dtype=np.uint8)
    if opaque:
        pixels[..., 3] = 255
    return ImageMobject(pixels).scale_to_fit_height(1.5)


def cast() -> list[Mobject]:
    """Objects that lie over each other all over the frame."""
    rng = np.random.default_rng(5)
    kinds = [
        lambda: Square().set_fill("#ff0000", 0.5).set_stroke("#00ff00", 14, 0.6),
        lambda: Star(7, outer_radius=1.3).set_stroke("#ffffff", 22, 0.5),  # corners that stand out far
        lambda: Circle().set_fill(["#0000ff", "#ffff00"], 0.8).set_stroke(width=0),
        lambda: Annulus().set_fill("#00ffff", 0.4).set_stroke("#ff00ff", 3, 1, background=True),
        lambda: VGroup(Line([-1, 0, 0], [1, 0.3, 0]), Line([0, 1, 0], [0.1, -1, 0])).set_stroke(["#f00", "#0f0"], 5),
        lambda: image(int(rng.integers(99)), True),
        lambda: image(int(rng.integers(99)), False).rotate(0.3),
    ]
    made = [kinds[k % len(kinds)]() for k in range(21)]
    for each in made:
        each.shift([*rng.uniform((-7.5, -4.5), (7.5, 4.5)), 0])
    made[1].set(joint_type=LineJointType.ROUND)
    return made


def acts(cast: list[Mobject]) -> Iterator[list[Mobject]]:
    """One change after another; each frame's objects."""
    shown = cast[:17]
    yield shown
    yield shown  # nothing
    cast[0].shift([0.31, -0.17, 0])
    yield shown
    cast[3].set_fill("#ff0000", 0.7)
    yield shown
    cast[2].shift([0, 0.4, 0])  # colours that run
    yield shown
    cast[5].shift([0.2, 0.33, 0])
    yield shown
    cast[6].set_opacity(0.4)
    yield shown
    cast[12].pixel_array[2:5] = 7  # in place
    yield shown
    shown = [*shown[:4], cast[18], *shown[4:9], *shown[10:]]  # one comes, another goes
    yield shown
    shown = [shown[7], *shown[:7], *shown[8:]]  # another order
    yield shown
    cast[8].set_stroke(width=2)
    cast[15].shift([90, 0, 0]).set_stroke(width=40)
    yield shown
    cast[1].shift([0, -40, 0])
    yield shown
    cast[0].set_opacity(0)
    yield shown
    yield [*shown, *cast[19:]]


def test_every_frame_is_that_of_plain_manim_and_only_what_changed_is_told() -> None:
    ours, theirs, seen = BoxCamera(), Camera(), []
    base = theirs.background.copy()
    base[::3, ::2] = (40, 90, 10, 255)
    before, shares = None, []
    for number, shown in enumerate(acts(cast())):
        theirs.set_pixel_array(base)
        theirs.capture_mobjects(shown)
        ours.paint(base, shown)
        assert np.array_equal(ours.pixel_array, theirs.pixel_array), f"frame {number}"
        fresh = ours.fresh()
        if before is not None:
            assert fresh is not None
            shares.append(fresh.mean())
            differ = (before != theirs.pixel_array).any(axis=(1, 2))
            assert not differ[~np.repeat(fresh, STRIPE)[:HEIGHT]].any(), f"frame {number}"
            seen.append(differ.any())
        before = theirs.pixel_array.copy()
    assert sum(seen) >= 10, "the pictures did change"
    assert shares[-2] < 1


def test_what_stands_is_left_alone() -> None:
    ours, base = BoxCamera(), Camera().background
    shown = [each for k, each in enumerate(cast()) if k % 7 not in (2, 4)]  # those in one colour
    ours.paint(base, shown)
    ours.fresh()
    ours.pixel_array[5:9] ^= 1  # behind its back: what it leaves alone stays so
    kept = ours.pixel_array.copy()
    ours.paint(base, shown)
    assert not ours.fresh().any()
    assert np.array_equal(ours.pixel_array, kept)
    star = next(each for each in shown if isinstance(each, Star))
    star.move_to([0, -2, 0])
    ours.paint(base, shown)
    ours.fresh()
    star.shift([0.1, 0, 0])
    ours.paint(base, shown)
    assert 0 < ours.fresh().mean() < 0.95


def test_another_ground_is_painted_whole() -> None:
    ours, theirs = BoxCamera(), Camera()
    shown = cast()[:6]
    for colour in ((9, 9, 9, 255), (200, 9, 9, 255)):
        base = np.full_like(theirs.background, colour)
        theirs.set_pixel_array(base)
        theirs.capture_mobjects(shown)
        ours.paint(base, shown)
        assert np.array_equal(ours.pixel_array, theirs.pixel_array)


def test_who_writes_into_the_picture_by_the_way_is_noticed() -> None:
    ours, theirs, shown = BoxCamera(), Camera(), cast()[:6]
    base = theirs.background
    ours.paint(base, shown)
    assert ours.fresh() is None, "what was there before is not known"
    ours.capture_mobjects([Square().set_fill("#ffffff", 1)])
    assert ours.fresh() is None
    ours.paint(base, shown)
    theirs.capture_mobjects(shown)
    assert np.array_equal(ours.pixel_array, theirs.pixel_array)
    assert ours.fresh().all()


def test_rows_are_whole_stripes_inside_of_the_picture() -> None:
    assert rows_of(np.array([20.0, 33.0]), 2, 100) == (16, 40)
    assert rows_of(np.array([-50.0, 3.0]), 0, 100) == (0, 8)
    assert rows_of(np.array([95.0, 300.0]), 0, 100) == (88, 100)
    assert rows_of(np.array([-50.0, -9.0]), 2, 100) == (0, 0)
    assert rows_of(np.array([120.0, 130.0]), 2, 100) == (0, 0)
    assert rows_of(np.array([np.nan, 1.0]), 2, 100) == (0, 0)
    assert rows_of(np.array([-1e300, 1e300]), 2, 100) == (0, 100)
    assert line_margin(0) < line_margin(3) == 17


def test_what_comes_goes_or_changes_places_is_stale() -> None:
    a, b, c, d = (Note(name, (), "outline", (8 * k, 8 * k + 8)) for k, name in enumerate("abcd"))
    height = 32

    def found(before: list[Note], now: list[Note]) -> str:
        return "".join("abcd"[k] for k in np.flatnonzero(stale(before, now, height)))

    assert found([a, b, c], [a, b, c]) == ""
    assert found([a, b, c], [a, c]) == "b"
    assert found([a, c], [a, b, c]) == "b"
    assert found([a, b, c, d], [a, c, b, d]) == "bc"
    assert found([], [a]) == "a"
    assert found([a], []) == "a"
    assert found([a, a], [a]) == "a"
    assert found([a, b], [a, Note("b", ("red",), "outline", (8, 16))]) == "b"
    assert found([a, b], [a, Note("b", (), "other", (16, 24))]) == "bc", "where it was and where it is"
    never = Note("b", None, "outline", (8, 16))
    assert found([a, never], [a, never]) == "b"


def test_few_stretches_cover_what_is_marked() -> None:
    marked = np.zeros(40, bool)
    marked[[1, 2, 5, 7, 20, 21, 39]] = True
    found = stretches(marked, 317)
    assert found == [(8, 24), (40, 64), (160, 176), (312, 317)], "the narrowest gap is painted over"
    assert stretches(np.zeros(40, bool), 317) == []
