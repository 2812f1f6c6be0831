"""The tape in a scene's hands: what it compiles to, held against the same thing worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from manim import RIGHT, FadeIn, FadeOut, Square, ValueTracker, linear, tempconfig

from tapehead.analysis.errors import EpisodeError, UnknownNameError, UsageError
from tapehead.analysis.results import Quantity, Reading
from tapehead.render.drawing.cues import CueList
from tapehead.render.drawing.draw import build, settings_for
from tapehead.render.drawing.observer import FrameObserver
from tapehead.render.quality import Quality
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.context import StageContext
from tapehead.scenes.stage.tape import TapeDeck
from tapehead.scenes.stage.tape_track import OWN, TapeTrack

FPS = 10
SMALL = Quality("small", 160, 90, FPS)


def played(construct, tmp_path: Path) -> tuple[TapeTrack, list[np.ndarray]]:
    """The track of a scene and all its frames."""
    scene_type = type("Scene", (StageScene,), {"construct": construct})
    frames: list[np.ndarray] = []
    observer = FrameObserver(CueList(FPS), lambda _note, _frames: None)
    with tempconfig(settings_for(SMALL, tmp_path, 1)):
        context = StageContext("E", "s", "S", FPS, 1)
        scene = build(scene_type, context, observer, lambda pixels, repeat: frames.extend([pixels.copy()] * repeat))
        scene.render()
    track = scene.tape.track()
    assert TapeTrack.from_data(json.loads(json.dumps(track.to_data()))) == track, "it survives as data"
    return track, frames


def values(track: TapeTrack, setting: str, frames: int) -> list[tuple[float, float]]:
    return [track.at(k).get(setting, OWN) for k in range(frames)]


def test_a_value_holds_from_its_frame_on_and_can_be_given_back(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        scene.hold(0.3)
        scene.tape.tracking(0.7)
        scene.hold(0.3)
        scene.tape.own("track.error")
        scene.hold(0.2)

    track, _ = played(construct, tmp_path)
    assert values(track, "track.error", 8) == [OWN] * 3 + [(0.0, 0.7)] * 3 + [OWN] * 2


def test_a_ramp_is_a_straight_line_from_the_presets_own_value(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        scene.hold(0.2)
        scene.tape.ramp("chroma.delay", 1.5, over=0.5)
        scene.hold(1.0)

    track, _ = played(construct, tmp_path)
    for own in (0.0, 0.45, -1.0):
        got = [share * own + value for share, value in values(track, "chroma.delay", 12)]
        by_hand = [own] * 2 + [own + (1.5 - own) * k / 5 for k in range(5)] + [1.5] * 5
        assert got == pytest.approx(by_hand, abs=1e-12)


def test_a_new_order_cuts_the_ramp_where_it_is(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        scene.tape.ramp("track.error", 1.0, over=1.0)
        scene.hold(0.5)
        scene.tape.ramp("track.error", 0.0, over=0.5)  # goes back from half way
        scene.hold(0.2)
        scene.tape.tracking(0.9)  # jumps from where that is
        scene.hold(0.2)

    track, _ = played(construct, tmp_path)
    got = [share * 0.2 + value for share, value in values(track, "track.error", 9)]
    up = [0.2 + 0.8 * k / 10 for k in range(5)]
    assert got == pytest.approx([*up, 0.6, 0.48, 0.9, 0.9], abs=1e-12)


def test_a_row_of_readings_is_mapped_clamped_and_logged(tmp_path: Path) -> None:
    row = [Reading(v, "probe", "score", (k,), "1") for k, v in enumerate([-1.0, 0.25, 0.5, 2.0])]

    def construct(scene: StageScene) -> None:
        scene.tape.follow("chroma.delay", row, of=(0.0, 1.0), to=(None, 1.6), over=0.6)
        scene.hold(1.0)

    track, _ = played(construct, tmp_path)
    got = [share * 0.4 + value for share, value in values(track, "chroma.delay", 10)]
    strength = np.interp(np.arange(10), [0, 2, 4, 6], np.clip([-1, 0.25, 0.5, 2], 0, 1))
    assert got == pytest.approx(list(0.4 + 1.2 * strength), abs=1e-12)
    assert [(key.driver, key.reading) for key in track.keys] == [("probe/score", float(r)) for r in row]


@pytest.mark.parametrize("make", [lambda v: Quantity(np.array(v), ("step",)), np.array, list])
def test_arrays_and_quantities_may_be_the_setting_itself(tmp_path: Path, make) -> None:
    def construct(scene: StageScene) -> None:
        scene.tape.follow("luma.snr", make([40.0, 30.0]), over=1.0, named="fit/miss")
        scene.hold(1.0)

    track, _ = played(construct, tmp_path)
    got = [value for _, value in values(track, "luma.snr", 10)]
    assert got == pytest.approx([40 - k for k in range(10)])


def test_one_reading_is_moved_to_and_a_falling_scale_may_be_told(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        scene.tape.tracking(0.0)
        scene.tape.follow(
            "track.error", Reading(0.6, "fit", "rms", (0,), "nap"), of=(0.8, 0.0), to=(0.0, 1.0), over=0.4
        )
        scene.hold(0.6)

    track, _ = played(construct, tmp_path)
    got = [value for _, value in values(track, "track.error", 6)]
    assert got == pytest.approx([0, 0.0625, 0.125, 0.1875, 0.25, 0.25])


def test_a_tracker_is_asked_at_every_frame_until_told_otherwise(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        value = ValueTracker(0.0)
        scene.add(value)
        scene.tape.follow("track.error", value, of=(0, 1), to=(0, 0.5), named="curve/rms")
        scene.play(value.animate.set_value(1.0), rate_func=linear, run_time=0.5)
        scene.tape.own("track.error")
        value.set_value(0.3)
        scene.hold(0.2)

    track, _ = played(construct, tmp_path)
    readings = [key.reading for key in track.keys if key.driver == "curve/rms"]
    assert readings == sorted(readings)
    assert readings[0] == 0.0
    got = values(track, "track.error", 7)
    assert [value for _, value in got[:5]] == pytest.approx([r / 2 for r in readings], abs=1e-12)
    assert got[5:] == [OWN, OWN]


@pytest.mark.parametrize(
    ("order", "error", "said"),
    [
        (lambda t: t.set("luma.snrr", 30), UnknownNameError, "luma.snr"),
        (lambda t: t.tracking(1.2), UsageError, r"track.error is 1.2; it must be 0 to 1"),
        (lambda t: t.ramp("chroma.delay", 7.0, over=1), UsageError, "chroma.delay is 7.0"),
        (lambda t: t.ramp("speed", 1.0, over=1), UsageError, "speed cannot move"),
        (lambda t: t.set("audio.hiss", -30), UsageError, "whole film"),
        (lambda t: t.set("transport", []), UsageError, r"tape\.event"),
        (lambda t: t.own("luma.snrr"), UnknownNameError, "luma.snr"),
        (lambda t: t.follow("track.error", [0.1, 3.0], named="a/b"), UsageError, "track.error is 3.0"),
        (lambda t: t.follow("track.error", [0.1, 0.2]), EpisodeError, "named="),
        (lambda t: t.follow("track.error", lambda: 0.1), EpisodeError, "named="),
        (lambda t: t.follow("track.error", np.zeros((2, 2)), named="a/b"), EpisodeError, r"shape \(2, 2\)"),
        (lambda t: t.follow("track.error", [np.nan], named="a/b"), EpisodeError, "finite"),
        (lambda t: t.follow("track.error", [0.1], of=(0, 1), named="a/b"), EpisodeError, "two settings"),
        (lambda t: t.follow("track.error", [0.1], of=(1, 1), to=(0, 1), named="a/b"), EpisodeError, "different"),
        (lambda t: t.event("melt", over=1), EpisodeError, "eaten"),
    ],
)
def test_mistakes_are_named_at_once(tmp_path: Path, order, error, said: str) -> None:
    with pytest.raises(error, match=said):
        played(lambda scene: order(scene.tape), tmp_path)


def test_a_clean_region_follows_its_mobject_while_it_is_on_the_stage(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        square = Square(2.0)
        scene.tape.keep_clean(square, pad=0.0, fade=0.0)
        scene.hold(0.2)  # not there yet
        scene.play(FadeIn(square), run_time=0.2)
        scene.play(square.animate.shift(3 * RIGHT), rate_func=linear, run_time=0.4)
        scene.play(FadeOut(square), run_time=0.2)
        scene.hold(0.2)

    track, frames = played(construct, tmp_path)
    assert len(frames) == 12
    for k, frame in enumerate(frames):
        rows, columns = np.nonzero(frame[: SMALL.height * 3 // 4, :, :3].max(axis=2) > 60)  # the badge is below
        there = track.clean_at(k)
        if 3 <= k < 9:  # visible enough to be measured in the picture itself
            ((box, _soft, strength),) = there
            seen = np.array([columns.min() / 160, rows.min() / 90, (columns.max() + 1) / 160, (rows.max() + 1) / 90])
            assert strength == 1.0
            assert np.abs(np.array(box) - seen).max() < 1.6 / 90, "within a stroke's width"
        elif k < 2 or k >= 10:
            assert there == []


def test_release_and_off_end_a_region(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        scene.hold(0.2)
        with scene.tape.keep_clean((-1.0, -1.0, 1.0, 1.0), pad=0.0, fade=0.1):
            scene.hold(0.4)
        scene.hold(0.2)
        scene.tape.off()
        scene.hold(0.2)
        scene.tape.on()
        scene.hold(0.2)

    track, _ = played(construct, tmp_path)
    strengths = [[strength for _, _, strength in track.clean_at(k)] for k in range(12)]
    assert strengths == [[], [], [0.5], [1.0], [1.0], [0.5], [], [], [1.0], [1.0], [], []]
    assert track.clean_at(8)[0][0] == (0.0, 0.0, 1.0, 1.0)
    assert track.clean_at(3)[0][0] == pytest.approx((0.4297, 0.375, 0.5703, 0.625), abs=1e-3)


def test_the_tape_changes_nothing_that_is_drawn(tmp_path: Path) -> None:
    def scene_of(taped: bool):
        def construct(scene: StageScene) -> None:
            square = Square()
            if taped:
                scene.tape.tracking(0.7, over=0.3, place=0.5, height=30)
                scene.tape.event("pause", over=0.2)
                scene.tape.keep_clean(square)
            scene.play(FadeIn(square), run_time=0.5)

        return construct

    (empty, plain), (full, taped) = played(scene_of(False), tmp_path), played(scene_of(True), tmp_path)
    assert not empty
    assert not empty.to_data()
    assert full
    assert all(np.array_equal(a, b) for a, b in zip(plain, taped, strict=True))


def test_every_scene_has_one(tmp_path: Path) -> None:
    played(lambda scene: [isinstance(scene.tape, TapeDeck) or pytest.fail("no deck"), scene.hold(0.1)], tmp_path)
