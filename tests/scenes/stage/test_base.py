"""The base scene: cues keep time, forgotten lines are errors, results must be declared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from manim import (
    LEFT,
    RED,
    RIGHT,
    WHITE,
    Circle,
    FadeIn,
    FadeOut,
    LaggedStart,
    Square,
    Transform,
    VGroup,
    tempconfig,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.drawing.cues import CueList
from tapehead.render.drawing.draw import build, settings_for
from tapehead.render.drawing.observer import FrameObserver
from tapehead.render.quality import Quality
from tapehead.scenes.script import TimedLine
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.context import StageContext

TINY_QUALITY = Quality("tiny", 96, 54, 15)


def line(key: str, duration: float = 1.0, **marks: float) -> TimedLine:
    return TimedLine(
        key=key,
        scene="s",
        speaker="n",
        text=key,
        duration=duration,
        words=(),
        measured=False,
        marks=marks,
        pause=0.2,
        audio="",
    )


def drawn(construct, lines=(), results=None, tmp_path: Path = Path(), seed: int = 1) -> tuple[CueList, list]:
    class Scene(StageScene):
        pass

    Scene.construct = construct
    context = StageContext("E", "s", "S", 15, seed, {each.key: each for each in lines}, results or {})
    cues, frames = CueList(15), []
    observer = FrameObserver(cues, lambda _note, _frames: None)
    with tempconfig(settings_for(TINY_QUALITY, tmp_path, seed)):
        build(Scene, context, observer, lambda pixels, repeat: frames.append((pixels.copy(), repeat))).render()
    cues.frames = observer.frames()
    return cues, frames


@pytest.mark.parametrize("duration", [0.4, 1.0, 1.2345, 3.337])
@pytest.mark.parametrize("run_time", [0.1, 0.3333, 0.5])
def test_a_line_lasts_as_long_as_it_is_spoken(tmp_path: Path, duration: float, run_time: float) -> None:
    def construct(scene: StageScene) -> None:
        for key in ("a", "b"):
            with scene.say(key):
                scene.play(FadeIn(Square()), run_time=run_time)

    cues, _ = drawn(construct, [line("a", duration), line("b")], tmp_path=tmp_path)
    starts = cues.starts()
    assert starts["a"] == 0
    expected = max(round((duration + 0.2) * 15), round(run_time * 15)) / 15
    assert starts["b"] == pytest.approx(expected, abs=1e-9), "no frame is gained or lost"


def test_marks_are_met_to_the_frame(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        with scene.say("a") as cue:
            scene.play(FadeIn(Square()), run_time=cue.to("first"))
            assert scene.frame == round(0.7 * 15)
            cue.until("second")
            assert scene.frame == round(1.3 * 15)
            cue.until("first")  # has passed: nothing happens
            assert scene.frame == round(1.3 * 15)

    cues, _ = drawn(construct, [line("a", 2.0, first=0.7, second=1.3)], tmp_path=tmp_path)
    assert ("a", "second", 20) in [(m.key, m.moment, m.frame) for m in cues.moments]


@pytest.mark.parametrize(
    ("construct", "said"),
    [
        (lambda scene: scene.hold(0.1), "never says: a"),
        (lambda scene: [scene.say("a").__enter__(), scene.say("a").__enter__()], "spoken twice"),
        (lambda scene: scene.say("z").__enter__(), "no line 'z'"),
        (lambda scene: scene.say("a").__enter__().until("nowhere"), "no mark 'nowhere'"),
        (lambda scene: scene.result("secret"), "does not declare"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, construct, said: str) -> None:
    with pytest.raises(EpisodeError, match=said):
        drawn(construct, [line("a", 1.0, here=0.5)], tmp_path=tmp_path)


def test_a_scene_asks_which_words_were_taken(tmp_path: Path) -> None:
    asked = []

    def construct(scene: StageScene) -> None:
        asked.extend(scene.variant(key) for key in ("a", "b"))
        for key in ("a", "b"):
            with scene.say(key):
                pass
        with pytest.raises(EpisodeError, match="no line 'z'"):
            scene.variant("z")

    drawn(construct, [replace(line("a"), variant="weak"), line("b")], tmp_path=tmp_path)
    assert asked == ["weak", "default"]


def test_results_and_badge(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.put_result("a" * 64, Result({"x": quantity(2.5)}, Origin.PUBLISHED, "Somebody 2024"), {})
    seen = []

    def construct(scene: StageScene) -> None:
        seen.append((scene.result("numbers").read("x").source, scene._badge.origin))
        with scene.say("a"):
            pass

    drawn(construct, [line("a")], {"numbers": str(store.place("result", "a" * 64))}, tmp_path)
    assert seen == [("numbers/x[]", Origin.PUBLISHED)]


def test_seed_decides_the_random_numbers(tmp_path: Path) -> None:
    def scene_of(numbers: list):
        def construct(scene: StageScene) -> None:
            numbers.append(scene.rng.random())
            with scene.say("a"):
                pass

        return construct

    numbers: list[float] = []
    for seed in (1, 1, 2):
        drawn(scene_of(numbers), [line("a")], tmp_path=tmp_path, seed=seed)
    assert numbers[0] == numbers[1] != numbers[2]


def test_held_frames_are_held_not_drawn(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        with scene.say("a"):
            pass

    _, frames = drawn(construct, [line("a", 4.0)], tmp_path=tmp_path)
    assert [repeat for _, repeat in frames] == [63]
    assert np.ptp(frames[0][0][..., :3]) > 0, "the badge is there"


def brightness(frames: list) -> list[float]:
    """How bright the brightest pixel of each film frame is, 0..255, the badge's corner left out."""
    return [float(pixels[:40, :, :3].max()) for pixels, repeat in frames for _ in range(repeat)]


