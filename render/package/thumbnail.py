"""The thumbnail: drawn from the episode's own design, and measured at the width at which it is mostly seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.store import Entry
from tapehead.render.drawing.draw import draw_still
from tapehead.render.drawing.observer import StillText
from tapehead.render.package.manifest import PackageError
from tapehead.render.quality import Quality
from tapehead.render.workers.looks import in_look
from tapehead.scenes.episode import Episode
from tapehead.scenes.stage.branding import Look
from tapehead.scenes.stage.context import StageContext
from tapehead.scenes.stage.palette import contrast
from tapehead.scenes.stage.thumbnails import NARROW_PX

_OWN = Look()
LARGE = Quality("thumbnail", 2560, 1440, 1)
SMALL = (1280, 720)
LEAST_EM_PX = 11.0
"""Em at 168 px width: capitals of 7 and small letters of 5 pixels, the least that bitmap fonts have ever had."""
LEAST_CONTRAST = 4.5
"""As everywhere on the stage, but measured after the picture was made small, where thin strokes have turned grey."""


@dataclass(frozen=True)
class Design:
    """A drawn thumbnail: pixels (1440, 2560, 3), its texts, and the readings that it shows."""

    picture: np.ndarray
    texts: tuple[StillText, ...]
    numbers: tuple[Mapping[str, Any], ...]


def no_thumbnail(episode: Episode) -> str:
    """What to do about an episode that declares none."""
    return (
        f"the episode '{episode.slug}' declares no thumbnail; add thumbnail=SceneRef(...) to its episode.py, as in the "
        "example in docs/publishing.md"
    )


def design(episode: Episode, results: Mapping[str, Entry], seed: int, look: Look = _OWN) -> Design:
    """Draw the episode's thumbnail, in a channel's look if it has one.

    Raises:
        EpisodeError: it declares none.
    """
    ref = episode.thumbnail
    if ref is None:
        raise EpisodeError(no_thumbnail(episode))
    context = StageContext(
        episode=episode.title,
        scene=ref.name,
        title=episode.title,
        fps=LARGE.fps,
        seed=seed,
        results={name: str(results[name].path) for name in ref.uses},
    )
    picture, texts, numbers = in_look(look, draw_still, episode.package, episode.folder, ref.target, context, LARGE)
    return Design(picture, tuple(texts), tuple(numbers))


def small_contrast(picture: np.ndarray, text: StillText) -> float:
    """Contrast of a text's strokes to its ground, WCAG, measured on the picture at 168 pixels."""
    height, width = picture.shape[:2]
    scale = NARROW_PX / width
    narrow = Image.fromarray(picture).resize((NARROW_PX, round(height * scale)), Image.Resampling.LANCZOS)
    pixels = np.asarray(narrow, dtype=float) / 255
    left, top, right, bottom = (edge * scale for edge in text.box)
    rows = slice(max(0, int(top)), max(int(top) + 1, int(np.ceil(bottom))))
    columns = slice(max(0, int(left)), max(int(left) + 1, int(np.ceil(right))))
    cut = pixels[rows, columns].reshape(-1, 3)
    order = np.argsort(cut @ [0.2126, 0.7152, 0.0722])
    # Letters cover a quarter or so of their box: its tenth and ninetieth percentile are ground and stroke.
    dark, light = cut[order[len(order) // 10]], cut[order[len(order) * 9 // 10]]
    return float(contrast(tuple(dark), tuple(light)))


def illegible(picture: np.ndarray, texts: Sequence[StillText]) -> list[str]:
    """What cannot be read at 168 pixels."""
    found = []
    height, width = picture.shape[:2]
    for text in texts:
        left, top, right, bottom = text.box
        if left < 0 or top < 0 or right > width or bottom > height:
            found.append(f"'{text.text}' leaves the picture")
        if (em := text.em * NARROW_PX / width) < LEAST_EM_PX:
            found.append(f"'{text.text}' is {em:.1f} px high at {NARROW_PX} px width, {LEAST_EM_PX:g} are the least")
        if (ratio := small_contrast(picture, text)) < LEAST_CONTRAST:
            found.append(f"'{text.text}' has a contrast of {ratio:.1f}:1 at {NARROW_PX} px width, below 4.5:1")
    return found


def save(drawn: Design, folder: Path) -> tuple[Path, Path]:
    """Write ``thumbnail.png`` (1280×720) and ``thumbnail-large.png`` (2560×1440).

    Raises:
        PackageError: a text cannot be read at 168 pixels.
    """
    if found := illegible(drawn.picture, drawn.texts):
        raise PackageError(f"the thumbnail is not legible: {'; '.join(found)}; make it bigger or say less")
    large = Image.fromarray(drawn.picture)
    paths = folder / "thumbnail.png", folder / "thumbnail-large.png"
    large.resize(SMALL, Image.Resampling.LANCZOS).save(paths[0], optimize=True)
    large.save(paths[1], optimize=True)
    return paths
