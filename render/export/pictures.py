"""Each scene as a file for editors: ProRes or FFV1, as the film shows it, or without its ground and with alpha."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tapehead.analysis.errors import UnknownNameError
from tapehead.analysis.store import Store
from tapehead.render.drawing.cues import MASTER
from tapehead.render.drawing.draw import draw, scene_class
from tapehead.render.drawing.master import MasterReader
from tapehead.render.encoding.sink import Shown, VideoForm, export, treated
from tapehead.render.planning.film_plan import FilmPlan, ScenePlan
from tapehead.render.tape.driven import scene_seed
from tapehead.render.tape_tool.delivery import FFV1, PRORES, Intermediate
from tapehead.render.workers.looks import in_look
from tapehead.render.workers.tapes import tape_of

CODECS: dict[str, Intermediate] = {"prores": PRORES, "ffv1": FFV1}
"""ProRes 422 HQ, with alpha 4444; or FFV1, without loss."""
_BLACK, _WHITE = "#000000", "#ffffff"

Tell = Callable[[int], None]
"""Told how many frames of the scene are written."""


def codec_named(name: str) -> Intermediate:
    """The codec called ``name``.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if name not in CODECS:
        raise UnknownNameError("codec", name, CODECS)
    return CODECS[name]


def has_ground(plan: FilmPlan, scene: ScenePlan) -> bool:
    """Whether a scene paints what is behind everything: a stage scene may say ``ground = False``."""
    if scene.plain:
        return True
    package, folder = _home(plan, scene)
    return scene_class(package, folder, scene.target).ground


def _home(plan: FilmPlan, scene: ScenePlan) -> tuple[str, Path]:
    """Where a scene's class is: with the film's others, or, of a card, elsewhere."""
    return scene.package or plan.package, Path(scene.folder or plan.folder)


@dataclass(frozen=True)
class Written:
    """A scene's file, its length in frames, and whether it has an alpha channel."""

    path: Path
    frames: int
    alpha: bool


def write_scene(
    plan: FilmPlan,
    scene: ScenePlan,
    store: Store,
    out: Path,
    codec: Intermediate,
    alpha: bool,
    tell: Tell,
    rate: Fraction | None = None,
) -> Written:
    """Write a drawn scene to ``out``; with ``alpha`` it is drawn again, twice, and no tape is on it.

    ``rate`` is that at which the pictures are shown, if it is not the film's; they are the same ones.

    Raises:
        OutputError: the place cannot be written.
    """
    quality = plan.quality
    form = VideoForm(quality.width, quality.height, quality.fps, has_alpha=alpha)
    sink = codec.configure(out, form if rate is None else replace(form, fps=rate))
    if alpha:
        with tempfile.TemporaryDirectory(prefix="tapehead-ground-") as work:
            return Written(out, export(sink, _told(_cut_out(plan, scene, Path(work)), tell)), alpha=True)
    master = store.peek("master", scene.key)
    assert master is not None, "a scene is drawn before it is exported"
    reader = MasterReader(master.file(MASTER))
    shown = reader.between(0, reader.info.frames)
    frames = treated(shown, form, tape_of(plan, scene, master), scene_seed(plan.seed, scene.name))
    return Written(out, export(sink, _told(frames, tell)), alpha=False)


def _told(frames: Iterator[Shown], tell: Tell) -> Iterator[Shown]:
    done = 0
    for shown in frames:
        yield shown
        done += shown.repeat
        tell(done)


def _cut_out(plan: FilmPlan, scene: ScenePlan, work: Path) -> Iterator[Shown]:
    """The scene's pictures with straight alpha, from what it looks like on black and on white."""
    readers = []
    for ground in (_BLACK, _WHITE):
        out = work / ground[1:]
        (out / "media").mkdir(parents=True)
        in_look(
            plan.look,
            draw,
            *_home(plan, scene),
            scene.target,
            scene.context,
            plan.quality,
            out,
            out / "media",
            ground=ground,
        )
        readers.append(MasterReader(out / MASTER))
    black, white = readers
    first, frames = 0, black.info.frames
    before: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None = None
    made: NDArray[np.uint8] | None = None
    while first < frames:
        one, two = black.frame(first), white.frame(first)
        if made is None or before is None or not (np.array_equal(one, before[0]) and np.array_equal(two, before[1])):
            made, before = matte(one, two), (one, two)
        yield Shown(made, 1)
        first += 1


def matte(on_black: NDArray[np.uint8], on_white: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture without its ground: straight colours and alpha, uint8 ``(height, width, 4)``.

    On a ground of brightness g a pixel of colour c and opacity a is seen as a·c + (1-a)·g.  The difference between both
    grounds is therefore 255·(1-a), and what is seen on black a·c.
    """
    black, white = on_black.astype(np.int16), on_white.astype(np.int16)
    alpha = np.clip(255 - np.round((white - black).mean(axis=2)), 0, 255)
    colour = np.where(alpha[..., None] > 0, black * 255.0 / np.maximum(alpha, 1)[..., None], 0)
    made = np.concatenate([np.clip(np.round(colour), 0, 255), alpha[..., None]], axis=2)
    return np.ascontiguousarray(made.astype(np.uint8))