def test_what_is_cleared_fades_while_the_next_comes_and_no_frame_is_empty(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        scene.add(Square())
        scene.hold(0.2)
        scene.clear_stage(run_time=0.3)
        scene.play(FadeIn(Circle().shift(2 * LEFT)), run_time=0.6)
        assert [type(each) for each in scene.mobjects if each is not scene.standing_badge] == [Circle]
        scene.clear_stage()

    _, frames = drawn(construct, tmp_path=tmp_path)
    shown = brightness(frames)
    assert min(shown) > 25, "GROUND is 16 at most"
    assert len(shown) == 3 + 9, "it takes no time of its own, and the last picture stands until the cut"


def test_what_comes_again_stays_as_it_is(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        square, circle = Square(), Circle().shift(2 * LEFT)
        scene.add(square, circle)
        scene.clear_stage(run_time=0.3)
        scene.play(FadeIn(square), run_time=0.6)
        assert square in scene.mobjects
        assert circle not in scene.mobjects
        scene.clear_stage()
        scene.add(square)
        scene.hold(0.4)
        assert square in scene.mobjects

    _, frames = drawn(construct, tmp_path=tmp_path)
    middle = [pixels[27, 48, 0].item() for pixels, repeat in frames for _ in range(repeat)]
    assert len({*(pixels[20, 41:55].max().item() for pixels, _ in frames)}) == 1, "the square never fades"
    assert middle


def test_what_is_cleared_stands_through_a_hold_but_not_under_another_badge(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        square = Square()
        scene.add(square)
        scene.clear_stage(run_time=0.2)
        scene.hold(0.4)
        assert square in scene.mobjects
        scene.play(FadeIn(Circle()), run_time=0.4)
        assert square not in scene.mobjects

    _, frames = drawn(construct, tmp_path=tmp_path)
    assert min(brightness(frames)) > 25


def on_stage(scene: StageScene) -> list:
    return [member for each in scene.mobjects for member in each.get_family()]


@pytest.mark.parametrize("kept", ["group", "part"])
def test_who_is_kept_stays_whole_and_alone(kept: str, tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        square, circle = Square(), Circle().shift(2 * LEFT)
        group = VGroup(square, circle)
        scene.add(group)
        if kept == "group":  # a part was taken away and put back: the stage now knows the parts alone
            scene.remove(circle)
            scene.add(circle)
            assert group not in scene.mobjects
        scene.hold(0.2)
        scene.clear_stage(group if kept == "group" else square, run_time=0.2)
        scene.play(FadeIn(Square().shift(2 * RIGHT)), run_time=0.4)
        assert square in on_stage(scene)
        assert (circle in on_stage(scene)) == (kept == "group")

    drawn(construct, tmp_path=tmp_path)


def test_a_group_of_what_leaves_comes_again_without_fading(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        one, other = Square().set_fill(WHITE, 1), Square().set_fill(WHITE, 1).shift(3 * LEFT)
        scene.add(one, other)
        scene.clear_stage(run_time=0.3)
        scene.play(FadeIn(VGroup(one, other)), one.animate.shift(0.1 * RIGHT), run_time=0.6)
        scene.hold(0.2)

    _, frames = drawn(construct, tmp_path=tmp_path)
    assert {pixels[27, 48, :3].min().item() for pixels, _ in frames} == {255}


@pytest.mark.parametrize("how", ["one", "many", "in turn"])
def test_what_leaves_together_does_not_come_to_the_front(how: str, tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        under, beside = Square().set_fill(RED, 1), Square().set_fill(RED, 1).shift(3 * LEFT)
        plate = Square(2.4).set_fill(WHITE, 1).set_stroke(WHITE)
        scene.add(under, beside, plate)
        gone = {
            "one": [FadeOut(VGroup(under, beside))],
            "many": [FadeOut(under, beside)],
            "in turn": [LaggedStart(FadeOut(under), FadeOut(beside))],
        }
        scene.play(*gone[how], run_time=0.6)
        assert under not in on_stage(scene)
        assert beside not in on_stage(scene)
        scene.hold(0.2)

    _, frames = drawn(construct, tmp_path=tmp_path)
    assert {pixels[27, 48, :3].min().item() for pixels, _ in frames} == {255}, "the plate hides it to the end"
    assert len({pixels[27, 28, 0].item() for pixels, _ in frames}) > 5, "what stood beside it is seen to fade"


@pytest.mark.parametrize("how", ["transform", "group", "badge", "at once"])
def test_what_cannot_cross_is_cleared_first(how: str, tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        square = Square()
        scene.add(square)
        scene.clear_stage(run_time=0.2, at_once=how == "at once")
        if how == "transform":
            scene.play(Transform(square, Circle()), run_time=0.2)
            assert square in scene.mobjects
        elif how == "group":
            scene.play(FadeIn(VGroup(square, Circle())), run_time=0.2)
            assert square in [member for each in scene.mobjects for member in each.get_family()]
        else:
            if how == "badge":
                scene.badge_for(Origin.PUBLISHED, "another")
            scene.hold(0.4)
            assert square not in scene.mobjects

    _, frames = drawn(construct, tmp_path=tmp_path)
    assert sum(repeat for _, repeat in frames) in (6, 9)
    assert brightness(frames)[0] > 60
