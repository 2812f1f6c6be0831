"""The gallery's charts, small and grey: ``python -m tests.scenes.gallery.looks`` writes the pictures anew.

They lie in ``looks.json``, 64 by 36 levels of grey for each chart, as text.  Look at the gallery before you write them:
``tapehead stills gallery``.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from manim import Camera, Mobject
from numpy.typing import NDArray

FILE = Path(__file__).with_name("looks.json")
WIDE, HIGH, FINE = 64, 36, 6
"""The size that is kept, and how much finer each is drawn: averages say little about how edges are smoothed."""
MEAN, WORST = 1.0, 40.0
"""Levels of grey, of 255, by which a picture may differ on average and anywhere: a mark that moved by a tenth of a unit
goes beyond, another version of Cairo does not."""


def look_of(chart: Mobject) -> NDArray[np.uint8]:
    """A chart alone on black, grey, ``(HIGH, WIDE)``."""
    camera = Camera(pixel_width=WIDE * FINE, pixel_height=HIGH * FINE, background_color="#000000")
    camera.capture_mobjects([chart])
    grey = np.asarray(camera.pixel_array)[..., :3].mean(axis=2)
    return grey.reshape(HIGH, FINE, WIDE, FINE).mean(axis=(1, 3)).round().astype(np.uint8)


def differs(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two looks are further apart than drawing alone can make them."""
    apart = np.abs(one.astype(float) - other)
    return bool(apart.mean() > MEAN or apart.max() > WORST)


def kept() -> dict[str, list[NDArray[np.uint8]]]:
    """The pictures of each scene's charts, in the order in which they are made."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: [
            np.frombuffer(zlib.decompress(base64.b85decode(each)), np.uint8).reshape(HIGH, WIDE) for each in pictures
        ]
        for name, pictures in found.items()
    }


def keep(looks: Mapping[str, Sequence[NDArray[np.uint8]]]) -> None:
    """Write them."""
    text = {
        name: [base64.b85encode(zlib.compress(each.tobytes(), 9)).decode() for each in pictures]
        for name, pictures in looks.items()
    }
    FILE.write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    import tempfile

    from tests.scenes.gallery.charts import charts_of_gallery

    with tempfile.TemporaryDirectory() as media:
        keep({name: [look_of(chart) for chart in charts] for name, charts in charts_of_gallery(media).items()})
