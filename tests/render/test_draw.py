"""Drawing: what is relied on in Manim, and that a picture is a picture whichever way it is drawn."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest
from manim import Camera, ImageMobject, tempconfig

from render.draw import RELIED_ON, BoxCamera


@pytest.mark.parametrize("name", sorted(RELIED_ON))
def test_manim_still_has_what_we_rely_on(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    owner = getattr(importlib.import_module(module), attribute)
    source = inspect.getsource(owner)
    for item in RELIED_ON[name]:
        method, _, wanted = item.partition("(")
        if wanted:
            parameters = inspect.signature(getattr(owner, method)).parameters
            for parameter in wanted.rstrip(")").replace("*,", "").split(","):
                if parameter.strip():
                    assert parameter.strip() in parameters, f"{name}.{method} has no parameter {parameter}"
        else:
            assert f"self.{method}" in source or hasattr(owner, method), f"{name} has no {method}"


def image(seed: int, size: int = 24) -> ImageMobject:
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 4), dtype=np.uint8)
    return ImageMobject(pixels)


def captured(camera_type: type[Camera], pictures: list[ImageMobject]) -> np.ndarray:
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
