"""Drawing: a picture is a picture whichever way it is drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from manim import Camera, Circle, ImageMobject, Square, tempconfig
from manim.renderer.cairo_renderer import CairoRenderer

import tapehead.render.drawing.draw
from tapehead.analysis.store import Store
from tapehead.render.drawing.draw import MASTER, BoxCamera, draw
from tapehead.render.drawing.master import MasterReader, frame_digest
from tapehead.render.film.make import Choices, prepare
from tapehead.render.progress import Reporter
from tapehead.render.quality import Quality
from tapehead.scenes.episode import find_episode


def image(seed: int, size: int = 24) -> ImageMobject:
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 4), dtype=np.uint8)
    return ImageMobject(pixels)


def captured(camera_type: type[Camera], pictures: list) -> np.ndarray:
    camera = camera_type()
    camera.capture_mobjects(pictures)
    return camera.pixel_array.copy()


def test_images_in_their_box_are_the_same_pixels(tmp_path) -> None:
    with tempconfig({"pixel_width": 426, "pixel_height": 240, "media_dir": str(tmp_path)}):
        pictures = [
            image(1).scale_to_fit_height(2),
            image(2).scale_to_fit_height(3).rotate(0.4).shift([2, 1, 0]),
            image(3).scale_to_fit_height(2).shift([-7, -4, 0]),  # partly outside
            image(4).shift([20, 0, 0]),  # wholly outside
            image(5).scale_to_fit_height(1.5).set_opacity(0.5).shift([0.3, 0, 0]),
        ]
        ours, theirs = captured(BoxCamera, pictures), captured(Camera, pictures)
    assert (theirs != theirs[0, 0]).any(), "something was drawn"
    assert np.array_equal(ours, theirs)


def test_what_can_not_be_seen_is_left_out_and_nothing_else(tmp_path) -> None:
    shapes = [
        Square().set_fill("#ff0000", 0.5).set_stroke("#00ff00", 4, 0.3),
        Square().shift([2, 0, 0]).set_fill("#ff0000", 0).set_stroke("#ffffff", 0),
        Circle().shift([-2, 0, 0]).set_fill("#0000ff", 0.7).set_stroke("#00ff00", 6, 0),
        Circle().shift([0, 2, 0]).set_fill("#0000ff", 0).set_stroke("#00ff00", 6, 1),
        Circle().shift([0, -2, 0]).set_fill(["#0000ff", "#ff0000"], [0.0, 1.0]).set_stroke(width=0),
        Square().shift([4, 0, 0]).set_stroke("#ffffff", 9, 0.8, background=True),
    ]
    with tempconfig({"pixel_width": 426, "pixel_height": 240, "media_dir": str(tmp_path)}):
        ours, theirs = captured(BoxCamera, shapes), captured(Camera, shapes)
    assert (theirs != theirs[0, 0]).any(), "something was drawn"
    assert np.array_equal(ours, theirs)


def test_whole_scenes_are_those_of_plain_manim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Camera, renderer and master together: every frame of a film's scenes, and the digests of the masters."""
    quality = Quality("tiny", 256, 144, 10)
    episode = find_episode("odd-squares")
    plan = prepare(episode, Choices(quality, voice="none"), Store(), Reporter(quiet=True))
    for scene in plan.scenes:
        out, media = tmp_path / scene.name, tmp_path / f"{scene.name}-media"
        out.mkdir()
        draw(plan.package, Path(plan.folder), scene.target, scene.context, quality, out, media)
        frames: list[np.ndarray] = []

        class Plain:
            """A master that is none: all frames, as they come."""

            def __init__(self, *_args: object) -> None: ...

            def write(
                self, pixels: np.ndarray, repeat: int, changed: object = None, into: list[np.ndarray] = frames
            ) -> None:
                into.extend([np.array(pixels[..., :3])] * repeat)

            def close(self) -> None: ...

        class PlainCamera(Camera):
            """Manim's own, of whose pictures nothing is known."""

            def fresh(self) -> None: ...

        with monkeypatch.context() as patch:
            patch.setattr(tapehead.render.drawing.draw, "MasterWriter", Plain)
            patch.setattr(tapehead.render.drawing.draw, "BoxCamera", PlainCamera)
            patch.setattr(tapehead.render.drawing.draw, "StraightRenderer", CairoRenderer)
            draw(plan.package, Path(plan.folder), scene.target, scene.context, quality, out, media)
        reader = MasterReader(out / MASTER)
        kept = [frame for frame, repeat in reader for _ in range(repeat)]
        assert len(kept) == len(frames) > 30
        assert all(np.array_equal(one, other) for one, other in zip(kept, frames, strict=True))
        changes = [f for i, f in enumerate(frames) if i == 0 or not np.array_equal(f, frames[i - 1])]
        assert reader.info.frame_digests == tuple(frame_digest(np.ascontiguousarray(f)) for f in changes)
