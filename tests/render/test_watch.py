"""What is found while a scene is drawn, and when; and the same without its frames."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from manim import (
    LEFT,
    RIGHT,
    UP,
    ComplexValueTracker,
    Dot,
    FadeIn,
    Group,
    ImageMobject,
    Line,
    PMobject,
    Rectangle,
    Square,
    TracedPath,
    ValueTracker,
    tempconfig,
)

from tapehead.render.drawing.cues import CueList
from tapehead.render.drawing.draw import build, settings_for
from tapehead.render.drawing.dry import SMALL, DryObserver, walk_through
from tapehead.render.drawing.observer import FrameObserver
from tapehead.render.drawing.watch import LayoutWatch
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.context import StageContext
from tapehead.scenes.stage.lettering import TINY, Formula, Words

CONTEXT = StageContext("episode", "scene", "title", SMALL.fps, 1)


def scene_of(plot: Callable[[StageScene], None]) -> type[StageScene]:
    class Plotted(StageScene):
        def construct(self) -> None:
            plot(self)

    return Plotted


def dry(plot: Callable[[StageScene], None]) -> list[dict[str, Any]]:
    watch = LayoutWatch(SMALL.fps)
    walk_through(scene_of(plot), CONTEXT, DryObserver(SMALL.fps), watch)
    return watch.found


def drawn(plot: Callable[[StageScene], None]) -> list[dict[str, Any]]:
    watch, observer = LayoutWatch(SMALL.fps), FrameObserver(CueList(SMALL.fps), lambda _cue, _frames: None)

    def keep(pixels: np.ndarray, repeat: int) -> None:
        watch.shows(pixels, observer.frames(), repeat, moving=repeat == 1)

    with tempfile.TemporaryDirectory() as media, tempconfig(settings_for(SMALL, Path(media), 1)):
        build(scene_of(plot), CONTEXT, observer, keep, watch).render()
    return watch.finish(observer.frames())


BOTH = pytest.mark.parametrize("look", [dry, drawn])


def kinds(found: list[dict[str, Any]]) -> list[str]:
    return [each["kind"] for each in found]


def put(*mobjects: Any) -> Callable[[StageScene], None]:
    def plot(scene: StageScene) -> None:
        scene.add(*mobjects_of())
        scene.hold(0.4)

    def mobjects_of() -> list[Any]:
        return [make() for make in mobjects]

    return plot


@BOTH
def test_faults_have_their_time_their_amount_and_their_place(look: Any) -> None:
    def plot(scene: StageScene) -> None:
        square = Square()
        scene.play(FadeIn(square), run_time=1.0)
        scene.add(Words("far away").shift(7 * LEFT))
        scene.hold(0.4)

    (found,) = look(plot)
    assert found["kind"] == "off frame"
    assert 15 <= found["frame"] <= 21
    left = found["box"][0]
    assert f"by {-left - SMALL.width / SMALL.height * 4 - 0.01:.2f}" in found["what"]


@BOTH
@pytest.mark.parametrize(
    ("makers", "expected"),
    [
        ([lambda: Words("all is well")], []),
        ([lambda: Words("one"), lambda: Words("two")], ["overlap"]),
        ([lambda: Words("struck through"), lambda: Line(3 * LEFT, 3 * RIGHT)], ["crossed"]),
        ([lambda: Line(3 * LEFT, 3 * RIGHT), lambda: Words("still under it")], ["crossed"]),
        ([lambda: Line(3 * LEFT, 3 * RIGHT), lambda: Words("above it").shift(UP)], []),
        ([lambda: Rectangle(width=8, height=2), lambda: Words("framed")], []),
        ([lambda: Rectangle(width=1.3, fill_opacity=1, color="#555599"), lambda: Words("on an edge")], ["crossed"]),
        ([lambda: Words(" ".join(["word"] * 16), width=8)], ["crowded"]),
        ([lambda: Formula(" ".join(['"word"'] * 16), size=TINY)], ["crowded"]),
        ([lambda: Formula(" + ".join(['wa(a) thin nose("nose") + wb(b) thin ear("ear")'] * 2))], []),
    ],
)  # fmt: skip
def test_what_is_seen(look: Any, makers: list[Any], expected: list[str]) -> None:
    assert kinds(look(put(*makers))) == expected


def test_a_plate_between_hides_the_line() -> None:
    plate = lambda: Rectangle(width=5, height=1, fill_opacity=1, stroke_width=0, color="#14161F")  # noqa: E731
    assert kinds(dry(put(lambda: Line(6 * LEFT, 6 * RIGHT), plate, lambda: Words("on a plate")))) == []
    assert kinds(dry(put(plate, lambda: Line(6 * LEFT, 6 * RIGHT), lambda: Words("on a plate")))) == ["crossed"]


@BOTH
def test_what_is_empty_or_stands_still_for_long(look: Any) -> None:
    def plot(scene: StageScene) -> None:
        scene.hold(0.8)
        scene.play(FadeIn(Square()), run_time=1.0)
        scene.hold(6.5)

    found = look(plot)
    assert kinds(found) == ["empty", "hold"]
    assert 0.8 <= float(found[0]["what"].split()[-2]) <= 1.2, "the first frames of a fade are not seen"
    assert found[0]["frame"] == 0
    assert found[1]["frame"] == pytest.approx(1.8 * SMALL.fps, abs=2)

    def quick(scene: StageScene) -> None:
        square = Square()
        scene.hold(0.3)
        scene.play(FadeIn(square), run_time=0.4)
        scene.hold(5.0)
        scene.play(square.animate.shift(RIGHT), run_time=1.0)
        scene.hold(5.0)

    assert look(quick) == []


@BOTH
def test_a_jump_is_found_and_a_movement_is_none(look: Any) -> None:
    def plot(scene: StageScene) -> None:
        square = Square()
        scene.play(FadeIn(square), run_time=0.4)
        scene.play(square.animate.shift(2 * UP), run_time=0.4)
        square.shift(3 * RIGHT)
        scene.hold(0.4)

    (found,) = look(plot)
    assert found["kind"] == "jump"
    assert "3.00" in found["what"]
    assert found["frame"] == 12


@BOTH
def test_whatever_manim_can_put_on_a_stage_can_be_looked_at(look: Any) -> None:
    """A tracker that is played stands on the stage too, and is no shape."""

    def plot(scene: StageScene) -> None:
        number, place, dot = ValueTracker(0), ComplexValueTracker(0), Dot()
        points = PMobject().add_points(np.array([[0, -1, 0], [1, -1, 0]]))
        image = ImageMobject(np.full((8, 8, 3), 200, dtype=np.uint8)).shift(2 * UP)
        scene.add(number, place, points, Group(image), TracedPath(dot.get_center))
        scene.play(number.animate.set_value(3), place.animate.set_value(1j), dot.animate.shift(RIGHT), run_time=0.4)
        scene.play(FadeIn(Square()), run_time=0.4)

    assert look(plot) == []
