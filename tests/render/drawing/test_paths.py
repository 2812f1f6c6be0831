"""Paths in one call: the same steps that plain Manim takes, and never those of yesterday's points."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import cairo
import numpy as np
import pytest
from manim import Annulus, Arc, Camera, Circle, Line, Square, Star, VMobject, tempconfig

from tapehead.render.drawing import draw
from tapehead.render.drawing.draw import BoxCamera
from tapehead.render.drawing.paths import KeptPaths, appender, path_data


@pytest.fixture(autouse=True)
def small(tmp_path) -> Iterator[None]:
    with tempconfig({"pixel_width": 426, "pixel_height": 240, "media_dir": str(tmp_path)}):
        yield


def scribble(seed: int) -> VMobject:
    """Curves that hang together here and there."""
    points = np.random.default_rng(seed).normal(0, 3, (40, 3))
    points[4], points[12:14] = points[3], points[11]
    made = VMobject()
    made.points = points
    return made


def shapes() -> list[VMobject]:
    near, on = Line([0, 0, 0], [1, 0, 0]), np.array([1 + 5e-7, 0, 0])
    near.points = np.concatenate([near.points, near.points + on])  # close enough to hang together
    return [Square(), Circle(), Annulus(), Arc(angle=2), Star(7), near, scribble(1), scribble(2).scale(4)]


def steps(camera: Camera, shape: VMobject) -> list[tuple[int, tuple[float, ...]]]:
    context = camera.get_cairo_context(camera.pixel_array)
    camera.set_cairo_context_path(context, shape)
    return list(context.copy_path())


def test_every_step_is_that_of_plain_manim() -> None:
    assert appender() is not None, "on this machine the loop would be tested against itself"
    ours, theirs = BoxCamera(), Camera()
    for shape in shapes():
        wanted = steps(theirs, shape)
        assert len(wanted) > 1
        assert steps(ours, shape) == wanted
        assert steps(ours, shape) == wanted, "and when it is kept"


def test_pixels_are_those_of_plain_manim() -> None:
    pictures = []
    for kind in (BoxCamera, Camera):
        camera = kind()
        for number, shape in enumerate(shapes()):
            shape.set_stroke("#ff8800", 1 + number, 0.7).set_fill("#2288ff", 0.4)
            camera.capture_mobjects([shape])
            camera.capture_mobjects([shape.shift([0.21, -0.13, 0])])
        pictures.append(camera.pixel_array.copy())
    assert len(np.unique(pictures[1].reshape(-1, 4), axis=0)) > 50, "something was drawn"
    assert np.array_equal(*pictures)


def test_points_changed_in_place_make_another_path() -> None:
    ours, shape = BoxCamera(), Square()
    before = steps(ours, shape)
    shape.points[5, 1] += 0.5
    assert steps(ours, shape) != before
    assert steps(ours, shape) == steps(Camera(), shape)


def test_a_path_that_is_nowhere_is_empty() -> None:
    shape = Square()
    shape.points[3, 0] = np.nan
    camera = BoxCamera()
    steps(camera, Circle())
    assert steps(camera, shape) == steps(Camera(), shape) == []


def test_unchanged_points_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    found = VMobject.get_subpath_split_indices_from_points
    monkeypatch.setattr(
        VMobject,
        "get_subpath_split_indices_from_points",
        lambda self, *given, **named: asked.append(self) or found(self, *given, **named),
    )
    camera, shape = BoxCamera(), Square()
    for _ in range(3):
        steps(camera, shape)
    assert len(asked) == 1
    shape.shift([1, 0, 0])
    steps(camera, shape)
    assert len(asked) == 2


def test_what_is_gone_is_forgotten() -> None:
    kept, shape = KeptPaths(), Circle()
    kept.of(shape, shape.points)
    assert len(kept._kept) == 1
    del shape
    gc.collect()
    assert not kept._kept


def test_without_cairo_s_library_it_is_manim_s_own_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "appender", lambda: None)
    monkeypatch.setattr(KeptPaths, "of", lambda *_: pytest.fail("a list was made that nobody takes"))
    assert steps(BoxCamera(), Star(5)) == steps(Camera(), Star(5))


def test_the_list_is_cairo_s_own() -> None:
    """What cairo itself hands out for a path, by its kinds, against the headers that are made here."""
    points = np.array([[0, 0], [1, 0], [1, 1], [2, 1], [2, 1], [3, 1], [3, 0], [0, 0]], float)
    made = path_data(points, np.array([[0, 8]]), [True])
    surface = cairo.ImageSurface(cairo.FORMAT_A8, 8, 8)
    context, other = cairo.Context(surface), cairo.Context(surface)
    append = appender()
    assert append is not None
    append(context, made)
    other.move_to(0, 0)
    other.curve_to(1, 0, 1, 1, 2, 1)
    other.curve_to(3, 1, 3, 0, 0, 0)
    other.close_path()
    assert list(context.copy_path()) == list(other.copy_path())
    assert len(made) == 2 + 4 + 4 + 1
