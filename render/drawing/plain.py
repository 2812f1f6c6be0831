"""A Manim scene as it is: drawn by Manim's own camera, with its sounds, subcaptions and sections, and lines over it.

Nothing is asked of such a scene: it knows no cue and no result, so its badge is "illustration", laid over its pictures.
Lines are spoken one after the other from its start, or from the second that a line's ``at`` says; where they take
longer than the scene, its last picture is held.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from manim import DL, Camera, RoundedRectangle, config, tempconfig
from manim.utils.sounds import get_full_sound_file_path

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Origin
from tapehead.analysis.store import digest_file
from tapehead.render.drawing.cues import CUES, MASTER, CueList, CueMoment
from tapehead.render.drawing.draw import Tap, any_scene_class, settings_for
from tapehead.render.drawing.master import MasterWriter
from tapehead.render.quality import Quality
from tapehead.scenes.lacking import lacking
from tapehead.scenes.script import TimedLine
from tapehead.scenes.stage.badge import OriginBadge
from tapehead.scenes.stage.branding import LOOK
from tapehead.scenes.stage.context import StageContext
from tapehead.scenes.stage.layout import LEAST_CONTRAST
from tapehead.scenes.stage.palette import GROUND, contrast, rgb

AUTOMATIC = ("autocreated", "unnamed")
"""Names that Manim gives sections that have none."""


class PlainTap(Tap):
    """Notes what Manim would have mixed into its file or written beside it."""

    rate: int
    keep: Path
    sounds: list[dict[str, Any]]
    named: list[dict[str, Any]]

    def next_section(self, name: str, type_: str, skip_animations: bool) -> None:
        """Note where a section begins; whether it is skipped is Manim's business."""
        super().next_section(name, type_, skip_animations)
        if name not in AUTOMATIC:
            self.named.append({"name": name, "frame": getattr(self, "written", 0)})

    def add_sound(self, sound_file: Any, time: float | None = None, gain: float | None = None, **_more: Any) -> None:
        """Keep a copy of the file beside the pictures, under its digest.

        Raises:
            EpisodeError: there is no such file.
        """
        try:
            path = Path(get_full_sound_file_path(sound_file, self.settings.assets_dir))
            name = f"{digest_file(path)}{path.suffix.lower()}"
            shutil.copyfile(path, self.keep / name)
        except OSError as error:
            raise EpisodeError(str(lacking(error) or f"the sound '{sound_file}' cannot be read: {error}")) from error
        start = self.written if time is None else round(time * self.rate)
        self.sounds.append({"file": name, "frame": start, "gain_db": float(gain or 0.0)})


@dataclass(frozen=True)
class Overlay:
    """The badge on its plate, as a camera drew it: premultiplied RGBA in its box alone."""

    top: int
    left: int
    pixels: np.ndarray

    def onto(self, frame: np.ndarray) -> None:
        """Lay it over a frame, uint8 ``(height, width, 3 or 4)``, in place."""
        height, width = self.pixels.shape[:2]
        under = frame[self.top : self.top + height, self.left : self.left + width]
        alpha = self.pixels[..., 3:].astype(np.uint16)
        rest = under[..., :3].astype(np.uint16) * (255 - alpha) // 255
        under[..., :3] = np.minimum(self.pixels[..., :3] + rest, 255)


def overlay() -> Overlay:
    """The badge in its corner at the size that is configured; on a plate, since the scene may be of any colour."""
    badge = OriginBadge(Origin.ILLUSTRATION)
    plate = RoundedRectangle(
        corner_radius=0.08, width=badge.width + 0.24, height=badge.height + 0.2, color=GROUND, stroke_width=0
    ).set_fill(GROUND, 0.8)
    badge.to_corner(DL, buff=0.25)
    plate.move_to(badge)
    camera = Camera(background_opacity=0)
    camera.capture_mobjects([plate, *badge])
    drawn = np.array(camera.pixel_array)
    rows, columns = (np.flatnonzero(drawn[..., 3].any(axis=axis)) for axis in (1, 0))
    box = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Overlay(int(rows[0]), int(columns[0]), np.ascontiguousarray(box))


def ground_of_channel() -> dict[str, Any]:
    """Manim's setting for the channel's ground, if it has one of its own on which Manim's white can be read.

    What a scene, or its file, sets itself goes first: a film in which one scene is black is not what a channel means by
    its ground, and letters that nobody can read are not what the scene means.
    """
    own = "ground" in LOOK.colours and contrast(rgb(GROUND), (1.0, 1.0, 1.0)) >= LEAST_CONTRAST
    untouched = config.background_color.to_hex().upper() == "#000000"
    return {"background_color": GROUND} if own and untouched else {}


def moments_of(lines: Mapping[str, TimedLine], fps: int) -> tuple[list[CueMoment], int]:
    """When each line is spoken over a scene that does not wait for it, and how many frames all of them take."""
    moments: list[CueMoment] = []
    free = 0
    for key, line in lines.items():
        start = max(free, round((line.at or 0.0) * fps))
        end = start + max(1, round(line.duration * fps))
        moments.append(CueMoment(key, "start", start))
        marks = sorted(line.marks.items(), key=lambda mark: mark[1])
        moments += [CueMoment(key, name, start + round(at * fps)) for name, at in marks]
        moments.append(CueMoment(key, "end", end))
        free = start + round((line.duration + line.pause) * fps)
    return moments, free


def draw_plain(
    package: str,
    folder: Path,
    target: str,
    context: StageContext,
    quality: Quality,
    out: Path,
    media: Path,
    progress: Callable[[str, int], None] = lambda _cue, _frames: None,
    look: Callable[[np.ndarray], None] | None = None,
) -> CueList:
    """Draw a plain scene into ``out``, as :func:`tapehead.render.drawing.draw.draw` draws one of the stage.

    Files that it names are looked for in ``folder``.

    Raises:
        EpisodeError: it is not there, plays nothing and nothing is said over it, or it names a sound that is not there.
    """
    scene_type = any_scene_class(package, folder, target)
    random.seed(context.seed)
    np.random.seed(context.seed % 2**32)
    fps = quality.fps
    cues = CueList(fps)
    cues.moments, spoken = moments_of(context.lines, fps)
    settings = settings_for(quality, media, context.seed, folder)
    with tempconfig(settings):
        badge = overlay()
    with tempconfig(settings | ground_of_channel()):
        writer = MasterWriter(out / MASTER, quality.width, quality.height, fps)
        last: list[np.ndarray] = []

        def keep(pixels: np.ndarray, repeat: int) -> None:
            frame = np.array(pixels)
            badge.onto(frame)
            writer.write(frame, repeat)
            last[:] = [frame]
            if look is not None:
                look(frame)
            progress(f"{context.scene}", tap.written + repeat)

        try:
            scene = scene_type()
            names = {
                "sink": staticmethod(keep),
                "rate": fps,
                "keep": out,
                "sounds": cues.sounds,
                "named": cues.sections,
            }
            tap = type("PlainSceneTap", (PlainTap,), names)(scene.file_writer_settings)
            scene.renderer.file_writer = tap
            scene.render()
            if not tap.written and (scene.mobjects or spoken):
                keep(scene.renderer.get_frame(), max(1, spoken))  # what Manim would have made a picture of
                tap.written += max(1, spoken)
            if not tap.written:
                raise EpisodeError(f"scene '{context.scene}' draws nothing: it plays no animation and adds nothing")
            if spoken > tap.written:
                writer.write(last[0], spoken - tap.written)
                tap.written = spoken
        except BaseException as error:
            writer.abort()
            error.add_note(f"a plain scene; frame {tap.written if 'tap' in locals() else 0}")
            raise
        writer.close()
    cues.frames = tap.written
    cues.animations = tap.spans
    cues.subcaptions = [
        {"text": each.content, "start": each.start.total_seconds(), "end": each.end.total_seconds()}
        for each in tap.subcaptions
    ]
    cues.origins = [str(Origin.ILLUSTRATION)]
    (out / CUES).write_text(cues.to_json())
    return cues
